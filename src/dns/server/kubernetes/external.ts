/**
 * What stands under a name of an external zone: the external addresses of Services (spec.externalIPs, then those of the
 * load balancer), and with `headless` the endpoints of headless ones.
 * Source: CoreDNS plugin/kubernetes/external.go (External), plugin/kubernetes/object/service.go.
 *
 *   (1) NS.ZONE                                a namespace: exists, no data
 *   (2) SVC.NS.ZONE                            a Service
 *   (3) HOST.SVC.NS.ZONE                       one of its endpoints (with `headless`)
 *   (4) _PORT._PROTO.SVC.NS.ZONE               a port; the underscores may be missing
 */
import type { ClusterView, Service } from "./cluster";
import { readAddress } from "../../message/ipv6";
import { absolute, trimZone } from "../../message/name";
import type { ExternalOptions, KubernetesOptions } from "../config";
import { isExposed } from "./candidates";
import type { KeptPort } from "./informers";
import { endpointLabel, isHeadless, portsOfService, slicesOfService } from "./informers";

/** One thing found: an address or the name of a load balancer, with its port. */
export interface ExternalCandidate {
  readonly host:
    | { readonly kind: "address"; readonly type: "A" | "AAAA"; readonly address: string }
    | { readonly kind: "name"; readonly name: string };
  /** -1 = no port declared. */
  readonly port: number;
  /** The name that an SRV answer points at, where `host` is an address. */
  readonly target: string;
}

/** What a look-up in an external zone works from. `zone` in the query's case. */
export interface ExternalLookup {
  readonly view: ClusterView;
  readonly options: KubernetesOptions;
  readonly external: ExternalOptions;
  readonly zone: string;
}

/** External addresses of a Service in their order. */
export function externalAddressesOf({ spec, status }: Service): readonly string[] {
  const ingress = status?.loadBalancer?.ingress ?? [];
  return [...(spec.externalIPs ?? []), ...ingress.flatMap(({ ip, hostname }) => ip ?? hostname ?? [])];
}

interface Parsed {
  readonly namespace: string;
  readonly service: string;
  readonly endpoint: string;
  readonly port: string;
  readonly protocol: string;
}

function strip(label: string | undefined): string {
  return (label ?? "").replace(/^_/, "");
}

/** Everything under a name of the zone; null where there is no such name, an empty list where it has no data. */
export function externalCandidates(lookup: ExternalLookup, name: string): readonly ExternalCandidate[] | null {
  const labels = trimZone(name, lookup.zone).toLowerCase().split(".");
  const namespace = labels.pop() ?? "";
  if (!isExposed(lookup, namespace)) return null;
  const service = labels.pop();
  if (service === undefined) return [];
  if (labels.length > 2) return null;
  const isPort = labels.length === 2;
  const endpoint = isPort ? "" : strip(labels[0]);
  const found = underService(lookup, {
    namespace,
    service,
    endpoint,
    port: isPort ? strip(labels[0]) : "",
    protocol: isPort ? strip(labels[1]) : "",
  });
  return found.length === 0 ? null : found;
}

function underService(lookup: ExternalLookup, parsed: Parsed): readonly ExternalCandidate[] {
  const { view, external } = lookup;
  const service = view.get("Service", parsed.namespace, parsed.service);
  if (service === undefined) return [];
  const addresses = externalAddressesOf(service);
  const byEndpoints = external.headless && addresses.length === 0 && (isHeadless(service) || parsed.endpoint !== "");
  if (byEndpoints) return endpointsOf(lookup, parsed);
  const target = `${parsed.service}.${parsed.namespace}.${lookup.zone}`;
  const ports = portsOfService(service).filter((port) => fits(port, parsed));
  return addresses.flatMap((address) => ports.map(({ port }) => ({ host: hostOf(address), port, target })));
}

function hostOf(text: string): ExternalCandidate["host"] {
  const read = readAddress(text);
  return read === undefined ? { kind: "name", name: absolute(text) } : { kind: "address", ...read };
}

function fits({ name, protocol }: KeptPort, parsed: Parsed): boolean {
  const isNamed = parsed.port === "" || name.toLowerCase() === parsed.port;
  return isNamed && (parsed.protocol === "" || protocol.toLowerCase() === parsed.protocol);
}

function endpointsOf({ view, options, zone }: ExternalLookup, parsed: Parsed): readonly ExternalCandidate[] {
  return slicesOfService(view, parsed.namespace, parsed.service).flatMap(({ addresses, ports }) =>
    addresses.flatMap((endpoint) => {
      const label = endpointLabel(endpoint, options.endpointPodNames);
      if (parsed.endpoint !== "" && parsed.endpoint !== label.toLowerCase()) return [];
      const target = `${label}.${parsed.service}.${parsed.namespace}.${zone}`;
      const host = { kind: "address", type: endpoint.type, address: endpoint.address } as const;
      return ports.filter((port) => fits(port, parsed)).map(({ port }) => ({ host, port, target }));
    }),
  );
}

/** `SVC.NS` of every Service that has an external address. */
export function servicesWithExternalAddress(
  { view, options }: Pick<ExternalLookup, "view" | "options">,
  address: string,
): readonly string[] {
  return view
    .list("Service")
    .filter((service) => externalAddressesOf(service).some((text) => (readAddress(text)?.address ?? text) === address))
    .filter(({ metadata }) => options.namespaces.length === 0 || options.namespaces.includes(metadata.namespace ?? "default"))
    .map(({ metadata }) => `${metadata.name}.${metadata.namespace ?? "default"}`);
}
