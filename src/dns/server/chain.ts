/**
 * CoreDNS's server: checks the query, runs it through the plugins, and fits the reply to its transport.
 * The order is fixed when CoreDNS is built (plugin.cfg), not by the Corefile:
 *
 *   loadbalance ─► autopath ─► cache ─► k8s_external ─► kubernetes ─► file ─► forward
 *
 * so cached answers are shuffled anew each time, and the kubernetes plugin's answers are cached.
 * Sources: CoreDNS core/dnsserver/server.go, plugin.cfg, request/request.go (Size, Scrub).
 */
import type { SimTime } from "../../engine/time";
import type { ClusterView, Kind, Revision } from "./kubernetes/cluster";
import { longestZone } from "../message/name";
import type { Message } from "../message/types";
import { makeReply } from "../message/types";
import { encodeMessage, MAX_MESSAGE } from "../message/wire";
import type { DnsCache } from "./cache-store";
import type { CorefileConfig } from "./config";
import { PLUGIN_DEFAULTS } from "./config";
import { autopathPlugin } from "./plugins/autopath";
import { cachePlugin } from "./plugins/cache";
import { externalPlugin } from "./plugins/k8s-external";
import { filePlugin } from "./plugins/file";
import { forwardPlugin } from "./plugins/forward";
import { kubernetesPlugin } from "./plugins/kubernetes";
import { loadbalancePlugin } from "./plugins/loadbalance";
import { answerOutside } from "./outside";
import type { AskUpstream, CacheOutcome, DnsRequest, Next, Plugin, Runtime, Upstream, Wanted } from "./request";
import { NOTHING_OUTSIDE, ownReply, SETTLED } from "./request";

/** What an answer is decided from. */
export interface AnswerInput {
  readonly query: Message;
  readonly view: ClusterView;
  readonly config: CorefileConfig;
  /** The replica's cache: the only thing that is written. */
  readonly cache: DnsCache;
  readonly now: SimTime;
  /** A 32-bit number for a purpose within this answer; the caller addresses it by replica and query. */
  readonly draw: (purpose: string) => number;
  /** The world outside, where it answers at once. */
  readonly upstream?: Upstream;
  /** The same, where its answers take time; it goes before `upstream`. */
  readonly outside?: AskUpstream;
  /** Passes the cache by and fills it anew. */
  readonly refreshes?: boolean;
  readonly runtime?: Partial<Runtime>;
}

/** An answer and how it came about. */
export interface Answer {
  readonly reply: Message;
  /** Whether it came out of the cache; "" where the Corefile has none. */
  readonly cache: CacheOutcome;
  /** Whether an upstream server was asked. */
  readonly forwarded: boolean;
  /** Set: an answer from outside is missing, and the reply is worth nothing until the same query is answered with it. */
  readonly waitsFor: Wanted | null;
  /** The reply came out of the cache, and is to be fetched anew in the background. */
  readonly refetch: boolean;
  /** Revision of each kind that the answer was decided on; empty for a cache hit. */
  readonly read: Readonly<Partial<Record<Kind, Revision>>>;
}

/** CoreDNS's answer to one query. Pure but for the cache. */
export function answerQuery(input: AnswerInput): Answer {
  const { query } = input;
  const [question] = query.questions;
  const refuse = (rcode: "FORMERR" | "REFUSED" | "NOTIMP"): Answer => ({
    reply: withEdns(query, makeReply(query, { rcode })),
    cache: "",
    forwarded: false,
    waitsFor: null,
    refetch: false,
    read: {},
  });
  if (query.opcode !== 0) return refuse("NOTIMP");
  if (question === undefined || query.questions.length > 1) return refuse("FORMERR");
  if (question.class !== "IN") return refuse("REFUSED");
  const read = new Map<Kind, Revision>();
  const config = blockFor(input.config, question.name);
  const upstream = input.upstream ?? NOTHING_OUTSIDE;
  const request: DnsRequest = {
    query,
    question,
    view: input.view,
    config,
    cache: input.cache,
    now: input.now,
    draw: input.draw,
    outside: input.outside ?? (({ question: asked }) => answerOutside(query, asked, upstream, false)),
    wants: [],
    refreshes: input.refreshes ?? false,
    stale: { wanted: false },
    runtime: { ...SETTLED, ...input.runtime },
    read,
  };
  const { message, cache, forwarded } = chainOf(config, upstream)(request);
  return {
    reply: withEdns(query, message),
    cache,
    forwarded,
    waitsFor: request.wants[0] ?? null,
    refetch: request.stale.wanted,
    read: Object.fromEntries(read),
  };
}

/** The server block that answers for a name: the one whose zone fits best. */
function blockFor(config: CorefileConfig, name: string): CorefileConfig {
  if (config.stubs.length === 0) return config;
  const zone = longestZone(
    config.stubs.flatMap((stub) => stub.zones),
    name,
  );
  return config.stubs.find((stub) => zone !== undefined && stub.zones.includes(zone))?.config ?? config;
}

/** The plugins of a server block, in the order in which they run. */
function chainOf(config: CorefileConfig, upstream: Upstream): Next {
  const { kubernetes } = config;
  const whole: Next = (request) => run(request);
  const plugins: readonly Plugin[] = [
    ...(config.loadbalance ? [loadbalancePlugin] : []),
    ...(config.autopath && kubernetes !== null ? [autopathPlugin(kubernetes)] : []),
    ...(config.cache === null ? [] : [cachePlugin(config.cache)]),
    ...(config.external === null ? [] : [externalPlugin(config.external, kubernetes ?? PLUGIN_DEFAULTS, whole)]),
    ...(kubernetes === null ? [] : [kubernetesPlugin(kubernetes, whole)]),
    ...(config.file ? [filePlugin(upstream)] : []),
    ...(config.forward.length === 0 ? [] : [forwardPlugin(config.forward)]),
  ];
  const run = plugins.reduceRight<Next>((next, plugin) => (request) => plugin(request, next), noPluginLeft);
  return run;
}

/** Behind the last plugin there is nobody: SERVFAIL (plugin.NextOrFailure). */
function noPluginLeft(request: DnsRequest): ReturnType<Next> {
  return ownReply(request, { rcode: "SERVFAIL" });
}

/** A query with OPT gets one back, with the same size and DO bit. */
function withEdns(query: Message, reply: Message): Message {
  if (query.edns === undefined) return reply;
  return { ...reply, edns: { udpSize: query.edns.udpSize, version: 0, dnssecOk: query.edns.dnssecOk, options: new Uint8Array() } };
}

/** Largest IPv4 UDP reply that is sent uncompressed, so that it is not fragmented. */
const UNFRAGMENTED = 1480;

/** The reply's bytes for its transport: over UDP at most 512, or what the query's OPT allows; TC where records had to go. */
export function replyBytes(query: Message, reply: Message, transport: "udp" | "tcp"): Uint8Array {
  if (transport === "tcp") return encodeMessage(reply, { limit: MAX_MESSAGE });
  return encodeMessage(reply, { limit: Math.max(512, query.edns?.udpSize ?? 512), compressAbove: UNFRAGMENTED });
}
