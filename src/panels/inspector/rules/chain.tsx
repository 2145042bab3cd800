/** A chain, set or map of the rule text: folded to its name, or opened line by line. */
import { useMemo, type ReactNode } from "react";
import type { RulesView } from "../../../bridge/protocol";
import type { Hit } from "./find";
import { RuleLine, type Jump, type Names } from "./rule-line";
import type { ChainText, RuleLine as Line } from "./rules-text";
import { sharesOf } from "./shares";
import styles from "./rules.module.css";

/** Most lines of one chain that are drawn; finding shows those that it finds. */
const MOST_LINES = 400;

export interface ChainProps {
  readonly of: ChainText;
  readonly names: Names;
  readonly counters: RulesView["counters"];
  /** `table chain number` of rules that matched at the shown hop. */
  readonly matched: ReadonlySet<string>;
  readonly find: string;
  /** Hits in this chain. */
  readonly hits: readonly Hit[];
  /** The hit that one stands at, where it is in this chain. */
  readonly hit: Hit | null;
  readonly isOpen: boolean;
  readonly isWalked: boolean;
  readonly toggle: (key: string) => void;
  readonly jump: Jump;
}

/** Names a chain among all of a node. */
export function keyOf({ table, chain }: { readonly table: string; readonly chain: string }): string {
  return `${table} ${chain}`;
}

export function Chain(props: ChainProps): ReactNode {
  const { of, isOpen, isWalked, toggle, hit } = props;
  const key = keyOf(of);
  return (
    <div role="group" className={styles.chain} data-chain={key} aria-label={`${of.kind} ${of.chain}`}>
      <button
        type="button"
        className={styles.fold}
        aria-expanded={isOpen}
        data-found={hit !== null && hit.line < 0 ? "true" : undefined}
        onClick={() => toggle(key)}
      >
        <i aria-hidden="true">{isOpen ? "⌄" : "›"}</i>
        <span>{of.kind === "chain" || of.kind === "server" ? of.chain : `${of.kind} ${of.chain}`}</span>
        <small>
          {isWalked ? "walked, " : ""}
          {sizeInWords(of)}
        </small>
      </button>
      {isOpen ? <Lines {...props} /> : null}
    </div>
  );
}

function Lines({ of, names, counters, matched, find, hits, hit, jump }: ChainProps): ReactNode {
  const shares = useMemo(() => sharesOf(of), [of]);
  const found = new Set(hits.map(({ line }) => line));
  const numbered = of.lines.map((line, index) => ({ line, index }));
  const wanted = found.size === 0 || found.has(-1) ? numbered : numbered.filter(({ index }) => found.has(index));
  const hitsOf = ({ number }: Line): string => (number === 0 ? "" : `${counters[`${keyOf(of)} ${number}`] ?? 0}`);
  return (
    <>
      {of.heading === "" ? null : <code className={styles.heading}>{of.heading}</code>}
      {wanted.slice(0, MOST_LINES).map(({ line, index }) => (
        <RuleLine
          key={index}
          table={of.table}
          chain={of.chain}
          text={line.text}
          hits={hitsOf(line)}
          state={matched.has(`${keyOf(of)} ${line.number}`) ? "lit" : "plain"}
          share={shares.get(line.number)}
          names={names}
          find={find}
          isFound={hit?.line === index}
          jump={jump}
        />
      ))}
      {wanted.length > MOST_LINES ? (
        <p className={styles.under}>{wanted.length - MOST_LINES} more lines; find one by a word of it, or download the text.</p>
      ) : null}
      {wanted.length < of.lines.length ? <p className={styles.under}>{without(of.lines.length - wanted.length)}</p> : null}
    </>
  );
}

function without(lines: number): string {
  return lines === 1 ? "1 line does not hold it." : `${lines} lines do not hold it.`;
}

function sizeInWords({ kind, lines }: ChainText): string {
  const what = kind === "chain" ? "rule" : kind === "server" ? "real server" : "element";
  return lines.length === 1 ? `1 ${what}` : `${lines.length} ${what}s`;
}
