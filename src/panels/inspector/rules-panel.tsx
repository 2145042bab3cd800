/** The rules of one node as `iptables-save` prints them: the same objects that decide, with the walked lines lit. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import { currentHop, nodeShown, showMillis, useActions, useApp } from "../../store";
import { ThenAndNow } from "../then-and-now/then-and-now";
import { Choose } from "./choose";
import { Empty } from "./empty";
import styles from "./inspector.module.css";
import type { ChainText } from "./rules-text";
import { chainsOf, jumpOf } from "./rules-text";

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
  readonly all: readonly ChainText[];
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

function Line({ chain, all, counters, walked, line }: Omit<ChainProps, "find"> & { readonly line: ChainText["lines"][number] }): ReactNode {
  const key = `${chain.table} ${chain.chain} ${line.number}`;
  const target = jumpOf(line.text, all, chain.table);
  const [before = "", after = ""] = target === "" ? [line.text] : line.text.split(target, 2);
  return (
    <div className={`${styles.ruleLine} ${walked.has(key) ? styles.lit : ""}`}>
      <span title="packets that matched">{counters[key] ?? 0}</span>
      <code className={styles.text}>
        {before}
        {target === "" ? null : (
          <a
            href={`#${idOf(chain.table, target)}`}
            onClick={(event) => {
              event.preventDefault();
              jumpTo(chain.table, target);
            }}
          >
            {target}
          </a>
        )}
        {after}
      </code>
    </div>
  );
}

function Chain(props: ChainProps): ReactNode {
  const { chain, walked, find } = props;
  const lines = chain.lines.filter((line) => find === "" || line.text.includes(find));
  if (find !== "" && lines.length === 0) return null;
  const isWalked = chain.lines.some((line) => walked.has(`${chain.table} ${chain.chain} ${line.number}`));
  return (
    <details id={idOf(chain.table, chain.chain)} className={styles.chain} open={isWalked || find !== "" ? true : undefined}>
      <summary>
        <span>{chain.chain}</span>
        <span>{chain.lines.length === 1 ? "1 rule" : `${chain.lines.length} rules`}</span>
      </summary>
      <code className={styles.text}>{chain.heading}</code>
      {lines.map((line) => (
        <Line key={line.number} {...props} line={line} />
      ))}
    </details>
  );
}

export function RulesPanel(): ReactNode {
  const name = useApp(nodeShown);
  const nodes = useApp((state) => state.session.moment?.nodes);
  const rules = useApp((state) => state.session.moment?.rules);
  const walked = useWalkedLines();
  const [find, setFind] = useState("");
  const { selectNode, say } = useActions();
  const known = rules?.node === name ? rules : undefined;
  const chains = useMemo(() => chainsOf(known?.text ?? ""), [known?.text]);
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(known?.text ?? "");
    say("notice", `The rules of ${name} are copied.`);
  }
  return (
    <div className={styles.panel}>
      <Choose label="Node shown" value={name} options={(nodes ?? []).map((node) => node.name)} onChange={selectNode} />
      <div className={styles.head}>
        <h3>Rules of {name}</h3>
        <p>{known === undefined ? "" : `synced ${showMillis(known.syncedAt)}`}</p>
      </div>
      {known === undefined ? (
        <Empty title="The rules are on their way">kube-proxy writes them from Services and EndpointSlices.</Empty>
      ) : (
        <>
          <p className={styles.quiet}>
            From Services of revision {known.serviceRevision} and EndpointSlices of revision {known.sliceRevision}. The number before a rule
            counts its packets.
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
          {["nat", "filter", "mangle", "raw"].map((table) => {
            const inTable = chains.filter((chain) => chain.table === table);
            return inTable.length === 0 ? null : (
              <section key={table}>
                <h4>Table {table}</h4>
                {inTable.map((chain) => (
                  <Chain key={chain.chain} chain={chain} all={chains} counters={known.counters} walked={walked} find={find} />
                ))}
              </section>
            );
          })}
          <ThenAndNow id="kube-proxy-app" />
          <ThenAndNow id="endpoints-watched" />
        </>
      )}
    </div>
  );
}
