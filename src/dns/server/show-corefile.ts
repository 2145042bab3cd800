/** A config as Corefile text, laid out as kubeadm lays it out; `parseCorefile` reads the same config back. */
import type { CacheLimits, CacheOptions, CorefileConfig, KubernetesOptions } from "./config";
import { cacheOptions } from "./config";

/** The text of the server block on port 53. Side servers and logs stand as kubeadm has them; they change no answer. */
export function showCorefile(config: CorefileConfig): string {
  const lines = [
    "errors",
    ...(config.lameduck > 0 ? block("health", [`lameduck ${config.lameduck}s`]) : []),
    "ready",
    ...(config.kubernetes === null ? [] : kubernetesLines(config.kubernetes)),
    ...(config.autopath ? ["autopath @kubernetes"] : []),
    "prometheus :9153",
    ...(config.forward === null ? [] : block(`forward . ${config.forward.join(" ")}`, ["max_concurrent 1000"])),
    ...(config.cache === null ? [] : cacheLines(config.cache)),
    "loop",
    "reload",
    ...(config.loadbalance ? ["loadbalance"] : []),
  ];
  return [".:53 {", ...lines.map((line) => `    ${line}`), "}", ""].join("\n");
}

function block(head: string, body: readonly string[]): readonly string[] {
  return body.length === 0 ? [head] : [`${head} {`, ...body.map((line) => `   ${line}`), "}"];
}

/** Zones without their trailing dots, as people write them. */
function zoneWords(zones: readonly string[]): string {
  return zones.map((zone) => (zone === "." ? zone : zone.slice(0, -1))).join(" ");
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
    ...(fallthrough === null ? [] : [`fallthrough ${zoneWords(fallthrough)}`]),
    `ttl ${options.ttl}`,
  ]);
}

/** A common cap stands in the head; what differs from the defaults of that cap gets a line of its own. */
function cacheLines(options: CacheOptions): readonly string[] {
  const { success, denial } = options;
  const seconds = success.maxTtl === denial.maxTtl && success.maxTtl > 0 ? success.maxTtl : undefined;
  const standard = cacheOptions(seconds);
  return block(seconds === undefined ? "cache" : `cache ${seconds}`, [
    ...limitLines("success", success, standard.success),
    ...limitLines("denial", denial, standard.denial),
  ]);
}

function limitLines(name: "success" | "denial", limits: CacheLimits, standard: CacheLimits): readonly string[] {
  const same = limits.capacity === standard.capacity && limits.maxTtl === standard.maxTtl && limits.minTtl === standard.minTtl;
  return [
    ...(same ? [] : [`${name} ${limits.capacity} ${limits.maxTtl} ${limits.minTtl}`]),
    ...(limits.disabled.length === 0 ? [] : [`disable ${name} ${zoneWords(limits.disabled)}`]),
  ];
}
