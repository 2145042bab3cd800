/** A ladder's rungs and messages in words: what a person who cannot see the arrows is told. */
import { showCluster, showSpan } from "../../store";
import type { QueryView } from "../../bridge/protocol";
import { outcomeSignOf } from "./OutcomeSign";
import type { Lane, MessageRow, Rung } from "./rows";

/** What a query came to: dig's status, and NODATA for an answer without records. */
export function outcomeInWords(query: Pick<QueryView, "rcode" | "answers">): string {
  const outcome = outcomeSignOf(query);
  if (outcome === "") return "no answer yet";
  return outcome === "failure" ? query.rcode : outcome;
}

/** Which entry of the search list a rung is. */
export function rungInWords({ entry, domain, rows }: Rung, entries: number): string {
  const which = entry > 0 ? `search entry ${entry} of ${entries}, ${domain}` : entry === 0 ? "the name as it was typed" : "another name";
  return rows.length === 0 ? `${which}; not asked for` : which;
}

function nameOf(lanes: readonly Lane[], lane: number): string {
  const { name = "", role = "" } = lanes[lane] ?? {};
  return name === "" ? role : name;
}

/** One message: what, when, from whom to whom, what became of its address, what it says. */
export function messageInWords(row: MessageRow, lanes: readonly Lane[]): string {
  const { query, way, rewrite } = row;
  const what = way === "query" ? `${query.type} query for ${query.name}` : `Answer to ${query.type} ${query.name}`;
  const says = way === "query" ? "" : `: ${[outcomeInWords(query), ...query.answers].join(", ")}`;
  const ends = row.lostAt === "" ? ` to ${nameOf(lanes, row.to)}` : `, lost at ${row.lostAt}`;
  const took = row.until > row.at ? `, ${showSpan(row.until - row.at)}` : "";
  const side = way === "query" ? "destination" : "source";
  const changed = rewrite === null ? "" : `; ${nameOf(lanes, rewrite.lane)} changes the ${side} from ${rewrite.old} to ${rewrite.now}`;
  return `${what}${says}. ${showCluster(row.at)}, ${nameOf(lanes, row.from)}${ends}${took}${changed}.`;
}
