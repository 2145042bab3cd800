/** Where an event comes from and what it led to: a ladder over the lanes of the timeline, from the command down. */
import { useMemo, type CSSProperties, type ReactNode } from "react";
import type { CausesView } from "../../../bridge/protocol";
import { showCluster, useActions, useApp } from "../../../store";
import { Empty } from "../empty";
import panel from "../inspector.module.css";
import styles from "./causes.module.css";
import { ladderOf, type Rung } from "./ladder";
import { useCauses } from "./use-causes";

export default function CausesPanel(): ReactNode {
  const { value, problem, chosen, choose } = useCauses();
  const playing = useApp((state) => state.playback.playing);
  if (value === null) {
    const hint = playing
      ? "Pause, or step to an event: where it comes from stands here."
      : "Step to an event: where it comes from stands here.";
    return <Empty title="No event">{problem === "" ? hint : problem}</Empty>;
  }
  return (
    <div className={panel.panel}>
      <div className={panel.head}>
        <h2>Event {value.event.number}</h2>
        <p>{showCluster(value.event.at)}</p>
      </div>
      <p>{value.event.sentence}</p>
      <p className={panel.actions}>
        <button type="button" onClick={() => choose(chosen === "" ? `${value.event.number}` : "")}>
          {chosen === "" ? `Hold event ${value.event.number}` : "Go with the shown event"}
        </button>
      </p>
      <LadderView causes={value} />
    </div>
  );
}

function LadderView({ causes }: { readonly causes: CausesView }): ReactNode {
  const { lanes, rungs } = useMemo(() => ladderOf(causes), [causes]);
  const { began, back, effects, more } = causes;
  return (
    <>
      <h3>
        {began === null
          ? "Begun by itself: no command led to it"
          : began === causes.event.number
            ? "A command, and what it set off"
            : "From the command that began it"}
      </h3>
      <p className={panel.quiet}>
        {back.length === 0 ? "Nothing before it" : `${back.length} before it`},{" "}
        {effects.length === 0 ? "nothing after it yet" : `${effects.length} after it`}
        {more === 0 ? "" : `, ${more} more that only carry it on`}. Lanes: {lanes.join(", ")}.
      </p>
      <ol className={styles.ladder} style={cssOf({ "--lanes": lanes.length })}>
        {rungs.map((rung) => (
          <RungRow key={rung.event.number} rung={rung} />
        ))}
      </ol>
    </>
  );
}

function cssOf(values: Readonly<Record<`--${string}`, number>>): CSSProperties {
  return { ...values };
}

function RungRow({ rung }: { readonly rung: Rung }): ReactNode {
  const { goToEvent } = useActions();
  const { event, isAsked, byRevision } = rung;
  return (
    <li className={isAsked ? styles.asked : undefined} aria-current={isAsked ? "step" : undefined}>
      <Lines rung={rung} />
      <span className={styles.where}>
        {event.lane} · {showCluster(event.at)}
        {byRevision ? " · took up its write" : ""}
      </span>
      <button type="button" onClick={() => goToEvent(event.number, event.at)}>
        {event.sentence}
      </button>
    </li>
  );
}

/** The lanes' lines in one row: those that pass, the one that comes in, the one that goes on, and the event's square. */
function Lines({ rung: { lane, from, through, goesOn } }: { readonly rung: Rung }): ReactNode {
  const left = from === null ? lane : Math.min(lane, from);
  return (
    <i aria-hidden="true" className={styles.lines}>
      {through.map((column) => (
        <b key={column} className={styles.pass} style={cssOf({ "--at": column })} />
      ))}
      {from === null ? null : <b className={styles.comes} style={cssOf({ "--at": from })} />}
      {from === null || from === lane ? null : (
        <b className={styles.across} style={cssOf({ "--at": left, "--wide": Math.abs(lane - from) })} />
      )}
      {goesOn ? <b className={styles.goes} style={cssOf({ "--at": lane })} /> : null}
      <b className={styles.dot} style={cssOf({ "--at": lane })} />
    </i>
  );
}
