/** A config as Corefile text, laid out as kubeadm lays it out; `parseCorefile` reads the same config back. */
import type { CacheLimits, CacheOptions, CorefileConfig, ExternalOptions, ForwardOptions, KubernetesOptions } from "./config";
import { cacheOptions, EXTERNAL_DEFAULTS, RELOAD_DEFAULTS } from "./config";

/** The text: the main block on port 53, then the others. Logs and metrics stand as kubeadm has them; they change no answer. */
export function showCorefile(config: CorefileConfig): string {
  return [blockText(".", config), ...config.stubs.map(({ zones, config: stub }) => blockText(zoneWords(zones), stub))].join("");
}

function blockText(zones: string, config: CorefileConfig): string {
  const { reload } = config;
  const isUsual = reload?.interval === RELOAD_DEFAULTS.interval && reload.jitter === RELOAD_DEFAULTS.jitter;
  const lines = [
    "errors",
    ...(config.lameduck > 0 ? block("health", [`lameduck ${config.lameduck}s`]) : []),
    ...(config.ready ? ["ready"] : []),
    ...(config.kubernetes === null ? [] : kubernetesLines(config.kubernetes)),
    ...(config.external === null ? [] : externalLines(config.external)),
    ...(config.autopath ? ["autopath @kubernetes"] : []),
    "prometheus :9153",
    ...config.forward.flatMap(forwardLines),
    ...(config.cache === null ? [] : cacheLines(config.cache)),
    ...(config.loop ? ["loop"] : []),
    ...(reload === null ? [] : [isUsual ? "reload" : `reload ${reload.interval}s ${reload.jitter}s`]),
    ...(config.loadbalance ? ["loadbalance"] : []),
  ];
  const keys = zones
    .split(" ")
    .map((zone) => `${zone}:53`)
    .join(" ");
  return [`${keys} {`, ...lines.map((line) => `    ${line}`), "}", ""].join("\n");
}

function block(head: string, body: readonly string[]): readonly string[] {
  return body.length === 0 ? [head] : [`${head} {`, ...body.map((line) => `   ${line}`), "}"];
}

/** Zones without their trailing dots, as people write them. */
function zoneWords(zones: readonly string[]): string {
  return zones.map((zone) => (zone === "." ? zone : zone.slice(0, -1))).join(" ");
}

function fallthroughLine(zones: readonly string[] | null): readonly string[] {
  return zones === null ? [] : [`fallthrough ${zoneWords(zones)}`];
}

function kubernetesLines(options: KubernetesOptions): readonly string[] {
  const { fallthrough, namespaces } = options;
  return block(`kubernetes ${zoneWords(options.zones)}`, [
    `pods ${options.pods}`,
    ...(namespaces.length > 0 ? [`namespaces ${namespaces.join(" ")}`] : []),
    ...(options.endpointPodNames ? ["endpoint_pod_names"] : []),
    ...(options.ignoreEmptyService ? ["ignore empty_service"] : []),
    ...(options.noEndpoints ? ["noendpoints"] : []),
    ...(options.zonal ? ["zonal"] : []),
    ...(options.multicluster.length === 0 ? [] : [`multicluster ${zoneWords(options.multicluster)}`]),
    ...fallthroughLine(fallthrough),
    `ttl ${options.ttl}`,
  ]);
}

function externalLines({ zones, apex, ttl, headless, fallthrough }: ExternalOptions): readonly string[] {
  return block(`k8s_external ${zoneWords(zones)}`, [
    ...(apex === EXTERNAL_DEFAULTS.apex ? [] : [`apex ${apex}`]),
    ...(ttl === EXTERNAL_DEFAULTS.ttl ? [] : [`ttl ${ttl}`]),
    ...(headless ? ["headless"] : []),
    ...fallthroughLine(fallthrough),
  ]);
}

function forwardLines({ from, to, tcp, maxConcurrent, policy }: ForwardOptions): readonly string[] {
  return block(`forward ${zoneWords([from])} ${to.join(" ")}`, [
    ...(maxConcurrent > 0 ? [`max_concurrent ${maxConcurrent}`] : []),
    ...(tcp ? ["force_tcp"] : []),
    ...(policy === "random" ? [] : [`policy ${policy}`]),
  ]);
}

/** A common cap stands in the head; what differs from the defaults of that cap gets a line of its own. */
function cacheLines(options: CacheOptions): readonly string[] {
  const { success, denial, prefetch, serveStale, servfail } = options;
  const seconds = success.maxTtl === denial.maxTtl && success.maxTtl > 0 ? success.maxTtl : undefined;
  const standard = cacheOptions(seconds);
  return block(seconds === undefined ? "cache" : `cache ${seconds}`, [
    ...limitLines("success", success, standard.success),
    ...limitLines("denial", denial, standard.denial),
    ...(prefetch === null ? [] : [`prefetch ${prefetch.amount} ${prefetch.duration}s ${prefetch.percentage}%`]),
    ...(serveStale === null ? [] : [`serve_stale ${serveStale.duration}s ${serveStale.refresh}`]),
    ...(servfail === standard.servfail ? [] : [`servfail ${servfail}s`]),
  ]);
}

function limitLines(name: "success" | "denial", limits: CacheLimits, standard: CacheLimits): readonly string[] {
  const same = limits.capacity === standard.capacity && limits.maxTtl === standard.maxTtl && limits.minTtl === standard.minTtl;
  return [
    ...(same ? [] : [`${name} ${limits.capacity} ${limits.maxTtl} ${limits.minTtl}`]),
    ...(limits.disabled.length === 0 ? [] : [`disable ${name} ${zoneWords(limits.disabled)}`]),
  ];
}
