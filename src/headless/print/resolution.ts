/** A look-up as a person reads it. */
import type { AskedName, ResolveAnswer } from "../../bridge/questions";
import { tableText } from "./table";

/** The queries in order, then the outcome. */
export function resolutionText({ queries, addresses, said, result, resolvConf }: ResolveAnswer): string {
  const outcome = addresses === undefined ? `${said ?? result} (${result})` : addresses.join(" ");
  return `${resolvConf.replaceAll(/^/gm, "# ").replace(/# $/, "")}${queriesText(queries)}${outcome}\n`;
}

/** A line a query. */
export function queriesText(queries: readonly AskedName[]): string {
  return tableText(queries.map((query, index) => [`${index + 1}`, query.name, query.type, answerOf(query), query.transport ?? ""]));
}

function answerOf({ rcode, answers }: AskedName): string {
  if (answers.length > 0) return answers.join(" ");
  return rcode === "NOERROR" ? "NOERROR, no such record" : rcode === "" ? "no answer" : rcode;
}
