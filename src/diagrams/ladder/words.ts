/** A ladder's rungs and messages in words: what a person who cannot see the arrows is told. */
import { showCluster, showSpan } from "../../store";
import type { LookupQueryView } from "../../bridge/protocol";
import { outcomeSignOf } from "./OutcomeSign";
import { isTruncated } from "./rows";
import type { BehindRow, Lane, MessageRow, Rung } from "./rows";

/** What a query came to: dig's status, and NODATA for an answer without records. */
export function outcomeInWords(query: Pick<LookupQueryView, "rcode" | "answers">): string {
  const outcome = outcomeSignOf(query);
  if (outcome === "") return "no answer yet";
  return outcome === "failure" ? query.rcode : outcome;
}

/** Which entry of the search list a rung is. */
export function rungInWords({ entry, domain, rows }: Rung, entries: number): string {
  const which = entry > 0 ? `search entry ${entry} of ${entries}, ${domain}` : "the name as it was typed";
  return rows.length === 0 ? `${which}; not asked for` : which;
}

const PLACES: Readonly<Record<Lane["place"], string>> = {
  pod: "Pod",
  node: "node",
  "node cache": "node cache",
  coredns: "CoreDNS",
  upstream: "upstream",
};

/** What stands over a lane. */
export function laneInWords({ place, name }: Lane): { readonly place: string; readonly name: string } {
  return { place: PLACES[place], name: name === "" ? (place === "upstream" ? "outside" : "nobody yet") : name };
}

function whoIs(lanes: readonly Lane[], lane: number): string {
  const { place = "pod", name = "" } = lanes[lane] ?? {};
  return name === "" ? (place === "upstream" ? "a server outside" : PLACES[place]) : name;
}

/** A name without the dot that ends it: sentences have their own. */
function bare(name: string): string {
  return name.replace(/\.$/, "");
}

/** One message: what it says, when it left whom and came to whom, and what was done to it on the way. */
export function messageInWords(row: MessageRow | BehindRow, lanes: readonly Lane[]): string {
  const { query, way } = row;
  const cut = isTruncated(query) ? ["cut off, so it is asked again over TCP"] : [];
  const says = [outcomeInWords(query), ...cut, ...query.answers].join(", ");
  const how = row.from === 0 ? "" : ` ${whoIs(lanes, row.from)} ${row.did}.`;
  const what =
    way === "answer" ? `Answer to ${query.type} ${bare(query.name)}: ${says}.${how} It` : `${query.type} query for ${bare(query.name)}`;
  const over = query.transport === "tcp" && way === "query" ? " over TCP" : "";
  const left = `leaves ${whoIs(lanes, row.from)}${over} at ${showCluster(row.at)}`;
  const isLost = row.kind === "message" && row.isLost;
  const ends = isLost ? " and reaches nobody" : ` and reaches ${whoIs(lanes, row.to)}`;
  const took = isLost ? "" : row.until > row.at ? ` ${showSpan(row.until - row.at)} later` : " at once";
  const passed = row.passed.map(({ step }) => `; ${step.who} ${step.did}`).join("");
  return `${what} ${left}${ends}${took}${passed}.`;
}
