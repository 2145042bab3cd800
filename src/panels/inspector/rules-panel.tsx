/** The rules of one node as `iptables-save` and `nft list` print them: the same objects that decide, the walked lines lit. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { RulesView } from "../../bridge/protocol";
import { currentHop, nodeShown, showMillis, useActions, useApp } from "../../store";
import { ThenAndNow } from "../then-and-now/then-and-now";
import { Choose } from "./choose";
import { Empty } from "./empty";
import styles from "./inspector.module.css";
import type { ChainText } from "./rules-text";
import { chainsOf, partsOf } from "./rules-text";

/** `table chain number` of every rule that matched at the shown hop. */
function useWalkedLines(): ReadonlySet<string> {
  const hop = useApp(currentHop);
  return useMemo(() => {
    const matched = (hop?.walks ?? []).flatMap((walk) =>
      walk.lines.filter((line) => line.state === "matched").map((line) => `${walk.table} ${walk.chain} ${line.number}`),
    );
    return new Set(matched);
  }, [hop]);
}

interface ChainProps {
  readonly chain: ChainText;
  /** Names of chains, sets and maps of the same table. */
  readonly names: ReadonlySet<string>;
  readonly counters: Readonly<Record<string, number>>;
  readonly walked: ReadonlySet<string>;
  readonly find: string;
}

function idOf(table: string, chain: string): string {
  return `chain-${table}-${chain}`;
}

function jumpTo(table: string, chain: string): void {
  const shown = document.getElementById(idOf(table, chain));
  if (shown instanceof HTMLDetailsElement) shown.open = true;
  shown?.scrollIntoView({ block: "start" });
}

function Name({ table, name }: { readonly table: string; readonly name: string }): ReactNode {
  return (
    <a
      href={`#${idOf(table, name)}`}
      onClick={(event) => {
        event.preventDefault();
        jumpTo(table, name);
      }}
    >
      {name}
    </a>
  );
}

function Line({
  chain,
  names,
  counters,
  walked,
  line,
}: Omit<ChainProps, "find"> & { readonly line: ChainText["lines"][number] }): ReactNode {
  const key = `${chain.table} ${chain.chain} ${line.number}`;
  return (
    <div className={`${styles.ruleLine} ${walked.has(key) ? styles.lit : ""}`}>
      <span title="packets that matched">{line.number === 0 ? "" : (counters[key] ?? 0)}</span>
      <code className={styles.text}>
        {partsOf(line.text, names).map(({ text, to }, index) =>
          to === "" ? text : <Name key={`${index} ${to}`} table={chain.table} name={to} />,
        )}
      </code>
    </div>
  );
}

function sizeInWords({ kind, lines }: ChainText): string {
  const what = kind === "chain" ? "rule" : "element";
  return lines.length === 1 ? `1 ${what}` : `${lines.length} ${what}s`;
}

function Chain(props: ChainProps): ReactNode {
  const { chain, walked, find } = props;
  const lines = chain.lines.filter((line) => find === "" || line.text.includes(find));
  if (find !== "" && lines.length === 0) return null;
  const isWalked = chain.lines.some((line) => walked.has(`${chain.table} ${chain.chain} ${line.number}`));
  return (
    <details id={idOf(chain.table, chain.chain)} className={styles.chain} open={isWalked || find !== "" ? true : undefined}>
      <summary>
        <span>{chain.kind === "chain" ? chain.chain : `${chain.kind} ${chain.chain}`}</span>
        <span>{sizeInWords(chain)}</span>
      </summary>
      <code className={styles.text}>{chain.heading}</code>
      {lines.map((line, index) => (
        <Line key={`${index} ${line.number}`} {...props} line={line} />
      ))}
    </details>
  );
}

const TABLES = ["kube-proxy", "nat", "filter", "mangle", "raw"];

function titleOf(table: string, mode: "iptables" | "nftables"): string {
  if (mode === "iptables") return `Table ${table}`;
  return table === "kube-proxy" ? "nftables, table ip kube-proxy" : `iptables, table ${table}`;
}

function Tables({
  rules,
  walked,
  find,
}: {
  readonly rules: RulesView;
  readonly walked: ReadonlySet<string>;
  readonly find: string;
}): ReactNode {
  const { text, beside, mode, counters } = rules;
  const byTable = useMemo(() => {
    const chains = [...chainsOf(text), ...chainsOf(beside)];
    return TABLES.map((table) => {
      const own = chains.filter((chain) => chain.table === table);
      return { table, own, names: new Set(own.map(({ chain }) => chain)) };
    });
  }, [text, beside]);
  return byTable.map(({ table, own, names }) =>
    own.length === 0 ? null : (
      <section key={table}>
        <h3>{titleOf(table, mode)}</h3>
        {own.map((chain) => (
          <Chain key={`${chain.kind} ${chain.chain}`} chain={chain} names={names} counters={counters} walked={walked} find={find} />
        ))}
      </section>
    ),
  );
}

/** What the numbers before the rules are. */
function countsInWords(mode: "iptables" | "nftables"): string {
  if (mode === "iptables") return "The number before a rule counts its packets.";
  return "The number before a rule counts its packets. It is ours: kube-proxy's nftables rules carry no counters, and nft would list none.";
}

export function RulesPanel(): ReactNode {
  const name = useApp(nodeShown);
  const nodes = useApp((state) => state.session.moment?.nodes);
  const rules = useApp((state) => state.session.moment?.rules);
  const walked = useWalkedLines();
  const [find, setFind] = useState("");
  const { selectNode, say } = useActions();
  const known = rules?.node === name ? rules : undefined;
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(known?.text ?? "");
    say("notice", `The rules of ${name} are copied.`);
  }
  return (
    <div className={styles.panel}>
      <Choose label="Node shown" value={name} options={(nodes ?? []).map((node) => node.name)} onChange={selectNode} />
      <div className={styles.head}>
        <h2>Rules of {name}</h2>
        <p>{known === undefined ? "" : `synced ${showMillis(known.syncedAt)}`}</p>
      </div>
      {known === undefined ? (
        <Empty title="The rules are on their way">kube-proxy writes them from Services and EndpointSlices.</Empty>
      ) : (
        <>
          <p className={styles.quiet}>
            From Services of revision {known.serviceRevision} and EndpointSlices of revision {known.sliceRevision}.{" "}
            {countsInWords(known.mode)}
          </p>
          <input
            className={styles.find}
            type="search"
            aria-label="Find in the rules"
            placeholder="Find in the rules"
            value={find}
            onChange={(event) => setFind(event.target.value)}
          />
          <p className={styles.actions}>
            <button type="button" onClick={() => void copy()}>
              Copy the rules
            </button>
          </p>
          <Tables rules={known} walked={walked} find={find} />
          <ThenAndNow id="kube-proxy-app" />
          <ThenAndNow id="endpoints-watched" />
        </>
      )}
    </div>
  );
}
