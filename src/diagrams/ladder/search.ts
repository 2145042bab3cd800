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

/** Dots inside a name. */
export function dotsIn(name: string): number {
  return name.replace(/\.$/, "").split(".").length - 1;
}

/** Whose way of asking it is. */
export type Resolver = "glibc" | "musl" | "dig";

/** Why names are tried in that order, in a sentence or two. */
export function ruleInWords(typed: string, rule: SearchRule, resolver: Resolver): string {
  if (resolver === "dig") return "dig asks for the very name and type that it is given, once: no search list, no AAAA beside A.";
  if (typed.endsWith(".")) return `${typed} ends with a dot: it is asked as it is, and the search list is left out.`;
  const dots = dotsIn(typed);
  const has = `${typed} has ${dots === 1 ? "1 dot" : `${dots} dots`}`;
  const then = resolver === "musl" ? "only, by musl" : "first; the search list comes after it";
  if (dots >= rule.ndots) return `${has}, no fewer than ndots:${rule.ndots}: it is asked as it is ${then}.`;
  const entries = rule.search.length === 1 ? "its one search entry" : `each of ${rule.search.length} search entries`;
  const most = (rule.search.length + 1) * 2;
  return `${has}, fewer than ndots:${rule.ndots}: ${entries} is tried first, for A and AAAA. Where none has the name, that makes ${most} queries.`;
}
