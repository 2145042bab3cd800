/**
 * The cache plugin: keeps replies for a clamped time and counts their TTLs down; prefetch and serve_stale.
 * Source: CoreDNS plugin/cache (cache.go ResponseWriter, handler.go, freq) and plugin/pkg/response (Typify).
 * Left out: keepttl. Nothing is dropped when the API changes: only time does it.
 */
import { longestZone, sameName } from "../../message/name";
import type { Message, ResourceRecord } from "../../message/types";
import { makeReply } from "../../message/types";
import type { CacheEntry, CacheKind, TtlSetter } from "../cache-store";
import { remaining } from "../cache-store";
import type { CacheLimits, CacheOptions } from "../config";
import type { DnsRequest, Next, PluginReply } from "../request";

/** Seconds where there is nothing to take a TTL from. */
const SHORT_TTL = 5;

/** The plugin with its options. */
export function cachePlugin(options: CacheOptions): (request: DnsRequest, next: Next) => PluginReply {
  return (request, next) => {
    const key = cacheKey(request);
    const entry = request.refreshes ? undefined : request.cache.get(key, request.now, options.serveStale?.duration ?? 0);
    if (entry === undefined) return fetched(request, options, key, next);
    if (remaining(entry, request.now) < 0) return staleAnswer(request, options, entry, next);
    noteHit(request, options, entry);
    return hit(request, entry, Math.max(0, remaining(entry, request.now)));
  };
}

function hit(request: DnsRequest, entry: CacheEntry, ttl: number): PluginReply {
  return { message: fromCache(request, entry, ttl), cache: "hit", forwarded: false };
}

function fetched(request: DnsRequest, options: CacheOptions, key: string, next: Next): PluginReply {
  const reply = next(request);
  if (request.wants.length > 0) return reply;
  return { ...reply, message: store(request, options, key, reply.message), cache: "miss" };
}

/** What has run out: with TTL 0 at once, to be fetched anew behind it; or, in `verify`, only where fetching it anew fails. */
function staleAnswer(request: DnsRequest, options: CacheOptions, entry: CacheEntry, next: Next): PluginReply {
  if (options.serveStale?.refresh !== "verify") {
    request.stale.wanted = true;
    return hit(request, entry, 0);
  }
  const fresh = next(request);
  if (request.wants.length > 0) return fresh;
  const { rcode } = fresh.message;
  if (rcode !== "NOERROR" && rcode !== "NXDOMAIN") return hit(request, entry, 0);
  return { ...fresh, message: store(request, options, entry.key, fresh.message), cache: "miss" };
}

/** Counts a hit where that matters, and asks for a fresh answer where the entry is wanted often and nears its end. */
function noteHit(request: DnsRequest, { prefetch }: CacheOptions, entry: CacheEntry): void {
  if (prefetch === null) return;
  const { now } = request;
  const isRecent = now - (entry.lastHit ?? entry.storedAt) <= prefetch.duration * 1_000_000;
  const hits = isRecent ? (entry.hits ?? 0) + 1 : 1;
  request.cache.replace({ ...entry, hits, lastHit: now });
  const threshold = Math.ceil((prefetch.percentage * entry.ttl) / 100);
  if (hits >= prefetch.amount && remaining(entry, now) <= threshold) request.stale.wanted = true;
}

/** What makes two queries the same: name without case, type, class, DO and CD. */
function cacheKey({ question, query }: DnsRequest): string {
  const bits = `${query.edns?.dnssecOk === true ? " do" : ""}${query.flags.checkingDisabled ? " cd" : ""}`;
  return `${question.name.toLowerCase()} ${question.class} ${question.type}${bits}`;
}

function withTtl(records: readonly ResourceRecord[], ttl: number): readonly ResourceRecord[] {
  return records.map((record) => ({ ...record, ttl }));
}

function rewriteTtl(message: Message, ttl: number): Message {
  return {
    ...message,
    answers: withTtl(message.answers, ttl),
    authority: withTtl(message.authority, ttl),
    additional: withTtl(message.additional, ttl),
  };
}

/** A hit: the kept records under this query's id and question, AA set whatever it was. */
function fromCache(request: DnsRequest, { message }: CacheEntry, ttl: number): Message {
  const reply = makeReply(request.query, {
    rcode: message.rcode,
    authoritative: true,
    recursionAvailable: message.flags.recursionAvailable,
    answers: message.answers,
    authority: message.authority,
    additional: message.additional,
  });
  return rewriteTtl(reply, ttl);
}

/** Keeps a reply where it may be kept; hands it on with the TTL it would have in the cache, kept or not. */
function store(request: DnsRequest, options: CacheOptions, key: string, message: Message): Message {
  const kind = kindOf(message);
  if (kind === "other") return rewriteTtl(message, message.rcode === "NOERROR" ? clampedTtl(message, options.success).ttl : SHORT_TTL);
  const limits = kind === "success" ? options.success : options.denial;
  const { ttl, setBy }: Clamped = isServerFailure(message) ? { ttl: options.servfail, setBy: "failure" } : clampedTtl(message, limits);
  const rewritten = rewriteTtl(message, ttl);
  if (ttl > 0 && mayKeep(request, message, limits)) {
    const counted = options.prefetch === null ? {} : request.cache.hitsOf(key);
    const entry = { key, message: rewritten, storedAt: request.now, ttl, setBy, ...counted };
    request.cache.put(kind, entry, limits.capacity, request.draw);
    if (request.refreshes && kind === "success") request.cache.remove("denial", key);
  }
  return rewritten;
}

function mayKeep({ question }: DnsRequest, message: Message, limits: CacheLimits): boolean {
  const [asked] = message.questions;
  const same = asked !== undefined && sameName(asked.name, question.name) && asked.type === question.type;
  return same && !message.flags.truncated && longestZone(limits.disabled, question.name) === undefined;
}

function isServerFailure(message: Message): boolean {
  return message.rcode === "SERVFAIL" || message.rcode === "NOTIMP";
}

function kindOf(message: Message): CacheKind | "other" {
  const hasSoa = message.authority.some((record) => record.type === "SOA");
  if (isServerFailure(message)) return "denial";
  if (message.rcode === "NXDOMAIN") return hasSoa ? "denial" : "other";
  if (message.rcode !== "NOERROR") return "other";
  if (message.answers.length > 0) return hasSoa || isComplete(message) ? "success" : "other";
  return hasSoa ? "denial" : "success";
}

/** Whether a chain of aliases has an end of the type that was asked for. */
function isComplete(message: Message): boolean {
  const type = message.questions[0]?.type;
  if (type === "CNAME" || type === "ANY") return true;
  return !message.answers.some((record) => record.type === "CNAME") || message.answers.some((record) => record.type === type);
}

interface Clamped {
  readonly ttl: number;
  readonly setBy: TtlSetter;
}

function clampedTtl(message: Message, limits: CacheLimits): Clamped {
  const ttls = [...message.answers, ...message.authority, ...message.additional].map((record) => record.ttl);
  const least = ttls.length === 0 ? SHORT_TTL : Math.min(3600, ...ttls);
  if (least > limits.maxTtl) return { ttl: limits.maxTtl, setBy: "longest" };
  if (least >= limits.minTtl) return { ttl: least, setBy: "records" };
  return { ttl: Math.min(limits.maxTtl, limits.minTtl), setBy: "shortest" };
}
