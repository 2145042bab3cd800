/** A DNS message read in the worker, where the codec is. */
import { useEffect, useState } from "react";
import type { MessageView } from "../../../bridge/protocol";
import { useActions } from "../../../store";

export interface ReadMessage {
  readonly wire: string;
  readonly view: MessageView | null;
  readonly problem: string;
}

/** The message of some bytes (hexadecimal digits, "" for none); null until it is there. */
export function useMessage(wire: string): ReadMessage | null {
  const { ask } = useActions();
  const [read, setRead] = useState<ReadMessage | null>(null);
  useEffect(() => {
    let isWanted = true;
    async function readIt(): Promise<void> {
      const reply = await ask({ ask: "message", wire });
      const message = reply.ok && reply.value.to === "message" ? reply.value.message : reply;
      if (!isWanted) return;
      const view = message.ok && "fields" in message.value ? message.value : null;
      setRead({ wire, view, problem: message.ok ? "" : message.problem.message });
    }
    if (wire !== "") void readIt();
    return () => {
      isWanted = false;
    };
  }, [ask, wire]);
  return read?.wire === wire ? read : null;
}
