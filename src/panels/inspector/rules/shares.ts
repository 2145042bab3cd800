/** What part of a chain's packets each of its rules sends on: the running product of the probabilities. */
import type { ChainText } from "./rules-text";

/** A rule's part. */
export interface Share {
  /** What part of the packets comes as far as this rule, from 0 to 1. */
  readonly reaches: number;
  /** What part it takes. */
  readonly takes: number;
}

const STATISTIC = / -m statistic --mode random --probability (\S+)/;
const NUMGEN = /^numgen random mod (\d+) vmap /;

/**
 * Parts by a rule's number, for chains that draw; empty for others. A rule without a draw that leads to the same kind of
 * chain as those that draw takes what is left. nftables draws once for all: the rule's takings are each element's.
 */
export function sharesOf({ lines }: Pick<ChainText, "lines">): ReadonlyMap<number, Share> {
  const shares = new Map<number, Share>();
  let left = 1;
  for (const { number, text } of lines) {
    const drawn = STATISTIC.exec(text)?.[1];
    const choices = NUMGEN.exec(text)?.[1];
    if (choices !== undefined) shares.set(number, { reaches: 1, takes: 1 / Number(choices) });
    if (drawn !== undefined) {
      shares.set(number, { reaches: left, takes: left * Number(drawn) });
      left *= 1 - Number(drawn);
    } else if (shares.size > 0 && choices === undefined && / -j KUBE-SEP-\S+$/.test(text)) {
      shares.set(number, { reaches: left, takes: left });
      left = 0;
    }
  }
  return shares;
}

/** `33.3 %`. */
export function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}
