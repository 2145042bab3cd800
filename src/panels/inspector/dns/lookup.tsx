/** One look-up: how many queries, why so many, and the ladder of them. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { LookupBrief, LookupView } from "../../../bridge/protocol";
import { Ladder } from "../../../diagrams/ladder/Ladder";
import type { LadderModel, MessageRow } from "../../../diagrams/ladder/rows";
import { ladderOf, lastBy } from "../../../diagrams/ladder/rows";
import { ruleInWords, searchRuleOf } from "../../../diagrams/ladder/search";
import { messageInWords } from "../../../diagrams/ladder/words";
import { lookupShown, SCENARIO_TITLES, showMillis, showSpan, useActions, useApp, usePane } from "../../../store";
import { Sentence } from "../../address/sentence";
import { ThenAndNow } from "../../then-and-now/then-and-now";
import { Choose } from "../choose";
import styles from "../inspector.module.css";
import own from "./dns.module.css";
import { Message } from "./message";
import { Why } from "./why";

function queriesInWords(count: number): string {
  return count === 1 ? "query" : "queries";
}

/** How many queries, and how many of them have left by the shown moment. */
function Counter({ lookup, at }: { readonly lookup: LookupView; readonly at: number }): ReactNode {
  const { asked } = lookup;
  const sent = asked.filter((query) => query.at <= at).length;
  return (
    <p className={own.counter}>
      <b>{asked.length}</b> {queriesInWords(asked.length)} for this {lookup.by === "request" ? "connection" : "look-up"}
      <span className={own.tally} aria-hidden="true">
        {asked.map((query, index) => (
          <i key={`${index} ${query.at}`} data-sent={index < sent}>
            {index < sent ? "◆" : "◇"}
          </i>
        ))}
      </span>
      <small>{sent === asked.length ? "all sent by this moment" : `${sent} sent by this moment`}</small>
    </p>
  );
}

/** Leads to the packet of a message; where nobody follows the look-up yet, to its first. */
function ToPacket({ lookup, row }: { readonly lookup: LookupView; readonly row: MessageRow }): ReactNode {
  const { goToHop, setTab, follow } = useActions();
  const packet = row.way === "query" ? row.query.packet : row.query.answerPacket;
  const hop = useApp(({ session }) =>
    session.journey?.request === lookup.request ? session.journey.packets[packet]?.firstHop : undefined,
  );
  function go(): void {
    if (hop === undefined) return follow(lookup.request, lookup.startedAt);
    goToHop(hop);
    setTab("journey");
  }
  return (
    <p className={styles.actions}>
      <button type="button" onClick={go}>
        {hop === undefined ? "Follow this look-up" : "Go along with this packet"}
      </button>
    </p>
  );
}

function Detail({
  lookup,
  row,
  ladder,
}: {
  readonly lookup: LookupView;
  readonly row: MessageRow;
  readonly ladder: LadderModel;
}): ReactNode {
  const wire = row.way === "query" ? row.query.wire : row.query.answerWire;
  return (
    <>
      <p className={own.told}>
        <Sentence text={messageInWords(row, ladder.lanes)} />
      </p>
      <ToPacket lookup={lookup} row={row} />
      {wire === "" ? null : <Message wire={wire} name={row.way} />}
    </>
  );
}

const NEWEST = "followed, or the newest";

/** What comes first is what tells look-ups apart: a narrow list shows no more. */
function titleOf({ name, type, from, startedAt, verdict, queries, by, request }: LookupBrief): string {
  const pod = from.slice(from.indexOf("/") + 1);
  const what = [showMillis(startedAt), name, type].filter((word) => word !== "").join(" ");
  return `${what}, ${verdict}, ${queries} ${queriesInWords(queries)}, ${by} ${request} of ${pod}`;
}

function ChooseLookup(): ReactNode {
  const lookups = useApp((state) => state.session.moment?.dns?.lookups);
  const [chosen, choose] = usePane("dns.lookup");
  if (lookups === undefined || lookups.length === 0) return null;
  const titles = new Map(lookups.map((one) => [titleOf(one), `${one.request}`]));
  const shown = lookups.find((one) => `${one.request}` === chosen);
  return (
    <Choose
      label="Look-up"
      value={shown === undefined ? NEWEST : titleOf(shown)}
      options={[NEWEST, ...titles.keys()]}
      onChange={(title) => choose(titles.get(title) ?? "")}
    />
  );
}

/** Clusters in which names behave otherwise; those that are not open. */
function Elsewhere(): ReactNode {
  const source = useApp((state) => state.session.recording.source);
  const { openScenario } = useActions();
  const others = SCENARIO_TITLES.filter(({ id }) => id !== "two-apps" && !(source.kind === "scenario" && source.id === id));
  return (
    <section className={own.elsewhere} aria-label="Names elsewhere">
      {others.map(({ id, title, about }) => (
        <div key={id}>
          <p>{about}</p>
          <p className={styles.actions}>
            <button type="button" onClick={() => openScenario(id)}>
              Open the scenario “{title}”
            </button>
          </p>
        </div>
      ))}
    </section>
  );
}

export function Lookup(): ReactNode {
  const lookup = useApp(lookupShown);
  const isFollowed = useApp((state) => state.selection.followed !== null);
  return (
    <section aria-label="Look-up">
      <h3>One look-up, query by query</h3>
      <ChooseLookup />
      {lookup === null ? (
        <p className={styles.quiet}>
          {isFollowed
            ? "No query yet, or none at all: an address needs no look-up, and a connection that is kept alive needs no new one."
            : "Ask for a name, or follow a request: its resolver’s queries stand here as a ladder, each at its moment."}
        </p>
      ) : (
        <Told lookup={lookup} />
      )}
      <Why />
      <ThenAndNow id="a-records" />
      <ThenAndNow id="vip-and-port" />
      <Elsewhere />
    </section>
  );
}

function Told({ lookup }: { readonly lookup: LookupView }): ReactNode {
  const [opened, setOpened] = usePane("dns.message");
  const rule = useMemo(() => searchRuleOf(lookup.resolvConf), [lookup.resolvConf]);
  const ladder = useMemo(() => ladderOf(lookup, rule.search), [lookup, rule]);
  // Between two messages nothing of the ladder changes, so it is drawn anew only from message to message.
  const at = useApp((state) => lastBy(ladder, state.playback.at));
  const took = lookup.endedAt === null ? "" : `After ${showSpan(lookup.endedAt - lookup.startedAt)}: `;
  return (
    <>
      <Counter lookup={lookup} at={at} />
      <p>{ruleInWords(lookup.name, rule, lookup.resolver)}</p>
      <Ladder
        ladder={ladder}
        entries={rule.search.length}
        at={at}
        opened={opened}
        onOpen={setOpened}
        renderDetail={(row) => <Detail lookup={lookup} row={row} ladder={ladder} />}
      />
      <p className={own.ends}>
        {took}
        <b>{lookup.verdict}</b>. <Sentence text={endInWords(lookup)} />
      </p>
    </>
  );
}

/** What the program was given. */
function endInWords({ by, addresses, sentence, verdict }: LookupView): string {
  if (by === "lookup" || verdict !== "resolved") return sentence;
  return addresses.length === 0 ? "" : `The program is given ${addresses.join(", ")}.`;
}
