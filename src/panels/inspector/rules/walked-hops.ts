/** Where the followed packet met a node's rules: the hops of the shown packet at which chains were walked. */
import type { ChainWalkView, HopView, JourneyView, RuleLineView } from "../../../bridge/protocol";

/** The hops of the shown hop's packet on a node that walked chains. */
export function walkedHops(journey: JourneyView | null, current: HopView | null, node: string): readonly HopView[] {
  if (journey === null || current === null) return [];
  return journey.hops.filter((hop) => hop.packet === current.packet && hop.node === node && hop.walks.length > 0);
}

/** Of these the one shown: the current hop itself, else the last before it, else the first. */
export function shownAmong(hops: readonly HopView[], current: HopView | null): HopView | null {
  return hops.findLast((hop) => current !== null && hop.index <= current.index) ?? hops[0] ?? null;
}

/** `table chain number` of every rule that matched. */
export function matchedKeys(walks: readonly ChainWalkView[]): ReadonlySet<string> {
  return new Set(walks.flatMap(({ table, chain, lines }) => lines.filter(isMatched).map(({ number }) => `${table} ${chain} ${number}`)));
}

export function isMatched({ state }: RuleLineView): boolean {
  return state === "matched";
}

/** What happened to the rules of a chain that did not match: `Rules 1 to 3 did not match; rule 5 was not reached.` */
export function othersInWords({ table, lines, length, passed }: ChainWalkView): string {
  if (table === "ipvs") return realServersInWords(lines);
  if (length === 0) return "The chain is empty.";
  const matched = new Set(lines.filter(isMatched).map(({ number }) => number));
  const tried = rulesInWords(wholeNumbers(1, passed).filter((number) => !matched.has(number)));
  const left = rulesInWords(wholeNumbers(passed + 1, length));
  const parts = [
    tried === "" ? "" : `${tried} did not match`,
    left === "" ? "" : `${left} ${passed + 1 === length ? "was" : "were"} not reached`,
  ];
  const words = parts.filter((part) => part !== "").join("; ");
  return words === "" ? "" : `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** A virtual server looks at all of its real ones. */
function realServersInWords(lines: readonly RuleLineView[]): string {
  const reason = lines.find(isMatched)?.reason ?? "";
  const others = lines.filter((line) => !isMatched(line)).length;
  const chosen = reason === "" ? "" : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
  const rest = others === 0 ? "" : ` ${others} other real ${others === 1 ? "server" : "servers"}.`;
  return `${chosen}${rest}`.trim();
}

function wholeNumbers(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

/** `rule 5`, `rules 1 and 2`, `rules 1 to 3 and 6`; "" for none. */
function rulesInWords(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  const parts = runs.flatMap(([first, last]) =>
    last - first === 1 ? [`${first}`, `${last}`] : [first === last ? `${first}` : `${first} to ${last}`],
  );
  const text = parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
  return text === "" ? "" : `rule${numbers.length === 1 ? "" : "s"} ${text}`;
}
