/** From a packet with a DNS message to that message in the look-up's ladder. */
import type { ReactNode } from "react";
import type { JourneyPacket, JourneyView } from "../../../bridge/protocol";
import { useActions } from "../../../store";
import styles from "./journey.module.css";

/** The ladder's name of the message that a packet carries; "" where it carries none. */
export function messageOf({ lookup }: JourneyView, { index }: JourneyPacket): string {
  const asked = lookup?.asked ?? [];
  const query = asked.findIndex(({ packet }) => packet === index);
  if (query >= 0) return `${query} query`;
  const answer = asked.findIndex(({ answerPacket }) => answerPacket === index);
  return answer < 0 ? "" : `${answer} answer`;
}

export function ToLadder({ journey, packet }: { readonly journey: JourneyView; readonly packet: JourneyPacket }): ReactNode {
  const { setPane, setTab } = useActions();
  const message = messageOf(journey, packet);
  if (message === "") return null;
  function go(): void {
    for (const pane of ["dns.part", "dns.lookup"]) setPane(pane, "");
    setPane("dns.message", message);
    setTab("dns");
  }
  return (
    <p className={styles.toLadder}>
      <button type="button" onClick={go}>
        ◆ The message, in the look-up’s ladder
      </button>
    </p>
  );
}
