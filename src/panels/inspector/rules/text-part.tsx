/** The rule text of a node: what the followed packet walked first, then every table, folded by chain, to be searched. */
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { HopView, JourneyView, RulesView } from "../../../bridge/protocol";
import { currentHop, useApp, usePane } from "../../../store";
import { keepInView, scrollBoxOf } from "../../../widgets/keep-in-view";
import { Chain, keyOf } from "./chain";
import { documentsOf, type RulesDocument } from "./documents";
import { FindBar } from "./find-bar";
import { hitsIn, turned, type Hit } from "./find";
import type { Names } from "./rule-line";
import type { ChainText } from "./rules-text";
import { TakeAway } from "./take-away";
import { matchedKeys, shownAmong, walkedHops } from "./walked-hops";
import { Walked } from "./walked";
import { useJumps, type Jumps } from "./use-jumps";
import styles from "./rules.module.css";

const NO_NAMES: Names = new Map();

interface WalkHere {
  readonly journey: JourneyView;
  readonly hops: readonly HopView[];
  readonly shown: HopView;
}

/** Where the followed packet met rules of this node; null where it did not. */
function useWalkHere(node: string): WalkHere | null {
  const journey = useApp((state) => state.session.journey);
  const hop = useApp(currentHop);
  return useMemo(() => {
    const hops = walkedHops(journey, hop, node);
    const shown = shownAmong(hops, hop);
    return journey === null || shown === null ? null : { journey, hops, shown };
  }, [journey, hop, node]);
}

export function TextPart({ rules }: { readonly rules: RulesView }): ReactNode {
  const { mode, text, sets, beside } = rules;
  const documents = useMemo(() => documentsOf({ mode, text, sets, beside }), [mode, text, sets, beside]);
  const walk = useWalkHere(rules.node);
  const [find, setFind] = usePane("rules.find");
  const [place, setPlace] = usePane("rules.hit");
  const hits = useMemo(() => hitsIn(documents, find), [documents, find]);
  const at = Math.min(Number(place) || 0, Math.max(0, hits.length - 1));
  const box = useRef<HTMLDivElement>(null);
  const jumps = useJumps(box);
  useFoundInView(box, hits[at]);
  const chains = useMemo(() => documents.flatMap(({ tables }) => tables.flatMap((one) => one.chains)), [documents]);
  const byKey = useMemo(() => new Map(chains.map((chain) => [keyOf(chain), chain])), [chains]);
  const names = useMemo(() => namesByTable(chains), [chains]);
  return (
    <div ref={box}>
      <FindBar
        find={find}
        at={at}
        count={hits.length}
        onFind={(text) => {
          setFind(text);
          setPlace("");
        }}
        turn={(by) => setPlace(`${turned(at, by, hits.length)}`)}
      />
      {jumps.back === null ? null : (
        <p className={styles.back}>
          <button type="button" onClick={jumps.goBack}>
            ‹ Back to {jumps.back}
          </button>
        </p>
      )}
      {walk === null || find !== "" ? null : (
        <Walked
          {...walk}
          counters={rules.counters}
          chainsByKey={byKey}
          namesOf={(table) => names.get(table) ?? NO_NAMES}
          jump={jumps.jump}
        />
      )}
      {documents.map((document) => (
        <Document key={document.command} {...{ document, rules, walk, find, hits, names, jumps }} hit={hits[at] ?? null} />
      ))}
    </div>
  );
}

/** What names lead to, by the table in which they stand: chains and sets of the same table, and IP sets from anywhere. */
function namesByTable(chains: readonly ChainText[]): ReadonlyMap<string, Names> {
  const tables = new Set(chains.map(({ table }) => table));
  const named = (table: string): Names =>
    new Map(chains.flatMap((one) => (one.table === table || one.table === "ipset" ? [[one.chain, one.table] as const] : [])));
  return new Map([...tables].map((table) => [table, named(table)]));
}

/** Scrolls to what was found, whenever one goes to another. */
function useFoundInView(box: React.RefObject<HTMLDivElement | null>, hit: Hit | undefined): void {
  const key = hit === undefined ? "" : `${keyOf(hit)} ${hit.line}`;
  useEffect(() => {
    const found = key === "" ? null : box.current?.querySelector("[data-found]");
    const around = box.current === null ? null : scrollBoxOf(box.current);
    if (found != null && around !== null) keepInView(around, found, 40);
  }, [box, key]);
}

interface DocumentProps {
  readonly document: RulesDocument;
  readonly rules: RulesView;
  readonly walk: WalkHere | null;
  readonly find: string;
  readonly hits: readonly Hit[];
  readonly hit: Hit | null;
  readonly names: ReadonlyMap<string, Names>;
  readonly jumps: Jumps;
}

/** Most chains of one table that are listed. */
const MOST_CHAINS = 300;

function Document({ document, rules, ...rest }: DocumentProps): ReactNode {
  return (
    <>
      <TakeAway rules={rules} document={document} />
      {document.tables.map(({ table, chains }) => (
        <Table key={table} table={table} chains={chains} rules={rules} {...rest} />
      ))}
    </>
  );
}

function Table({
  table,
  chains,
  rules,
  walk,
  find,
  hits,
  hit,
  names,
  jumps,
}: Omit<DocumentProps, "document"> & { readonly table: string; readonly chains: readonly ChainText[] }): ReactNode {
  const [all, showAll] = useState(false);
  const walks = walk?.shown.walks ?? [];
  const matched = useMemo(() => matchedKeys(walk?.shown.walks ?? []), [walk]);
  const walked = new Set(walks.map(keyOf));
  const inChains = byChain(hits);
  const kept = find === "" ? chains : chains.filter((chain) => inChains.has(keyOf(chain)) || jumps.open.has(keyOf(chain)));
  const listed = all ? kept : kept.slice(0, MOST_CHAINS);
  return (
    <section aria-label={titleOf(table)}>
      <h3>{titleOf(table)}</h3>
      {listed.map((chain) => {
        const key = keyOf(chain);
        const own = inChains.get(key) ?? [];
        return (
          <Chain
            key={`${chain.kind} ${key}`}
            of={chain}
            names={names.get(table) ?? NO_NAMES}
            counters={rules.counters}
            matched={matched}
            find={find}
            hits={own}
            hit={hit !== null && keyOf(hit) === key ? hit : null}
            isOpen={own.length > 0 || jumps.open.has(key)}
            isWalked={walked.has(key)}
            toggle={jumps.toggle}
            jump={jumps.jump}
          />
        );
      })}
      {kept.length < chains.length ? <p className={styles.quiet}>{chains.length - kept.length} chains without it are not listed.</p> : null}
      {listed.length < kept.length ? (
        <p className={styles.back}>
          <button type="button" onClick={() => showAll(true)}>
            List {kept.length - listed.length} more chains
          </button>
        </p>
      ) : null}
    </section>
  );
}

function titleOf(table: string): string {
  if (table === "ipvs") return "Virtual servers";
  return table === "ipset" ? "IP sets" : `Table ${table}`;
}

function byChain(hits: readonly Hit[]): ReadonlyMap<string, readonly Hit[]> {
  const found = new Map<string, Hit[]>();
  for (const hit of hits) {
    const key = keyOf(hit);
    const before = found.get(key);
    if (before === undefined) found.set(key, [hit]);
    else before.push(hit);
  }
  return found;
}
