/** How requests end, and how that is said: one plain sentence with the real names in it. */
import { unreachable } from "../base/assert";
import { showEndpoint } from "../network/address";
import type { SocketError } from "../node/kernel/api";
import type { AskedQuery, GaiError } from "../dns/resolver/lookup";
import { gaiText } from "../dns/resolver/lookup";

/** How a request ended, as its client saw it. `address` is the one that the client used: a ClusterIP or a Pod's. */
export type Outcome =
  /** `by` is the Pod that the answer names. */
  | { readonly verdict: "answered"; readonly address: string; readonly port: number; readonly by: string; readonly status: number }
  | { readonly verdict: "refused"; readonly address: string; readonly port: number }
  | {
      readonly verdict: "timed out";
      readonly address: string;
      readonly port: number;
      readonly waitingFor: "the connection" | "the answer" | "the name";
    }
  | { readonly verdict: "reset"; readonly address: string; readonly port: number }
  | { readonly verdict: "name not found"; readonly name: string; readonly error: GaiError; readonly tried: readonly string[] }
  | { readonly verdict: "unreachable"; readonly address: string; readonly port: number }
  /** A look-up by hand got what it asked for, or an answer that says why not: `type` is "" for A and AAAA. */
  | {
      readonly verdict: "resolved";
      readonly name: string;
      readonly type: string;
      readonly rcode: string;
      readonly answers: readonly string[];
    };

/** What others saw of it: where the connection really went, and why it ended. Each is absent where nobody knows. */
export interface Seen {
  /** `10.244.2.3:8080`, where the kernel sent it. */
  readonly backend?: string;
  /** The Pod of that address, or that there is none any more. */
  readonly pod?: string;
  /** It was terminating, and chosen since no endpoint was ready. */
  readonly lastResort?: boolean;
  /** Refused by a rule, because the Service has no endpoint, or because the rules know none of those that it has. */
  readonly noEndpoints?: "none" | "none known";
}

/** One sentence on how a request ended. */
export function sentenceOf(outcome: Outcome, seen: Seen = {}): string {
  switch (outcome.verdict) {
    case "answered":
      return `${outcome.by} answered${seen.backend === undefined ? "" : ` from ${seen.backend}`}, asked as ${target(outcome)}.`;
    case "refused":
      return `${target(outcome)} refused the connection${refusal(seen)}.`;
    case "timed out":
      return timedOut(outcome, seen);
    case "reset":
      return `${target(outcome)} reset the connection${seen.backend === undefined ? "" : `: ${whose(seen)} no longer knows it`}.`;
    case "name not found":
      return notFound(outcome);
    case "unreachable":
      return `${target(outcome)} cannot be reached${seen.backend === undefined ? ": no route leads there" : `: nobody answers for ${seen.backend}`}.`;
    case "resolved":
      return resolvedText(outcome);
    default:
      return unreachable(outcome);
  }
}

function target({ address, port }: { readonly address: string; readonly port: number }): string {
  return showEndpoint(address, port);
}

function resolvedText({ name, type, rcode, answers }: Extract<Outcome, { verdict: "resolved" }>): string {
  if (rcode !== "NOERROR") return `The answer for ${name} ${type} is ${rcode}.`;
  if (answers.length === 0) return `${name} exists and has no ${type} record (NODATA).`;
  return `${name}${type === "" ? "" : ` ${type}`} is ${answers.join(", ")}.`;
}

function refusal(seen: Seen): string {
  if (seen.noEndpoints === "none") return ": the Service has no endpoint, and a rule rejects it";
  if (seen.noEndpoints === "none known") return ": the node's rules know no endpoint and reject it";
  return seen.backend === undefined ? "" : `: nobody listens on ${seen.backend}${ending(seen)}`;
}

function ending({ lastResort }: Seen): string {
  return lastResort === true ? "; it is terminating, and rules choose such a one only while none is ready" : "";
}

function whose({ backend = "", pod }: Seen): string {
  return pod === undefined ? backend : `${pod} (${backend})`;
}

function timedOut(outcome: Extract<Outcome, { verdict: "timed out" }>, seen: Seen): string {
  switch (outcome.waitingFor) {
    case "the name":
      return `The name server ${outcome.address} did not answer in time.`;
    case "the connection":
      return `${target(outcome)} did not answer in time: no connection came about${seen.backend === undefined ? "" : ` with ${seen.backend}${ending(seen)}`}.`;
    case "the answer":
      return `${target(outcome)} took the request${seen.backend === undefined ? "" : ` to ${seen.backend}`} and did not answer in time.`;
    default:
      return unreachable(outcome.waitingFor);
  }
}

function notFound({ name, error, tried }: Extract<Outcome, { verdict: "name not found" }>): string {
  const names = tried.length === 0 ? "" : ` (asked for ${tried.join(", ")})`;
  return `${name} has no address: ${gaiText(error)}${names}.`;
}

/** A socket's error while connecting or waiting, as an outcome. */
export function outcomeOfError(
  error: SocketError,
  at: { readonly address: string; readonly port: number; readonly connected: boolean },
): Outcome {
  const { address, port, connected } = at;
  switch (error) {
    case "ECONNREFUSED":
    case "EPERM":
      return { verdict: "refused", address, port };
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EMSGSIZE":
      return { verdict: "unreachable", address, port };
    case "ETIMEDOUT":
      return { verdict: "timed out", address, port, waitingFor: connected ? "the answer" : "the connection" };
    case "ECONNRESET":
    case "EPIPE":
      return { verdict: "reset", address, port };
    default:
      return unreachable(error);
  }
}

/** A failed look-up as an outcome: a server that is silent or refuses is not a name that does not exist. */
export function outcomeOfLookup(name: string, error: GaiError, asked: readonly AskedQuery[]): Outcome {
  const last = asked.at(-1);
  if (error === "EAI_AGAIN" && last?.outcome === "timeout")
    return { verdict: "timed out", address: last.server, port: 53, waitingFor: "the name" };
  if (error === "EAI_AGAIN" && last?.outcome === "refused") return { verdict: "refused", address: last.server, port: 53 };
  const tried = [...new Set(asked.map((query) => query.name.replace(/\.$/, "")))];
  return { verdict: "name not found", name, error, tried };
}
