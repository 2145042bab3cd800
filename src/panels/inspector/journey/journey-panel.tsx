/** The journey of the followed request: its packets in order under their chapters, the shown one opened hop by hop. */
import { Fragment, useEffect, useMemo, useRef } from "react";
import type { ReactNode } from "react";
import type { JourneyPacket, JourneyView, Level } from "../../../bridge/protocol";
import { chaptersOf, LEVELS, showSpan, useActions, useApp, type ChapterRun } from "../../../store";
import { Sentence } from "../../address/sentence";
import { MissedLink } from "../../missed";
import { Following } from "../../controls/following";
import { Empty } from "../empty";
import { ChapterHeading, ChapterList } from "./chapters";
import { packetOf } from "./grouping";
import { keepInView, scrollBoxOf } from "../../../widgets/keep-in-view";
import styles from "./journey.module.css";
import { Lately } from "./lately";
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
      {took}. <Sentence text={journey.sentence} /> <MissedLink missed={journey.missed} />
    </p>
  );
}

/** Room above the current hop, pixels: the packet's title stays at the top of the list. */
const UNDER_THE_TITLE = 48;

/** Keeps the current hop in view without moving the page around it. */
function useKeepInView(current: number): React.RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const shown = box.current?.querySelector(`[data-hop="${current}"], [data-hop="chapter"]`);
    const around = box.current === null ? null : scrollBoxOf(box.current);
    if (shown != null && around !== null) keepInView(around, shown, UNDER_THE_TITLE);
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
        <Lately />
      </>
    );
  }
  if (journey === null || journey.hops.length === 0)
    return <Empty title="The request has not begun">Its first packet stands here as soon as it leaves.</Empty>;
  return (
    <div className={styles.journey} ref={box}>
      <header className={styles.head}>
        <h2>{journey.title}</h2>
        <p>{journey.packets.length === 1 ? "1 packet" : `${journey.packets.length} packets`}</p>
      </header>
      <LevelChoice />
      <Told journey={journey} current={current} />
      {journey.endedAt === null ? null : <Outcome journey={journey} />}
    </div>
  );
}

/** The list at the chosen level. */
function Told({ journey, current }: { readonly journey: JourneyView; readonly current: number }): ReactNode {
  const level = useApp((state) => state.playback.level);
  const chapters = useMemo(() => chaptersOf(journey), [journey]);
  const shown = packetOf(journey, current) ?? journey.packets[0];
  if (level === "chapters") return <ChapterList journey={journey} chapters={chapters} current={current} />;
  const begun = ({ firstHop, hops }: JourneyPacket): readonly ChapterRun[] =>
    chapters.filter((run) => run.firstHop >= firstHop && run.firstHop < firstHop + hops);
  return journey.packets.map((packet) => (
    <Fragment key={packet.index}>
      <ChapterHeading runs={begun(packet).filter((run) => packet !== shown || run.firstHop === packet.firstHop)} current={current} />
      <div role="group" aria-label={packet.title} className={styles.packet}>
        {packet === shown ? (
          <OpenPacket journey={journey} packet={packet} current={current} chapters={chapters} />
        ) : (
          <FoldedPacket packet={packet} current={current} />
        )}
      </div>
    </Fragment>
  ));
}
