/** What the plugins of the chain hand on: the query with everything it is decided from, and replies. */
import type { SimTime } from "../../engine/time";
import type { ClusterView, Kind, Revision } from "./kubernetes/cluster";
import { isUnder } from "../message/name";
import type { Message, Question, ResourceRecord } from "../message/types";
import { makeReply } from "../message/types";
import type { DnsCache } from "./cache-store";
import type { CorefileConfig, ForwardOptions } from "./config";

/** Facts about the running CoreDNS that no object holds. */
export interface Runtime {
  /** Whether the informers have synced; until then a missing name is SERVFAIL. */
  readonly hasSynced: boolean;
  /** Addresses this CoreDNS is bound to (for the apex NS). */
  readonly localIPs: readonly string[];
  /** Source address of the query (autopath); null where unknown. */
  readonly clientIP: string | null;
  /** Unix seconds of the last change this replica has seen: the SOA serial. */
  readonly serial: number;
  /** Search domains of CoreDNS's own resolv.conf (autopath). */
  readonly search: readonly string[];
}

/** Unix seconds of cluster time 0 (2026-01-01T00:00:00Z). */
export const EPOCH_SECONDS = 1_767_225_600;

/** A CoreDNS that has synced and knows nothing else. */
export const SETTLED: Runtime = { hasSynced: true, localIPs: [], clientIP: null, serial: EPOCH_SECONDS, search: [] };

/** The world outside: records it answers; any other name does not exist there. */
export interface Upstream {
  readonly records: readonly ResourceRecord[];
  /** Sent along in the authority section of every answer. */
  readonly authority?: readonly ResourceRecord[];
  /** Answers come truncated. */
  readonly truncated?: boolean;
}

/** An outside world without a single name. */
export const NOTHING_OUTSIDE: Upstream = { records: [] };

/** A question for the world outside, and the `forward` line that sends it. */
export interface Wanted {
  readonly question: Question;
  readonly forward: ForwardOptions;
}

/** Asks outside; null where the answer has yet to come. */
export type AskUpstream = (wanted: Wanted) => Message | null;

/** A query on its way through the chain. */
export interface DnsRequest {
  readonly query: Message;
  readonly question: Question;
  readonly view: ClusterView;
  readonly config: CorefileConfig;
  /** Written in place by the cache plugin, by nobody else. */
  readonly cache: DnsCache;
  readonly now: SimTime;
  /** A 32-bit number for a purpose; the same purpose gives the same number within one answer. */
  readonly draw: (purpose: string) => number;
  /** Asks the world outside: its answer, or null while that has yet to come. */
  readonly outside: AskUpstream;
  /** Questions whose answer from outside is missing. While there is one, the reply is worth nothing: the caller asks, and answers anew. */
  readonly wants: Wanted[];
  /** The cache is passed by and filled anew (prefetch, serve_stale). */
  readonly refreshes: boolean;
  /** Filled where an answer was given that is to be fetched anew in the background. */
  readonly stale: { wanted: boolean };
  readonly runtime: Runtime;
  /** Kinds that were read for the answer, with the revision at which they were. Filled as they are read. */
  readonly read: Map<Kind, Revision>;
}

/** Whether the answer came out of the cache; "" where no cache was asked. */
export type CacheOutcome = "hit" | "miss" | "";

/** What a plugin hands back. */
export interface PluginReply {
  readonly message: Message;
  readonly cache: CacheOutcome;
  /** Whether the query went out to an upstream server. */
  readonly forwarded: boolean;
}

/** The rest of the chain behind a plugin. */
export type Next = (request: DnsRequest) => PluginReply;

/** A plugin: answers, or asks the rest of the chain. */
export type Plugin = (request: DnsRequest, next: Next) => PluginReply;

/** The same request for another name or type. */
export function withQuestion(request: DnsRequest, question: Question): DnsRequest {
  return { ...request, question, query: { ...request.query, questions: [question] } };
}

/** A reply made here, of no cache and no upstream. */
export function ownReply(request: DnsRequest, parts: Parameters<typeof makeReply>[1]): PluginReply {
  return { message: makeReply(request.query, parts), cache: "", forwarded: false };
}

/** Whether a fallthrough list covers a name. */
export function fallsThrough(zones: readonly string[] | null, name: string): boolean {
  return zones !== null && zones.some((zone) => isUnder(zone, name));
}
