/** What a query came to, in the words of dig's status and of RFC 2308: an answer without records is NODATA. */
export function outcomeOf({ rcode, answers }: { readonly rcode: string; readonly answers: readonly string[] }): string {
  if (rcode === "") return "no answer yet";
  return rcode === "NOERROR" && answers.length === 0 ? "NODATA" : rcode;
}

/** Domains of a resolv.conf text's search line, in their order. */
export function searchListOf(resolvConf: string): readonly string[] {
  const line = resolvConf.split("\n").findLast((one) => one.startsWith("search "));
  return line === undefined ? [] : line.split(/\s+/).slice(1);
}

/** Which entry of the search list a query tries for a name: its place from 1, 0 for the name as it was typed. */
export function entryTried(query: string, typed: string, search: readonly string[]): number {
  return 1 + search.findIndex((domain) => query === `${typed.replace(/\.$/, "")}.${domain}.`);
}
