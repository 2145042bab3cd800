/**
 * Which Service ports exist for kube-proxy, whatever its mode.
 * Source: pkg/proxy/serviceport.go, servicechangetracker.go, util/utils.go (ShouldSkipService).
 */
import type { Service, ServicePort as ApiServicePort } from "../../../cluster/objects";
import { ipv4Number, type IpFamily } from "../../../network/address";
import { ipv6Groups } from "../../../network/ipv6";

/** One port of one Service, as one family has it: the unit that rules are made for. */
export interface ServicePort {
  /** `namespace/name:portName`, without the colon where the port has no name. */
  readonly name: string;
  readonly portName: string;
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly clusterIP: string;
  readonly port: number;
  /** 0 where there is none. */
  readonly nodePort: number;
  readonly externalIPs: readonly string[];
  readonly loadBalancerVIPs: readonly string[];
  readonly sourceRanges: readonly string[];
  /** Seconds of ClientIP affinity, 0 where there is none. */
  readonly affinitySeconds: number;
  readonly internalPolicyLocal: boolean;
  readonly externalPolicyLocal: boolean;
  /** 0 where there is none. */
  readonly healthCheckNodePort: number;
}

/** Whether anything outside the cluster's own addresses leads to the port. */
export function isExternallyAccessible(port: ServicePort): boolean {
  return port.nodePort !== 0 || port.loadBalancerVIPs.length > 0 || port.externalIPs.length > 0;
}

/** Whether the port ever uses endpoints of the whole cluster. */
export function usesClusterEndpoints(port: ServicePort): boolean {
  return !port.internalPolicyLocal || isExternallyAccessible(port);
}

/** Whether the port ever uses endpoints of this node only. */
export function usesLocalEndpoints(port: ServicePort): boolean {
  return port.internalPolicyLocal || (port.externalPolicyLocal && isExternallyAccessible(port));
}

const known: Readonly<Record<IpFamily, WeakMap<Service, readonly ServicePort[]>>> = { IPv4: new WeakMap(), IPv6: new WeakMap() };

/** The ports of a Service in its own order; none where kube-proxy skips it (headless, ExternalName, another proxy's). */
export function portsOf(service: Service, family: IpFamily = "IPv4"): readonly ServicePort[] {
  const before = known[family].get(service);
  if (before !== undefined) return before;
  const clusterIP = isSkipped(service) ? undefined : clusterIPOf(service, family);
  const made = clusterIP === undefined ? [] : (service.spec.ports ?? []).map((port) => makePort(service, port, { clusterIP, family }));
  known[family].set(service, made);
  return made;
}

function isSkipped({ spec, metadata }: Service): boolean {
  if (spec.type === "ExternalName") return true;
  return metadata.labels?.["service.kubernetes.io/service-proxy-name"] !== undefined;
}

function clusterIPOf({ spec }: Service, family: IpFamily): string | undefined {
  return [...(spec.clusterIPs ?? []), spec.clusterIP ?? ""].find((text) => isAddress(text, family));
}

function isAddress(text: string, family: IpFamily): boolean {
  return family === "IPv4" ? !Number.isNaN(ipv4Number(text)) : ipv6Groups(text) !== undefined;
}

interface Entry {
  readonly clusterIP: string;
  readonly family: IpFamily;
}

function makePort(service: Service, port: ApiServicePort, { clusterIP, family }: Entry): ServicePort {
  const { spec, metadata } = service;
  const base = `${metadata.namespace ?? "default"}/${metadata.name}`;
  const portName = port.name ?? "";
  return {
    name: portName === "" ? base : `${base}:${portName}`,
    portName,
    protocol: protocolOf(port),
    clusterIP,
    port: port.port,
    nodePort: port.nodePort ?? 0,
    externalIPs: (spec.externalIPs ?? []).filter((text) => isAddress(text, family)),
    loadBalancerVIPs: loadBalancerVIPs(service, family),
    sourceRanges: (spec.loadBalancerSourceRanges ?? [])
      .map((range) => range.trim())
      .filter((range) => isAddress(range.split("/")[0] ?? "", family)),
    affinitySeconds: affinitySeconds(service),
    internalPolicyLocal: spec.internalTrafficPolicy === "Local",
    externalPolicyLocal: hasExternalPolicy(service) && spec.externalTrafficPolicy === "Local",
    healthCheckNodePort: healthCheckNodePort(service),
  };
}

/** The rule-side name of a protocol; the API's default is TCP. */
export function protocolOf(port: { readonly protocol?: "TCP" | "UDP" | "SCTP" }): ServicePort["protocol"] {
  switch (port.protocol ?? "TCP") {
    case "UDP":
      return "udp";
    case "SCTP":
      return "sctp";
    default:
      return "tcp";
  }
}

/** An ingress address with ipMode Proxy belongs to a proxy outside and is not captured. */
function loadBalancerVIPs({ status }: Service, family: IpFamily): readonly string[] {
  const ingress = status?.loadBalancer?.ingress ?? [];
  return ingress.flatMap((one) => (one.ip !== undefined && one.ipMode !== "Proxy" && isAddress(one.ip, family) ? [one.ip] : []));
}

/** The API's default timeout is three hours. */
function affinitySeconds({ spec }: Service): number {
  return spec.sessionAffinity === "ClientIP" ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) : 0;
}

function hasExternalPolicy({ spec }: Service): boolean {
  return spec.type === "NodePort" || spec.type === "LoadBalancer" || (spec.externalIPs ?? []).length > 0;
}

/** A health check port counts only for a LoadBalancer that keeps traffic on the node. */
function healthCheckNodePort({ spec }: Service): number {
  return spec.type === "LoadBalancer" && spec.externalTrafficPolicy === "Local" ? (spec.healthCheckNodePort ?? 0) : 0;
}
