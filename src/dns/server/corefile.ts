/**
 * Reads a Corefile: the plugins that kubeadm and the add-on use, with their options. Plugins that are not modelled are
 * named in a warning, as are further server blocks; a wrong value is a Problem with line and column.
 * Sources: CoreDNS plugin/{kubernetes,cache,forward,health,autopath,loadbalance}/setup.go.
 */
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import type { CacheLimits, CacheOptions, CorefileConfig, KubernetesOptions } from "./config";
import { cacheOptions, PLUGIN_DEFAULTS } from "./config";
import type { Directive, Word } from "./corefile-text";
import { parseBlocks, placeOf } from "./corefile-text";
import { normaliseZone } from "./zones";

export type { CorefileConfig } from "./config";
export { addonConfig, kubeadmConfig } from "./config";

/** A config and what was left out of it. */
export interface ParsedCorefile {
  readonly config: CorefileConfig;
  readonly warnings: readonly string[];
}

/** Plugins that change no answer here: side servers, logs, timers. */
const SILENT: ReadonlySet<string> = new Set(["errors", "log", "ready", "prometheus", "loop", "reload", "debug"]);

const EMPTY: CorefileConfig = {
  kubernetes: null,
  cache: null,
  loadbalance: false,
  autopath: false,
  forward: null,
  file: false,
  lameduck: 0,
};

/** Reads the block that has the kubernetes plugin, else the first. */
export function parseCorefile(text: string, file = "Corefile"): Result<ParsedCorefile> {
  const blocks = parseBlocks(text, file);
  if (!blocks.ok) return blocks;
  const chosen = blocks.value.find((block) => block.body.some((plugin) => plugin.words[0]?.text === "kubernetes")) ?? blocks.value[0];
  if (chosen === undefined) return failAt("no server block; expected one such as `.:53 { … }`", `${file}:1:1`);
  const reader = new PluginReader(file);
  for (const other of blocks.value)
    if (other !== chosen) reader.warn(other.words[0], `server block "${keysOf(other)}" is not modelled and left out`);
  const config = chosen.body.reduce<CorefileConfig>((sum, plugin) => readPlugin(reader, sum, plugin, chosen), EMPTY);
  return reader.problem === undefined ? ok({ config, warnings: reader.warnings }) : failAt(reader.problem.message, reader.problem.at);
}

function keysOf(block: Directive): string {
  return block.words.map((word) => word.text).join(" ");
}

function readPlugin(reader: PluginReader, config: CorefileConfig, plugin: Directive, block: Directive): CorefileConfig {
  const [name, ...args] = plugin.words;
  if (name === undefined) return config;
  switch (name.text) {
    case "kubernetes":
      return { ...config, kubernetes: readKubernetes(reader, args, plugin.body, block) };
    case "cache":
      return { ...config, cache: readCache(reader, args, plugin.body) };
    case "forward":
      return { ...config, forward: args.slice(1).map((word) => word.text) };
    case "loadbalance":
      return { ...config, loadbalance: true };
    case "autopath":
      return { ...config, autopath: true };
    case "health":
      return { ...config, lameduck: reader.duration(plugin.body.find((line) => line.words[0]?.text === "lameduck")?.words[1]) };
    default:
      if (!SILENT.has(name.text)) reader.warn(name, `plugin "${name.text}" is not modelled and left out`);
      return config;
  }
}

function zonesOf(reader: PluginReader, words: readonly Word[]): readonly string[] {
  return words.flatMap((word) => {
    const zones = normaliseZone(word.text);
    if (zones === undefined) reader.wrong(word, `"${word.text}" is no zone; expected a domain or a CIDR`);
    return zones ?? [];
  });
}

function readKubernetes(reader: PluginReader, args: readonly Word[], body: readonly Directive[], block: Directive): KubernetesOptions {
  const zones = zonesOf(reader, args.length > 0 ? args : block.words);
  return body.reduce<KubernetesOptions>((options, line) => readKubernetesOption(reader, options, line), { ...PLUGIN_DEFAULTS, zones });
}

function readKubernetesOption(reader: PluginReader, options: KubernetesOptions, { words }: Directive): KubernetesOptions {
  const [name, ...args] = words;
  switch (name?.text) {
    case "pods":
      return { ...options, pods: reader.oneOf(name, args[0], ["disabled", "insecure", "verified"]) ?? options.pods };
    case "ttl":
      return { ...options, ttl: reader.number(name, args[0], 0, 3600) };
    case "namespaces":
      return { ...options, namespaces: args.map((word) => word.text) };
    case "fallthrough":
      return { ...options, fallthrough: args.length === 0 ? ["."] : zonesOf(reader, args) };
    case "endpoint_pod_names":
      return { ...options, endpointPodNames: true };
    case "noendpoints":
      return { ...options, noEndpoints: true };
    case "zonal":
      return { ...options, zonal: true };
    case "ignore":
      reader.oneOf(name, args[0], ["empty_service"]);
      return { ...options, ignoreEmptyService: true };
    default:
      if (name !== undefined) reader.warn(name, `kubernetes option "${name.text}" is not modelled and left out`);
      return options;
  }
}

function readCache(reader: PluginReader, args: readonly Word[], body: readonly Directive[]): CacheOptions {
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

/** Reads values; the first wrong one is kept in `problem`. */
class PluginReader {
  readonly warnings: string[] = [];
  problem: { readonly message: string; readonly at: string } | undefined;
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  wrong(word: Word, message: string): void {
    this.problem ??= { message, at: placeOf(word, this.file) };
  }

  warn(word: Word | undefined, message: string): void {
    this.warnings.push(word === undefined ? message : `${placeOf(word, this.file)}: ${message}`);
  }

  number(name: Word, word: Word | undefined, least: number, most: number): number {
    const value = /^\d+$/.test(word?.text ?? "") ? Number(word?.text) : Number.NaN;
    if (value >= least && value <= most) return value;
    this.wrong(word ?? name, `${name.text}: expected a whole number from ${least} to ${most}`);
    return least;
  }

  oneOf<Text extends string>(name: Word, word: Word | undefined, allowed: readonly Text[]): Text | undefined {
    const found = allowed.find((text) => text === word?.text);
    if (found === undefined) this.wrong(word ?? name, `${name.text}: expected ${allowed.join(", ")}`);
    return found;
  }

  /** Seconds of `5s`, `1m30s`; 0 where no word stands. */
  duration(word: Word | undefined): number {
    if (word === undefined) return 0;
    const [, minutes = "0", secs = "0"] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(word.text) ?? [];
    const total = Number(minutes) * 60 + Number(secs);
    if (total === 0) this.wrong(word, `"${word.text}" is no duration; expected one such as 5s`);
    return total;
  }
}
