/** A field that narrows a list; what it looks for is a panel's state and travels in links. */
import type { ReactNode } from "react";
import styles from "./inspector.module.css";

export interface FindFieldProps {
  readonly label: string;
  /** What can be looked for, as an example. */
  readonly placeholder: string;
  readonly find: string;
  readonly onFind: (find: string) => void;
}

export function FindField({ label, placeholder, find, onFind }: FindFieldProps): ReactNode {
  return (
    <input
      className={styles.find}
      type="search"
      aria-label={label}
      placeholder={placeholder}
      value={find}
      onChange={(event) => onFind(event.target.value)}
    />
  );
}
