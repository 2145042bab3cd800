/**
 * One look-up as a ladder: a line for each who takes part, time down the page, an arrow for each message, under the name
 * that it asks for. What lies ahead of the playhead is drawn faint; the message of the moment is lit.
 */
import type { CSSProperties, ReactNode } from "react";
import { showCluster, showSpan } from "../../store";
import styles from "./ladder.module.css";
import { outcomeSignOf, OutcomeSign } from "./OutcomeSign";
import { isTruncated } from "./rows";
import type { BehindRow, LadderModel, LadderRow, Lane, MessageRow, Rung, WaitRow } from "./rows";
import { laneInWords, messageInWords, outcomeInWords, rungInWords } from "./words";

export interface LadderProps {
  readonly ladder: LadderModel;
  /** Entries of the search list. */
  readonly entries: number;
  /** The shown moment, whole microseconds. */
  readonly at: number;
  /** Key of the opened message, "" where none is. */
  readonly opened: string;
  readonly onOpen: (key: string) => void;
  /** What stands under an opened message. */
  readonly renderDetail: (row: MessageRow) => ReactNode;
}

interface Drawn extends Omit<LadderProps, "entries"> {
  /** Key of the last message that has left by the shown moment, "" before the first. */
  readonly now: string;
}

/** Where a lane stands, as a share of the width. */
function place(lane: number, lanes: number): number {
  return ((lane + 0.5) / lanes) * 100;
}

function span(from: number, to: number, lanes: number): CSSProperties {
  const [left, right] = [Math.min(from, to), Math.max(from, to)];
  return { left: `${place(left, lanes)}%`, right: `${100 - place(right, lanes)}%` };
}

function Heads({ lanes }: { readonly lanes: readonly Lane[] }): ReactNode {
  return (
    <div className={styles.heads}>
      <span className={styles.time}>time</span>
      <div className={styles.laneHeads}>
        {lanes.map((lane) => (
          <span key={lane.key}>
            <small>{laneInWords(lane).place}</small>
            <b>{laneInWords(lane).name}</b>
          </span>
        ))}
      </div>
    </div>
  );
}

function Time({ at, startedAt }: { readonly at: number; readonly startedAt: number }): ReactNode {
  return <span className={styles.time}>{at === startedAt ? showCluster(at).slice(3) : `+${showSpan(at - startedAt)}`}</span>;
}

/** Where a mark stands: at its node, or halfway where that has no lane between the two ends. */
function onTheWay(lane: number, { from, to }: { readonly from: number; readonly to: number }, lanes: number): number {
  const isBetween = lane > Math.min(from, to) && lane < Math.max(from, to);
  return isBetween ? place(lane, lanes) : (place(from, lanes) + place(to, lanes)) / 2;
}

/** The line from lane to lane, with a mark where a node changed an address, or lost it. */
function Arrow({ row, lanes }: { readonly row: MessageRow | BehindRow; readonly lanes: number }): ReactNode {
  const isLost = row.kind === "message" && row.isLost;
  const marks = isLost ? row.passed.slice(0, -1) : row.passed;
  return (
    <>
      <i className={`${styles.arrow} ${styles[row.way]} ${isLost ? styles.lost : ""}`} style={span(row.from, row.to, lanes)} />
      {marks.map(({ lane, step }) => (
        <i key={`${step.at} ${step.did}`} className={styles.rewrite} style={{ left: `${onTheWay(lane, row, lanes)}%` }} />
      ))}
      {isLost ? (
        <b className={styles.cross} style={{ left: `${place(row.to, lanes)}%` }}>
          ✕
        </b>
      ) : null}
    </>
  );
}

function Label({ row, lanes }: { readonly row: MessageRow; readonly lanes: number }): ReactNode {
  const { way, from, to, query, isLost } = row;
  if (way === "query") {
    return (
      <span className={`${styles.label} ${styles.query}`} style={span(from, lanes - 1, lanes)}>
        <span>{query.type}?</span>
        {query.transport === "tcp" ? <small>by TCP</small> : null}
        {isLost ? <small>{row.passed.length === 0 ? "no answer" : "lost"}</small> : null}
      </span>
    );
  }
  // Between neighbours there is no room for the words: they stand behind the arrow.
  const isShort = Math.abs(from - to) < 2;
  return (
    <span
      className={`${styles.label} ${isShort ? "" : styles.answer}`}
      style={isShort ? { left: `${place(from, lanes)}%` } : span(from, to, lanes)}
    >
      <OutcomeSign outcome={outcomeSignOf(query)} />
      <span>{outcomeInWords(query)}</span>
      <small>{[query.type, isTruncated(query) ? "cut off" : "", query.cache === "hit" ? "cached" : ""].filter(Boolean).join(", ")}</small>
    </span>
  );
}

function Message({ row, ladder, at, now, opened, onOpen, renderDetail }: Drawn & { readonly row: MessageRow }): ReactNode {
  const { lanes, startedAt } = ladder;
  const { key } = row;
  const isOpen = opened === key;
  const state = [row.at > at ? styles.ahead : "", now === key ? styles.now : "", isOpen ? styles.open : ""].join(" ");
  return (
    <li className={`${styles.row} ${state}`} data-row={key} aria-current={now === key ? "step" : undefined}>
      <button type="button" aria-expanded={isOpen} className={styles.message} onClick={() => onOpen(isOpen ? "" : key)}>
        <Time at={row.at} startedAt={startedAt} />
        <span className={styles.lanes}>
          <Arrow row={row} lanes={lanes.length} />
          <Label row={row} lanes={lanes.length} />
        </span>
        <span className="sr">{messageInWords(row, lanes)}</span>
      </button>
      {isOpen ? <div className={styles.detail}>{renderDetail(row)}</div> : null}
    </li>
  );
}

function Behind({ row, ladder: { lanes, startedAt }, at }: Drawn & { readonly row: BehindRow }): ReactNode {
  return (
    <li className={`${styles.row} ${row.at > at ? styles.ahead : ""}`} data-row={row.key}>
      <div className={styles.message} role="img" aria-label={messageInWords(row, lanes)}>
        <Time at={row.at} startedAt={startedAt} />
        <span className={styles.lanes}>
          <Arrow row={row} lanes={lanes.length} />
          <span className={`${styles.label} ${styles.middle}`} style={span(row.from, row.to, lanes.length)}>
            <span>{row.way === "answer" ? row.query.type : `${row.query.type}?`}</span>
          </span>
        </span>
      </div>
    </li>
  );
}

function Wait({ row, at }: Drawn & { readonly row: WaitRow }): ReactNode {
  return (
    <li className={`${styles.row} ${styles.wait} ${row.at > at ? styles.ahead : ""}`} data-row={row.key}>
      {showSpan(row.span)} in which no answer comes
    </li>
  );
}

function Row(props: Drawn & { readonly row: LadderRow }): ReactNode {
  const { row } = props;
  switch (row.kind) {
    case "message":
      return <Message {...props} row={row} />;
    case "behind":
      return <Behind {...props} row={row} />;
    case "wait":
      return <Wait {...props} row={row} />;
  }
}

function RungBlock({ rung, entries, ...drawn }: Drawn & { readonly rung: Rung; readonly entries: number }): ReactNode {
  const first = rung.rows[0];
  const isAhead = first === undefined || first.at > drawn.at;
  const { lanes } = drawn.ladder;
  return (
    <li className={styles.rung} data-entry={rung.entry}>
      <p className={`${styles.rungHead} ${isAhead ? styles.ahead : ""}`}>
        <span>{rung.entry <= 0 ? "–" : rung.entry}</span>
        <b>{rung.name}</b>
        <small>{rungInWords(rung, entries)}</small>
      </p>
      {rung.rows.length === 0 ? null : (
        <ol className={styles.rows}>
          <li className={styles.wires} aria-hidden="true">
            {lanes.map(({ key }, lane) => (
              <i key={key} style={{ left: `${place(lane, lanes.length)}%` }} />
            ))}
          </li>
          {rung.rows.map((row) => (
            <Row key={row.key} {...drawn} row={row} />
          ))}
        </ol>
      )}
    </li>
  );
}

export function Ladder({ ladder, entries, ...props }: LadderProps): ReactNode {
  const rows = ladder.rungs.flatMap((rung) => rung.rows);
  const now = rows.filter((row) => row.kind === "message" && row.at <= props.at).at(-1)?.key ?? "";
  return (
    <div className={styles.ladder}>
      <Heads lanes={ladder.lanes} />
      <ol className={styles.rungs} aria-label="Ladder of the look-up">
        {ladder.rungs.map((rung) => (
          <RungBlock key={rung.name} {...props} ladder={ladder} rung={rung} entries={entries} now={now} />
        ))}
      </ol>
    </div>
  );
}
