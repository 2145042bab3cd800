/**
 * The lines of a server block as options, plugin by plugin.
 * Sources: CoreDNS plugin/{kubernetes,k8s_external,forward,health,autopath,loadbalance,reload}/setup.go; for the cache
 * corefile-cache.ts.
 */
import type { CorefileConfig, ExternalOptions, ForwardOptions, KubernetesOptions, ReloadOptions } from "./config";
import { EXTERNAL_DEFAULTS, FORWARD_DEFAULTS, PLUGIN_DEFAULTS, RELOAD_DEFAULTS } from "./config";
import { nearestName } from "../../base/nearest";
import { readCache } from "./corefile-cache";
import type { PluginReader } from "./corefile-reader";
import { zonesOf } from "./corefile-reader";
import type { Directive, Word } from "./corefile-text";
import { PLUGIN_NAMES } from "./plugin-names";

/** Plugins that change no answer here: logs, metrics, where a server listens. */
const SILENT: ReadonlySet<string> = new Set(["errors", "log", "prometheus", "debug", "bind"]);

/** The block with one more plugin read. */
export function readPlugin(reader: PluginReader, config: CorefileConfig, plugin: Directive, block: Directive): CorefileConfig {
  const [name, ...args] = plugin.words;
  if (name === undefined) return config;
  switch (name.text) {
    case "kubernetes":
      return { ...config, kubernetes: readKubernetes(reader, args, plugin.body, block) };
    case "k8s_external":
      return { ...config, external: readExternal(reader, args, plugin.body, block) };
    case "cache":
      return { ...config, cache: readCache(reader, args, plugin.body) };
    case "forward":
      return { ...config, forward: [...config.forward, readForward(reader, name, args, plugin.body)] };
    case "loadbalance":
      if (args[0] !== undefined) reader.oneOf(name, args[0], ["round_robin"]);
      return { ...config, loadbalance: true };
    case "autopath":
      if (args.at(-1)?.text !== "@kubernetes") reader.warn(name, "autopath is modelled with @kubernetes only, and left out");
      return { ...config, autopath: args.at(-1)?.text === "@kubernetes" };
    case "health":
      return { ...config, lameduck: reader.duration(plugin.body.find((line) => line.words[0]?.text === "lameduck")?.words[1]) };
    case "ready":
      return { ...config, ready: true };
    case "loop":
      return { ...config, loop: true };
    case "reload":
      return { ...config, reload: readReload(reader, name, args) };
    default:
      sayUnread(reader, name);
      return config;
  }
}

/** A plugin that is not read: unknown to CoreDNS (it would not start), or not modelled here. */
function sayUnread(reader: PluginReader, name: Word): void {
  if (SILENT.has(name.text)) return;
  if (PLUGIN_NAMES.includes(name.text)) return reader.warn(name, `plugin "${name.text}" is not modelled and left out`);
  const nearest = nearestName(name.text, PLUGIN_NAMES) ?? "";
  reader.wrong(name, `"${name.text}" is no plugin of CoreDNS; the nearest is "${nearest}"`);
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
    case "multicluster":
      return { ...options, multicluster: zonesOf(reader, args) };
    case "ignore":
      reader.oneOf(name, args[0], ["empty_service"]);
      return { ...options, ignoreEmptyService: true };
    default:
      if (name !== undefined) reader.warn(name, `kubernetes option "${name.text}" is not modelled and left out`);
      return options;
  }
}

function readExternal(reader: PluginReader, args: readonly Word[], body: readonly Directive[], block: Directive): ExternalOptions {
  const zones = zonesOf(reader, args.length > 0 ? args : block.words);
  return body.reduce<ExternalOptions>((options, line) => readExternalOption(reader, options, line), { ...EXTERNAL_DEFAULTS, zones });
}

function readExternalOption(reader: PluginReader, options: ExternalOptions, { words }: Directive): ExternalOptions {
  const [name, ...args] = words;
  switch (name?.text) {
    case "apex":
      if (args[0] === undefined) reader.wrong(name, "apex: expected a label");
      return { ...options, apex: args[0]?.text ?? options.apex };
    case "ttl":
      return { ...options, ttl: reader.number(name, args[0], 0, 3600) };
    case "headless":
      return { ...options, headless: true };
    case "fallthrough":
      return { ...options, fallthrough: args.length === 0 ? ["."] : zonesOf(reader, args) };
    default:
      if (name !== undefined) reader.warn(name, `k8s_external option "${name.text}" is not known and left out`);
      return options;
  }
}

function readForward(reader: PluginReader, name: Word, args: readonly Word[], body: readonly Directive[]): ForwardOptions {
  const [from, ...to] = args;
  if (from === undefined || to.length === 0) reader.wrong(from ?? name, "forward: expected a zone and the servers to ask");
  const zone = from === undefined ? "." : (zonesOf(reader, [from])[0] ?? ".");
  const standard: ForwardOptions = { ...FORWARD_DEFAULTS, from: zone, to: to.map((word) => word.text) };
  return body.reduce<ForwardOptions>((options, line) => readForwardOption(reader, options, line), standard);
}

/** Options of forward that change nothing here: how often an upstream server is looked at, TLS, what is logged. */
const FORWARD_SILENT: ReadonlySet<string> = new Set([
  "except",
  "max_fails",
  "health_check",
  "expire",
  "tls",
  "tls_servername",
  "prefer_udp",
]);

function readForwardOption(reader: PluginReader, options: ForwardOptions, { words }: Directive): ForwardOptions {
  const [name, ...args] = words;
  switch (name?.text) {
    case "force_tcp":
      return { ...options, tcp: true };
    case "max_concurrent":
      return { ...options, maxConcurrent: reader.number(name, args[0], 0, 1_000_000) };
    case "policy":
      return { ...options, policy: reader.oneOf(name, args[0], ["random", "round_robin", "sequential"]) ?? options.policy };
    default:
      if (name !== undefined && !FORWARD_SILENT.has(name.text))
        reader.warn(name, `forward option "${name.text}" is not known and left out`);
      if (name?.text === "except") reader.warn(name, 'forward option "except" is not modelled and left out');
      return options;
  }
}

/** `reload [INTERVAL] [JITTER]`: at least 2 s and 1 s; no more jitter than half of the interval. */
function readReload(reader: PluginReader, name: Word, [interval, jitter]: readonly Word[]): ReloadOptions {
  const every = reader.duration(interval, RELOAD_DEFAULTS.interval);
  const by = reader.duration(jitter, RELOAD_DEFAULTS.jitter);
  if (every < 2) reader.wrong(interval ?? name, "reload: an interval of at least 2s was expected");
  if (by < 1) reader.wrong(jitter ?? name, "reload: a jitter of at least 1s was expected");
  return { interval: every, jitter: Math.min(by, every / 2) };
}
