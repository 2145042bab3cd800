/** One DNS message as dig prints it, and its bytes with the field under the pointer or the keyboard named. */
import type { ReactNode } from "react";
import styles from "../inspector.module.css";
import { MessageBytes } from "./message-bytes";
import { useMessage } from "./use-message";

/** `name` says whose bytes they are: `query`, `answer`. */
export function Message({ wire, name }: { readonly wire: string; readonly name: string }): ReactNode {
  const read = useMessage(wire);
  if (read === null) return <p className={styles.quiet}>The message is being read.</p>;
  if (read.view === null) return <p role="alert">{read.problem}</p>;
  return (
    <>
      <pre className={styles.text} aria-label={`The ${name} as dig prints it`} tabIndex={0}>
        {read.view.text.trimEnd()}
      </pre>
      <MessageBytes wire={wire} fields={read.view.fields} name={name} />
    </>
  );
}
