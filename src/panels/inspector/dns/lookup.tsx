/** The look-up of the followed request: how many queries, why so many, and the ladder of them. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { JourneyView } from "../../../bridge/protocol";
import { Ladder } from "../../../diagrams/ladder/Ladder";
import type { LadderModel, MessageRow } from "../../../diagrams/ladder/rows";
import { ladderOf } from "../../../diagrams/ladder/rows";
import { ruleInWords, searchRuleOf } from "../../../diagrams/ladder/search";
import { messageInWords } from "../../../diagrams/ladder/words";
import { showSpan, useActions, useApp, usePane } from "../../../store";
import { Sentence } from "../../address/sentence";
import { ThenAndNow } from "../../then-and-now/then-and-now";
import styles from "../inspector.module.css";
import own from "./dns.module.css";
import { Message } from "./message";

/** The name that a program asks for, out of its URL. */
export function typedName(to: string): string {
  return to.replace(/^[a-z]+:\/\//, "").replace(/[:/].*$/, "");
}

/** How many of a journey's queries have left by a moment. */
function sentBy({ queries }: JourneyView, at: number): number {
  return queries.filter((query) => query.at <= at).length;
}

function Counter({ journey, at }: { readonly journey: JourneyView; readonly at: number }): ReactNode {
  const count = journey.queries.length;
  const sent = sentBy(journey, at);
  return (
    <p className={own.counter}>
      <b>{count}</b> {count === 1 ? "query" : "queries"} for this connection
      <span className={own.tally} aria-hidden="true">
        {journey.queries.map((query, index) => (
          <i key={`${index} ${query.at}`} data-sent={index < sent}>
            {index < sent ? "◆" : "◇"}
          </i>
        ))}
      </span>
      <small>{sent === count ? "all sent by this moment" : `${sent} sent by this moment`}</small>
    </p>
  );
}

function Detail({ row, ladder }: { readonly row: MessageRow; readonly ladder: LadderModel }): ReactNode {
  const { goToHop, setTab } = useActions();
  const wire = row.way === "query" ? row.query.wire : row.query.answerWire;
  return (
    <>
      <p className={own.told}>
        <Sentence text={messageInWords(row, ladder.lanes)} />
      </p>
      {row.hop < 0 ? null : (
        <p className={styles.actions}>
          <button
            type="button"
            onClick={() => {
              goToHop(row.hop);
              setTab("journey");
            }}
          >
            Follow this packet
          </button>
        </p>
      )}
      {wire === "" ? null : <Message wire={wire} name={row.way === "query" ? "query" : "answer"} />}
    </>
  );
}

export function Lookup(): ReactNode {
  const journey = useApp((state) => (state.session.journey?.request === state.selection.followed ? state.session.journey : null));
  return (
    <section aria-label="Look-up">
      <h3>One look-up</h3>
      {journey === null || journey.queries.length === 0 ? (
        <p className={styles.quiet}>
          {journey === null
            ? "Follow a request: its resolver’s queries stand here as a ladder, each at its moment."
            : "No query yet, or none at all: an address needs no look-up, and a connection that is kept alive needs no new one."}
        </p>
      ) : (
        <Told journey={journey} />
      )}
      <ThenAndNow id="a-records" />
      <ThenAndNow id="vip-and-port" />
    </section>
  );
}

function Told({ journey }: { readonly journey: JourneyView }): ReactNode {
  const at = useApp((state) => state.playback.at);
  const [opened, setOpened] = usePane("dns.message");
  const typed = typedName(journey.to);
  const rule = useMemo(() => searchRuleOf(journey.resolvConf), [journey.resolvConf]);
  const ladder = useMemo(() => ladderOf(journey, typed, rule), [journey, typed, rule]);
  const first = journey.queries[0];
  const last = journey.queries.at(-1);
  const took =
    last?.answeredAt == null || first === undefined ? "" : ` The last answer came after ${showSpan(last.answeredAt - first.at)}.`;
  return (
    <>
      <Counter journey={journey} at={at} />
      <p>
        {ruleInWords(typed, rule)}
        {took}
      </p>
      <Ladder
        ladder={ladder}
        entries={rule.search.length}
        at={at}
        opened={opened}
        onOpen={setOpened}
        renderDetail={(row) => <Detail row={row} ladder={ladder} />}
      />
    </>
  );
}
