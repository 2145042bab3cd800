/** The followed journey, an item a hop; the hop of the moment is `aria-current="step"`. */
import { memo, useEffect, useMemo, useRef, type ReactNode } from "react";
import type { HopView } from "../../bridge/protocol";
import { chaptersOf, useApp } from "../../store";
import { keepInView } from "../../widgets/keep-in-view";
import { changesInWords, headerInWords, placeInWords } from "./hop-words";

export function JourneyList(): ReactNode {
  const journey = useApp((state) => (state.session.journey?.request === state.selection.followed ? state.session.journey : null));
  const current = useApp((state) => state.playback.hop);
  const begins = useMemo(() => new Map(journey === null ? [] : chaptersOf(journey).map((run) => [run.firstHop, run.chapter])), [journey]);
  const list = useRef<HTMLOListElement>(null);

  useEffect(() => {
    const box = list.current;
    const item = box?.children[current];
    if (box === null || !(item instanceof HTMLElement)) return;
    keepInView(box, item);
  }, [current]);

  return (
    <section aria-labelledby="in-words-journey">
      <h3 id="in-words-journey">{journey === null ? "Journey" : `Journey: ${journey.title}`}</h3>
      {journey === null && <p className="nothing">Nothing is followed. “Follow this request” lists one request’s hops here.</p>}
      <ol className="told" aria-label="Journey" ref={list} tabIndex={journey === null ? undefined : 0}>
        {journey?.hops.map((hop) => (
          <Hop
            key={hop.index}
            hop={hop}
            title={journey.packets[hop.packet]?.title ?? ""}
            chapter={begins.get(hop.index) ?? ""}
            isCurrent={hop.index === current}
          />
        ))}
      </ol>
    </section>
  );
}

const Hop = memo(function Hop({
  hop,
  title,
  chapter,
  isCurrent,
}: {
  readonly hop: HopView;
  readonly title: string;
  /** The chapter that begins here, else "". */
  readonly chapter: string;
  readonly isCurrent: boolean;
}): ReactNode {
  const changes = changesInWords(hop);
  return (
    <li aria-current={isCurrent ? "step" : undefined}>
      <b>{hop.index + 1}</b>
      <div>
        <p>
          <span className="where">{placeInWords(hop)}</span> {title}, {hop.direction}. {hop.sentence}
        </p>
        <p>
          {headerInWords(hop.after)}
          {changes === "" ? "" : `. Changed: ${changes}`}
        </p>
        {hop.rules.map((rule) => (
          <p key={`${rule.table} ${rule.chain} ${rule.number}`}>
            {rule.table}, rule {rule.number} of {rule.of}: <code>{rule.text}</code>
          </p>
        ))}
        {chapter === "" ? null : <p>Here begins the chapter “{chapter}”.</p>}
      </div>
    </li>
  );
});
