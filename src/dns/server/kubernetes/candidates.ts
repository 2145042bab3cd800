/**
 * Candidates: what the cluster holds under a name, before a question's type picks from it.
 * Source: CoreDNS plugin/kubernetes/kubernetes.go (Records, findServices, findPods, serviceRecordForIP), zonal.go.
 */
import type { ClusterView, Service } from "./cluster";
import { readAddress } from "../../message/ipv6";
import { absolute, trimZone } from "../../message/name";
import type { KubernetesOptions } from "../config";
import { primaryZone } from "../config";
import type { KeptAddress, KeptPort, KeptSlice } from "./informers";
import {
  clusterIPsOf,
  endpointLabel,
  isHeadless,
  podsWithAddress,
  portsOfService,
  servicesWithAddress,
  slicesOfService,
  slicesWithAddress,
} from "./informers";
import type { ParsedName } from "./parse";
import { parseClusterName } from "./parse";

/** One thing found: an address under its own name and port, or an alias. */
export type Candidate =
  /** `target` is the name that an SRV answer points at; port -1 = no port declared. */
  | { readonly kind: "address"; readonly type: "A" | "AAAA"; readonly address: string; readonly port: number; readonly target: string }
  | { readonly kind: "alias"; readonly target: string };

/** Nothing of that name; an empty list instead means that the name exists without data. */
export type NoSuchName = "no such name";

/** What a look-up works from. */
export interface Lookup {
  readonly view: ClusterView;
  readonly options: KubernetesOptions;
  /** The zone the name lies in, in the query's case. */
  readonly zone: string;
}

/** Whether names under a namespace are answered: it exists, and is on the list where there is one. */
export function isExposed({ view, options }: Omit<Lookup, "zone">, namespace: string): boolean {
  if (options.namespaces.length > 0 && !options.namespaces.includes(namespace)) return false;
  return view.get("Namespace", "", namespace) !== undefined;
}

/** Everything under a name, whatever type is asked for. */
export function candidates(lookup: Lookup, name: string): readonly Candidate[] | NoSuchName {
  const { zonal, multicluster } = lookup.options;
  const ofSet = multicluster.includes(lookup.zone.toLowerCase());
  const parsed = parseClusterName(trimZone(name, lookup.zone).toLowerCase(), { zonal, multicluster: ofSet });
  if (parsed === null) return "no such name";
  if (parsed.podOrSvc === "") return [];
  // What stands in the zone of a cluster set are ServiceImports, and there is none here.
  if (ofSet) return "no such name";
  if (/\.(in-addr|ip6)\.arpa\.$/i.test(name) || !isExposed(lookup, parsed.namespace)) return "no such name";
  return parsed.podOrSvc === "pod" ? podCandidates(lookup, parsed) : serviceCandidates(lookup, parsed);
}

/** The dashed address of a Pod name: three single dashes are dots, else dashes are colons. */
function undash(label: string): string {
  const isIpv4 = label.split("-").length === 4 && !label.includes("--");
  return label.replaceAll("-", isIpv4 ? "." : ":");
}

function podCandidates({ view, options }: Lookup, parsed: ParsedName): readonly Candidate[] | NoSuchName {
  if (options.pods === "disabled") return "no such name";
  if (parsed.service === "") return [];
  const read = readAddress(undash(parsed.service));
  if (read === undefined) return "no such name";
  const found: readonly Candidate[] = [{ kind: "address", ...read, port: -1, target: "" }];
  if (options.pods === "insecure") return found;
  const pods = podsWithAddress(view, read.address);
  return pods.some((pod) => pod.metadata.namespace === parsed.namespace) ? found : "no such name";
}

function serviceCandidates(lookup: Lookup, parsed: ParsedName): readonly Candidate[] | NoSuchName {
  if (parsed.service === "") return [];
  const service = lookup.view.get("Service", parsed.namespace, parsed.service);
  if (service === undefined) return "no such name";
  if (service.spec.type === "ExternalName") return aliasCandidates(service, parsed);
  const headless = isHeadless(service);
  if (parsed.affinity !== "") return headless ? zonalCandidates(lookup, parsed) : "no such name";
  if (headless || parsed.endpoint !== "") return orNoSuchName(endpointCandidates(lookup, parsed, () => true));
  if (lookup.options.ignoreEmptyService && !hasEndpoint(lookup, parsed)) return "no such name";
  return orNoSuchName(clusterCandidates(lookup, service, parsed));
}

function orNoSuchName(found: readonly Candidate[]): readonly Candidate[] | NoSuchName {
  return found.length === 0 ? "no such name" : found;
}

function aliasCandidates(service: Service, parsed: ParsedName): readonly Candidate[] | NoSuchName {
  const target = service.spec.externalName ?? "";
  const more = parsed.endpoint !== "" || parsed.port !== "" || parsed.protocol !== "" || parsed.affinity !== "";
  if (more || target === "" || readAddress(target) !== undefined) return "no such name";
  return [{ kind: "alias", target: absolute(target) }];
}

function matchesWord(wanted: string, has: string): boolean {
  return wanted === "" || wanted === has.toLowerCase();
}

function matchesPort(port: KeptPort, parsed: ParsedName): boolean {
  return matchesWord(parsed.port, port.name) && matchesWord(parsed.protocol, port.protocol);
}

function clusterCandidates({ zone }: Lookup, service: Service, parsed: ParsedName): readonly Candidate[] {
  const target = `${parsed.service}.${parsed.namespace}.svc.${zone}`;
  const addresses = clusterIPsOf(service).flatMap((text) => readAddress(text) ?? []);
  return portsOfService(service)
    .filter((port) => matchesPort(port, parsed))
    .flatMap(({ port }) => addresses.map((read): Candidate => ({ kind: "address", ...read, port, target })));
}

function slicesUnder({ view, options }: Lookup, parsed: ParsedName): readonly KeptSlice[] {
  return options.noEndpoints ? [] : slicesOfService(view, parsed.namespace, parsed.service);
}

function hasEndpoint(lookup: Lookup, parsed: ParsedName): boolean {
  return slicesUnder(lookup, parsed).some((slice) => slice.addresses.length > 0);
}

function endpointCandidates(lookup: Lookup, parsed: ParsedName, wanted: (address: KeptAddress) => boolean): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const slice of slicesUnder(lookup, parsed)) {
    for (const endpoint of slice.addresses.filter(wanted)) {
      const label = endpointLabel(endpoint, lookup.options.endpointPodNames);
      if (parsed.endpoint !== "" && parsed.endpoint !== label.toLowerCase()) continue;
      const target = `${label}.${slice.service}.${slice.namespace}.svc.${lookup.zone}`;
      for (const { port } of slice.ports.filter((item) => matchesPort(item, parsed))) {
        found.push({ kind: "address", type: endpoint.type, address: endpoint.address, port, target });
      }
    }
  }
  return found;
}

/** pin: the zone's endpoints or no data; prefer: all where the zone has none. A Service without endpoints does not exist. */
function zonalCandidates(lookup: Lookup, parsed: ParsedName): readonly Candidate[] | NoSuchName {
  const all = endpointCandidates(lookup, parsed, () => true);
  if (all.length === 0) return "no such name";
  const inZone = endpointCandidates(lookup, parsed, (address) => address.zone.toLowerCase() === parsed.topologyZone);
  return inZone.length > 0 || parsed.affinity === "pin" ? inZone : all;
}

/** The address that a whole reverse name stands for, canonical; undefined where the name is none. */
export function addressOfReverse(name: string): string | undefined {
  const lower = name.toLowerCase();
  const [v4, v6] = [/^((?:\d+\.){4})in-addr\.arpa\.$/.exec(lower)?.[1], /^((?:[0-9a-f]\.){32})ip6\.arpa\.$/.exec(lower)?.[1]];
  if (v4 !== undefined) return readAddress(v4.slice(0, -1).split(".").toReversed().join("."))?.address;
  if (v6 === undefined) return undefined;
  const digits = v6.replaceAll(".", "").split("").toReversed().join("");
  return readAddress((digits.match(/.{4}/g) ?? []).join(":"))?.address;
}

/** Names of an address: its Service's alone, else those of every endpoint that has it. Exposure counts only with a list. */
export function namesOfAddress({ view, options }: Lookup, address: string): readonly string[] {
  const allowed = (namespace = "default"): boolean => options.namespaces.length === 0 || isExposed({ view, options }, namespace);
  const zone = primaryZone(options);
  const service = servicesWithAddress(view, address).find((item) => allowed(item.metadata.namespace));
  if (service !== undefined) return [`${service.metadata.name}.${service.metadata.namespace ?? "default"}.svc.${zone}`];
  if (options.noEndpoints) return [];
  const names = slicesWithAddress(view, address)
    .filter((slice) => allowed(slice.namespace))
    .flatMap((slice) =>
      slice.addresses
        .filter((item) => item.address === address)
        .map((item) => `${endpointLabel(item, options.endpointPodNames)}.${slice.service}.${slice.namespace}.svc.${zone}`),
    );
  return [...new Set(names)];
}
