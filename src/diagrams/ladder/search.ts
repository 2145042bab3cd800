/** The search list of a resolv.conf and what a resolver makes of a typed name with it. Source: resolv.conf(5). */

/** What a resolv.conf says about names. */
export interface SearchRule {
  /** Domains of the search line, in their order. */
  readonly search: readonly string[];
  /** 1 unless the options say otherwise. */
  readonly ndots: number;
}

/** Reads the search line (the last one counts) and ndots, which glibc and musl cap at 15. */
export function searchRuleOf(resolvConf: string): SearchRule {
  const lines = resolvConf.split("\n");
  const search = lines.findLast((line) => line.startsWith("search ")) ?? "";
  const ndots = /^options .*\bndots:(\d+)/m.exec(resolvConf)?.[1];
  return { search: search.split(/\s+/).slice(1).filter(Boolean), ndots: ndots === undefined ? 1 : Math.min(15, Number(ndots)) };
}

/** Which entry of the search list a query tries for a name: its place from 1, 0 for the name as it was typed. */
export function entryTried(query: string, typed: string, search: readonly string[]): number {
  const bare = typed.replace(/\.$/, "").toLowerCase();
  return 1 + search.findIndex((domain) => query.toLowerCase() === `${bare}.${domain.toLowerCase()}.`);
}

/** The names that are tried, in order, as places in the search list (0: as it was typed), if none is found. */
export function orderOf(typed: string, { search, ndots }: SearchRule, libc: "glibc" | "musl"): readonly number[] {
  const all = search.map((_, index) => index + 1);
  if (typed.endsWith(".")) return [0];
  if (dotsIn(typed) < ndots) return [...all, 0];
  return libc === "musl" ? [0] : [0, ...all];
}

/** Dots inside a name. */
export function dotsIn(name: string): number {
  return name.replace(/\.$/, "").split(".").length - 1;
}

/** Why names are tried in that order, in a sentence or two. */
export function ruleInWords(typed: string, rule: SearchRule): string {
  const dots = dotsIn(typed);
  const has = `${typed} has ${dots === 1 ? "1 dot" : `${dots} dots`}`;
  if (typed.endsWith(".")) return `${typed} ends with a dot: it is asked as it is, and the search list is left out.`;
  if (dots >= rule.ndots) return `${has}, no fewer than ndots:${rule.ndots}: it is asked as it is first.`;
  const most = (rule.search.length + 1) * 2;
  return `${has}, fewer than ndots:${rule.ndots}: each of ${rule.search.length} search entries is tried first, for A and AAAA. Where none has the name, that makes ${most} queries.`;
}
