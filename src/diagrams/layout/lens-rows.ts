/** A walk through chains as the rows of the lens: headings, tried rules, and one row for what is folded. */
import type { ChainWalkView, HopView, RuleLineView } from "../../bridge/protocol";

/** Rows that the lens has room for; the node does not grow for more. */
export const MOST_LENS_ROWS = 11;

export type LensRow =
  | { readonly kind: "chain"; readonly key: string; readonly chain: string; readonly note: string; readonly draws: boolean }
  | { readonly kind: "rule"; readonly key: string; readonly line: RuleLineView; readonly target: string }
  | { readonly kind: "folded"; readonly key: string; readonly text: string };

const key = (walk: ChainWalkView, suffix: string): string => `${walk.table} ${walk.chain} ${suffix}`;

/** The jump of a built-in chain says nothing that the next heading does not. */
function isPlainJump(walk: ChainWalkView, hook: string): boolean {
  if (walk.table === "kube-proxy") return walk.lines.every((line) => /(^| )jump \S+$/.test(line.text));
  return walk.chain === hook && walk.lines.filter((line) => line.state === "matched").every((line) => line.draw === undefined);
}

function headingNote(walk: ChainWalkView): string {
  const matched = walk.lines.findLast((line) => line.state === "matched");
  const drawn = walk.lines.filter((line) => line.draw !== undefined).length;
  if (drawn > 0)
    return `1 in ${walk.lines.filter((line) => line.draw !== undefined || line.state === "not reached" || line === walk.lines.at(-1)).length} for each`;
  if (matched === undefined) return walk.length === 1 ? "1 rule, not matched" : `${walk.length} rules, none matched`;
  return `rule ${matched.number} of ${walk.length}`;
}

const isDraw = (line: RuleLineView): boolean => line.draw !== undefined;

/** Keeps the lines that tell most: what matched, then draws nearest to it, then the rest in order. */
function keptLines(walk: ChainWalkView, room: number): readonly RuleLineView[] {
  const matchedAt = walk.lines.findLastIndex((line) => line.state === "matched");
  const rank = (line: RuleLineView, n: number): number => {
    if (line.state === "matched") return 0;
    const distance = matchedAt < 0 ? n : Math.abs(matchedAt - n);
    return distance + (isDraw(line) ? 1 : line.state === "not reached" ? 4 : 2);
  };
  const ranked = walk.lines.map((line, n) => ({ line, n, rank: rank(line, n) })).toSorted((a, b) => a.rank - b.rank || a.n - b.n);
  return ranked
    .slice(0, room)
    .toSorted((a, b) => a.n - b.n)
    .map((each) => each.line);
}

function foldedText(folded: readonly RuleLineView[]): string {
  const tried = folded.filter((line) => line.state === "unmatched").length;
  const rest = folded.filter((line) => line.state === "not reached").length;
  const words = [tried > 0 ? `${tried} more, not matched` : "", rest > 0 ? `${rest} more, not reached` : ""];
  return words.filter((word) => word !== "").join("; ");
}

/** KUBE-SERVICES tries every Service before the one asked for: only the matched rule tells something. */
function worthShowing(walk: ChainWalkView): readonly RuleLineView[] {
  const isPortal = walk.chain === "KUBE-SERVICES" || !walk.lines.some((line) => line.state === "matched");
  if (!isPortal) return walk.lines;
  return walk.lines.filter((line) => line.state === "matched");
}

/** How a chain's rows share the room: how many of its unmatched rows are shown, and whether a row counts the rest. */
interface Share {
  readonly shown: number;
  readonly counted: boolean;
}

const isMatched = (line: RuleLineView): boolean => line.state === "matched";

/** Chains with few other rows are served first, so that one long chain does not silence the rest. */
function sharesOf(walks: readonly ChainWalkView[], room: number): readonly Share[] {
  const others = walks.map((walk) => worthShowing(walk).filter((line) => !isMatched(line)).length);
  const matched = walks.reduce((sum, walk) => sum + worthShowing(walk).filter(isMatched).length, 0);
  let spare = room - walks.length - matched;
  const shares: Share[] = walks.map(() => ({ shown: 0, counted: false }));
  const order = walks.map((_, n) => n).toSorted((a, b) => (others[a] ?? 0) - (others[b] ?? 0) || a - b);
  for (const n of order) {
    const wanted = others[n] ?? 0;
    if (wanted === 0 || spare < 1) continue;
    const fits = wanted <= spare;
    shares[n] = fits ? { shown: wanted, counted: false } : { shown: spare - 1, counted: true };
    spare -= fits ? wanted : spare;
  }
  return shares;
}

function rowsOf(walk: ChainWalkView, share: Share): readonly LensRow[] {
  const heading: LensRow = {
    kind: "chain",
    key: key(walk, "heading"),
    chain: walk.chain,
    note: headingNote(walk),
    draws: walk.lines.some(isDraw),
  };
  const worth = worthShowing(walk);
  const kept = keptLines({ ...walk, lines: worth }, worth.filter(isMatched).length + share.shown);
  const rows = kept.map((line): LensRow => ({ kind: "rule", key: key(walk, String(line.number)), line, target: line.target }));
  if (!share.counted) return [heading, ...rows];
  const folded = worth.filter((line) => !kept.includes(line));
  return [heading, ...rows, { kind: "folded", key: key(walk, "folded"), text: foldedText(folded) }];
}

/** Chains that matched something, the last ones where there are many; all that have rules where there are few. */
function toldWalks(hop: HopView): readonly ChainWalkView[] {
  const told = hop.walks.filter((walk) => walk.length > 0 && !isPlainJump(walk, hop.hook));
  return told.length <= 4 ? told : told.filter((walk) => walk.lines.some(isMatched)).slice(-4);
}

/** The walk of a hop, in at most `MOST_LENS_ROWS` rows. What matched is always shown. */
export function lensRows(hop: HopView): readonly LensRow[] {
  const walks = toldWalks(hop);
  // The rail by INPUT has one station more.
  const room = hop.hook === "INPUT" ? MOST_LENS_ROWS - 1 : MOST_LENS_ROWS;
  const shares = sharesOf(walks, room);
  return walks.flatMap((walk, n) => rowsOf(walk, shares[n] ?? { shown: 0, counted: false })).slice(0, room);
}
