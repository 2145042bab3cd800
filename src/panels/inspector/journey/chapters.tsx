/** Chapters in the journey's list: headings between its packets and hops, or the whole list folded to them. */
import type { ReactNode } from "react";
import type { JourneyView } from "../../../bridge/protocol";
import { chapterAt, useActions, useApp, type ChapterRun } from "../../../store";
import { Sentence } from "../../address/sentence";
import { packetOf } from "./grouping";
import { HopNow } from "./hop-now";
import styles from "./journey.module.css";

/** The names of the chapters that begin here, the current one marked; nothing where none begins. */
export function ChapterHeading({ runs, current }: { readonly runs: readonly ChapterRun[]; readonly current: number }): ReactNode {
  const now = chapterAt(runs, current);
  if (runs.length === 0) return null;
  return (
    <h3 className={styles.chapter}>
      {runs.map((run, index) => (
        <span key={run.chapter} aria-current={run === now ? "true" : undefined}>
          {index > 0 ? <i> · </i> : null}
          {run.chapter}
        </span>
      ))}
    </h3>
  );
}

function FoldedChapter({
  run,
  isNow,
  isAhead,
}: {
  readonly run: ChapterRun;
  readonly isNow: boolean;
  readonly isAhead: boolean;
}): ReactNode {
  const { goToHop } = useActions();
  return (
    <div className={isNow ? styles.chapterNow : isAhead ? styles.ahead : undefined} data-hop={isNow ? "chapter" : undefined}>
      <h3 className={styles.chapter}>
        <button type="button" aria-current={isNow ? "true" : undefined} onClick={() => goToHop(run.firstHop + run.hops - 1)}>
          {run.chapter}
        </button>
        <small>{run.hops === 1 ? "1 hop" : `${run.hops} hops`}</small>
      </h3>
      <p className={styles.chapterSays}>
        <Sentence text={run.sentence} />
      </p>
    </div>
  );
}

/** The journey folded to its chapters; a packet that was opened by hand shows its hop in the current one. */
export function ChapterList({
  journey,
  chapters,
  current,
}: {
  readonly journey: JourneyView;
  readonly chapters: readonly ChapterRun[];
  readonly current: number;
}): ReactNode {
  const opened = useApp((state) => state.playback.opened);
  const now = chapterAt(chapters, current);
  const packet = packetOf(journey, current);
  const hop = journey.hops[current];
  const isOpen = packet !== undefined && (opened[packet.index] ?? "chapters") !== "chapters";
  return (
    <ol className={styles.chapters} aria-label="Chapters">
      {chapters.map((run) => (
        <li key={run.chapter}>
          <FoldedChapter run={run} isNow={run === now} isAhead={run.firstHop > current} />
          {run === now && isOpen && hop !== undefined ? (
            <HopNow journey={journey} hop={hop} position={hop.index - packet.firstHop + 1} />
          ) : null}
        </li>
      ))}
    </ol>
  );
}
