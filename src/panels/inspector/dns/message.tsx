/** One DNS message as dig prints it, and its bytes with the field under the pointer or the keyboard named. */
import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import type { MessageView } from "../../../bridge/protocol";
import { useActions } from "../../../store";
import styles from "../inspector.module.css";
import { MessageBytes } from "./message-bytes";

interface Read {
  readonly wire: string;
  readonly view: MessageView | null;
  readonly problem: string;
}

/** The message read in the worker, where the codec is; null until it is there. */
function useMessage(wire: string): Read | null {
  const { ask } = useActions();
  const [read, setRead] = useState<Read | null>(null);
  useEffect(() => {
    let isWanted = true;
    async function readIt(): Promise<void> {
      const reply = await ask({ ask: "message", wire });
      const message = reply.ok && reply.value.to === "message" ? reply.value.message : reply;
      if (!isWanted) return;
      const view = message.ok && "fields" in message.value ? message.value : null;
      setRead({ wire, view, problem: message.ok ? "" : message.problem.message });
    }
    void readIt();
    return () => {
      isWanted = false;
    };
  }, [ask, wire]);
  return read?.wire === wire ? read : null;
}

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
