/** What a sync changed in a node's rules: chain by chain, the lines that went and those that came. */
import { documentsOf, type RulesTexts } from "./documents";
import type { ChainText, RuleLine } from "./rules-text";

/** A chain, set or map that is not as before. */
export interface ChainChange {
  readonly table: string;
  readonly chain: string;
  readonly kind: ChainText["kind"];
  readonly how: "new" | "gone" | "changed" | "in another order";
  /** With the numbers that they had before. */
  readonly removed: readonly RuleLine[];
  /** With the numbers that they have now. */
  readonly added: readonly RuleLine[];
}

/** Everything that differs, in the order of the later text; what is gone stands last in its table. */
export function differenceOf(before: RulesTexts, after: RulesTexts): readonly ChainChange[] {
  const old = new Map(chainsIn(before).map((chain) => [nameOf(chain), chain]));
  const now = new Map(chainsIn(after).map((chain) => [nameOf(chain), chain]));
  const tables = [...new Set([...now.values(), ...old.values()].map(({ table }) => table))];
  return tables.flatMap((table) => {
    const kept = [...now.values()].filter((chain) => chain.table === table);
    const gone = [...old.values()].filter((chain) => chain.table === table && !now.has(nameOf(chain)));
    return [
      ...kept.flatMap((chain) => changeOf(old.get(nameOf(chain)), chain) ?? []),
      ...gone.map((chain): ChainChange => ({ ...placeOf(chain), how: "gone", removed: chain.lines, added: [] })),
    ];
  });
}

function changeOf(before: ChainText | undefined, now: ChainText): ChainChange | null {
  if (before === undefined) return { ...placeOf(now), how: "new", removed: [], added: now.lines };
  const removed = missingFrom(before.lines, now.lines);
  const added = missingFrom(now.lines, before.lines);
  if (removed.length + added.length > 0) return { ...placeOf(now), how: "changed", removed, added };
  const isSame = before.lines.every((line, index) => line.text === now.lines[index]?.text);
  return isSame ? null : { ...placeOf(now), how: "in another order", removed, added };
}

/** Lines of `lines` that `others` does not hold as often. */
function missingFrom(lines: readonly RuleLine[], others: readonly RuleLine[]): readonly RuleLine[] {
  const left = new Map<string, number>();
  for (const { text } of others) left.set(text, (left.get(text) ?? 0) + 1);
  return lines.filter(({ text }) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count <= 0;
  });
}

function chainsIn(texts: RulesTexts): readonly ChainText[] {
  return documentsOf(texts).flatMap(({ tables }) => tables.flatMap(({ chains }) => chains.map(withElements)));
}

/** A set's or map's lines as its elements: how nft breaks them into lines is no difference. */
function withElements(chain: ChainText): ChainText {
  if (chain.kind === "chain" || chain.table === "ipset" || chain.table === "ipvs") return chain;
  const text = chain.lines.map((line) => line.text).join(" ");
  const inside = /^elements = \{ (.*) \}$/.exec(text)?.[1];
  if (inside === undefined) return chain;
  return { ...chain, lines: inside.split(/, +/).map((element) => ({ number: 0, text: element })) };
}

function placeOf({ table, chain, kind }: ChainText): Pick<ChainChange, "table" | "chain" | "kind"> {
  return { table, chain, kind };
}

function nameOf({ table, kind, chain }: ChainText): string {
  return `${table} ${kind} ${chain}`;
}

/** `3 lines added, 1 removed, in 2 chains.` */
export function differenceInWords(changes: readonly ChainChange[]): string {
  if (changes.length === 0) return "Nothing differs.";
  const added = changes.reduce((sum, change) => sum + change.added.length, 0);
  const removed = changes.reduce((sum, change) => sum + change.removed.length, 0);
  const where = changes.length === 1 ? "1 place" : `${changes.length} places`;
  return `${added === 1 ? "1 line" : `${added} lines`} added, ${removed} removed, in ${where}.`;
}

/** The difference as a text: what went with `-`, what came with `+`. */
export function differenceText(changes: readonly ChainChange[]): string {
  return changes
    .flatMap(({ table, kind, chain, how, removed, added }) => [
      `@@ ${table} ${kind} ${chain}, ${how}`,
      ...removed.map(({ text }) => `-${text}`),
      ...added.map(({ text }) => `+${text}`),
    ])
    .map((line) => `${line}\n`)
    .join("");
}
