/** The chains that the followed packet walked on this node, first and by themselves: matched lines verbatim, the rest in words. */
import type { ReactNode } from "react";
import type { ChainWalkView, HopView, JourneyView, RulesView } from "../../../bridge/protocol";
import { useActions } from "../../../store";
import type { Share } from "./shares";
import { sharesOf } from "./shares";
import { RuleLine, type Jump, type Names } from "./rule-line";
import type { ChainText } from "./rules-text";
import { isMatched, othersInWords } from "./walked-hops";
import { keyOf } from "./chain";
import styles from "./rules.module.css";

export interface WalkedProps {
  readonly journey: JourneyView;
  readonly hops: readonly HopView[];
  readonly shown: HopView;
  readonly counters: RulesView["counters"];
  readonly chainsByKey: ReadonlyMap<string, ChainText>;
  readonly namesOf: (table: string) => Names;
  readonly jump: Jump;
}

export function Walked({ journey, hops, shown, ...rest }: WalkedProps): ReactNode {
  const { goToHop } = useActions();
  const title = journey.packets[shown.packet]?.title ?? "the packet";
  return (
    <section className={styles.walked} aria-label="Walked by the packet">
      <h3>Walked by {title}</h3>
      <div className={styles.stops} role="group" aria-label="Where it met rules">
        {hops.map((hop) => (
          <button key={hop.index} type="button" aria-current={hop === shown ? "step" : undefined} onClick={() => goToHop(hop.index)}>
            {hop.place}
          </button>
        ))}
      </div>
      {shown.walks.map((walk, index) => (
        <WalkedChain key={`${index} ${walk.table} ${walk.chain}`} walk={walk} {...rest} />
      ))}
    </section>
  );
}

const NO_SHARES: ReadonlyMap<number, Share> = new Map();

function WalkedChain({
  walk,
  counters,
  chainsByKey,
  namesOf,
  jump,
}: Pick<WalkedProps, "counters" | "chainsByKey" | "namesOf" | "jump"> & { readonly walk: ChainWalkView }): ReactNode {
  const { table, chain, lines, length } = walk;
  const matched = lines.filter(isMatched);
  const key = keyOf(walk);
  const standing = chainsByKey.get(key);
  const shares = standing === undefined ? NO_SHARES : sharesOf(standing);
  return (
    <div className={styles.walkedChain}>
      <p className={styles.walkedHead}>
        <button
          type="button"
          className={styles.name}
          aria-label={`Go to ${chain}`}
          onClick={() => jump(walk, { chain: "the walk", line: "" })}
        >
          {chain}
        </button>
        <small>
          {table}, {matched.length} of {length} matched
        </small>
      </p>
      {matched.map((line) => (
        <RuleLine
          key={line.number}
          table={table}
          chain={chain}
          text={line.text}
          hits={`${counters[`${key} ${line.number}`] ?? 0}`}
          state="lit"
          share={shares.get(line.number)}
          names={namesOf(table)}
          find=""
          isFound={false}
          jump={jump}
        />
      ))}
      <p className={styles.under}>{othersInWords(walk)}</p>
    </div>
  );
}
