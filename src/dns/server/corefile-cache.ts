/** The cache plugin's lines. Source: CoreDNS plugin/cache/setup.go. */
import type { CacheLimits, CacheOptions, PrefetchOptions, ServeStaleOptions } from "./config";
import { cacheOptions, PREFETCH_DEFAULTS, STALE_DEFAULTS } from "./config";
import type { PluginReader } from "./corefile-reader";
import { zonesOf } from "./corefile-reader";
import type { Directive, Word } from "./corefile-text";

/** `cache [SECONDS] [ZONES…] { … }`. */
export function readCache(reader: PluginReader, args: readonly Word[], body: readonly Directive[]): CacheOptions {
  const [first, ...rest] = args;
  const hasNumber = first !== undefined && /^\d+$/.test(first.text);
  const standard = cacheOptions(hasNumber ? Number(first.text) : undefined);
  if (hasNumber && Number(first.text) === 0) reader.wrong(first, "a cache of 0 seconds; expected at least 1");
  zonesOf(reader, hasNumber ? rest : args);
  return body.reduce<CacheOptions>((options, line) => readCacheOption(reader, options, line), standard);
}

function readCacheOption(reader: PluginReader, options: CacheOptions, { words }: Directive): CacheOptions {
  const [name, ...args] = words;
  switch (name?.text) {
    case "success":
    case "denial":
      return { ...options, [name.text]: readLimits(reader, options[name.text], name, args) };
    case "disable": {
      const which = reader.oneOf(name, args[0], ["success", "denial"]);
      if (which === undefined) return options;
      const zones = args.length > 1 ? zonesOf(reader, args.slice(1)) : ["."];
      return { ...options, [which]: { ...options[which], disabled: [...options[which].disabled, ...zones] } };
    }
    case "prefetch":
      return { ...options, prefetch: readPrefetch(reader, name, args) };
    case "serve_stale":
      return { ...options, serveStale: readStale(reader, name, args) };
    case "servfail":
      return { ...options, servfail: readServfail(reader, args[0]) };
    default:
      if (name !== undefined) reader.warn(name, `cache option "${name.text}" is not modelled and left out`);
      return options;
  }
}

/** `success CAPACITY [TTL] [MINTTL]`. */
function readLimits(reader: PluginReader, limits: CacheLimits, name: Word, [capacity, maxTtl, minTtl]: readonly Word[]): CacheLimits {
  return {
    ...limits,
    capacity: reader.number(name, capacity, 1, 10_000_000),
    maxTtl: maxTtl === undefined ? limits.maxTtl : reader.number(name, maxTtl, 0, 86_400),
    minTtl: minTtl === undefined ? limits.minTtl : reader.number(name, minTtl, 0, 86_400),
  };
}

/** `prefetch AMOUNT [DURATION] [PERCENTAGE%]`; an amount of 0 turns it off. */
function readPrefetch(reader: PluginReader, name: Word, [amount, duration, percentage]: readonly Word[]): PrefetchOptions | null {
  const hits = reader.number(name, amount, 0, 1_000_000);
  const per = /^(\d{1,3})%?$/.exec(percentage?.text ?? `${PREFETCH_DEFAULTS.percentage}%`)?.[1];
  const share = per === undefined ? Number.NaN : Number(per);
  if (percentage !== undefined && !(share >= 10 && share <= 90))
    reader.wrong(percentage, "prefetch: expected a percentage from 10% to 90%");
  return hits === 0 ? null : { amount: hits, duration: reader.duration(duration, PREFETCH_DEFAULTS.duration), percentage: share };
}

/** `serve_stale [DURATION] [immediate|verify]`. */
function readStale(reader: PluginReader, name: Word, [duration, refresh]: readonly Word[]): ServeStaleOptions {
  const mode = refresh === undefined ? STALE_DEFAULTS.refresh : reader.oneOf(name, refresh, ["immediate", "verify"]);
  return { duration: reader.duration(duration, STALE_DEFAULTS.duration), refresh: mode ?? STALE_DEFAULTS.refresh };
}

/** Server failures are kept for at most five minutes (RFC 2308). */
function readServfail(reader: PluginReader, word: Word | undefined): number {
  const seconds = reader.duration(word, 5);
  if (seconds > 300 && word !== undefined) reader.wrong(word, "servfail: at most 5m was expected");
  return seconds;
}
