/** The journey of the followed request: its packets in order, the shown one opened hop by hop. */
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import type { JourneyView, Level } from "../../../bridge/protocol";
import { LEVELS, showSpan, useActions, useApp } from "../../../store";
import { Sentence } from "../../address/sentence";
import { Following } from "../../controls/following";
import { Empty } from "../empty";
import { packetOf, positionInWords } from "./grouping";
import { keepInView, scrollBoxOf } from "../../../widgets/keep-in-view";
import styles from "./journey.module.css";
import { FoldedPacket, OpenPacket } from "./packet-section";

function LevelChoice(): ReactNode {
  const level = useApp((state) => state.playback.level);
  const { setLevel } = useActions();
  const choices: readonly (readonly [Level | null, string])[] = [[null, "as it comes"], ...LEVELS.map((one) => [one, one] as const)];
  return (
    <fieldset className={styles.levels}>
      <legend>Told by</legend>
      {choices.map(([value, name]) => (
        <label key={name}>
          <input type="radio" name="level" checked={level === value} onChange={() => setLevel(value)} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Outcome({ journey }: { readonly journey: JourneyView }): ReactNode {
  const took = journey.endedAt === null ? "" : `, after ${showSpan(journey.endedAt - journey.startedAt)}`;
  return (
    <p className={styles.outcome}>
      <b>{journey.verdict}</b>
      {took}. <Sentence text={journey.sentence} />
    </p>
  );
}

/** Keeps the current hop in view without moving the page around it. */
function useKeepInView(current: number): React.RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const shown = box.current?.querySelector(`[data-hop="${current}"]`);
    const around = box.current === null ? null : scrollBoxOf(box.current);
    if (shown != null && around !== null) keepInView(around, shown);
  }, [current]);
  return box;
}

export function JourneyPanel(): ReactNode {
  const journey = useApp((state) => state.session.journey);
  const followed = useApp((state) => state.selection.followed);
  const current = useApp((state) => state.playback.hop);
  const box = useKeepInView(current);
  if (followed === null) {
    return (
      <>
        <div className={styles.beside}>
          <Empty title="No packet is followed">
            Press Follow this request, or Send request: the journey of its packets stands here, hop by hop.
          </Empty>
        </div>
        <div className={styles.instead}>
          <Following />
        </div>
      </>
    );
  }
  if (journey === null || journey.hops.length === 0)
    return <Empty title="The request has not begun">Its first packet stands here as soon as it leaves.</Empty>;
  const shown = packetOf(journey, current) ?? journey.packets[0];
  const hop = journey.hops[current];
  return (
    <div className={styles.journey} ref={box}>
      <header className={styles.head}>
        <h2>{shown?.title ?? journey.title}</h2>
        <p>{shown !== undefined && hop !== undefined ? positionInWords(shown, hop) : ""}</p>
      </header>
      <LevelChoice />
      {journey.packets.map((packet) => (
        <div key={packet.index} role="group" aria-label={packet.title} className={styles.packet}>
          {packet === shown ? (
            <OpenPacket journey={journey} packet={packet} current={current} />
          ) : (
            <FoldedPacket journey={journey} packet={packet} current={current} />
          )}
        </div>
      ))}
      {journey.endedAt === null ? null : <Outcome journey={journey} />}
    </div>
  );
}
