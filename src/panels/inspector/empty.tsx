/** What stands where a list would be: what would fill it. */
import type { ReactNode } from "react";
import styles from "./inspector.module.css";

export function Empty({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className={styles.empty}>
      <p className={styles.emptyTitle}>{title}</p>
      <p>{children}</p>
    </div>
  );
}
