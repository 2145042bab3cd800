/** Finding a text in the rules: every line that holds it, in the order in which the panel shows them. */
import type { RulesDocument } from "./documents";
import type { ChainText } from "./rules-text";

/** A line that holds it; `line` counts a chain's lines from 0, -1 is its name. */
export interface Hit {
  readonly table: string;
  readonly chain: string;
  readonly line: number;
}

/** Every hit; none where nothing is looked for. Capitals do not matter. */
export function hitsIn(documents: readonly RulesDocument[], find: string): readonly Hit[] {
  const wanted = find.trim().toLowerCase();
  if (wanted === "") return [];
  return documents.flatMap(({ tables }) => tables.flatMap(({ chains }) => chains.flatMap((chain) => hitsOf(chain, wanted))));
}

function hitsOf({ table, chain, lines }: ChainText, wanted: string): readonly Hit[] {
  const hits: Hit[] = chain.toLowerCase().includes(wanted) ? [{ table, chain, line: -1 }] : [];
  for (const [line, { text }] of lines.entries()) if (text.toLowerCase().includes(wanted)) hits.push({ table, chain, line });
  return hits;
}

/** The next or previous place among `count`, round and round. */
export function turned(at: number, by: 1 | -1, count: number): number {
  return count === 0 ? 0 : (at + by + count) % count;
}
