/**
 * The cluster zone as a list of records, to browse. CoreDNS has no such list (it answers each question anew); this one
 * is made of its own answers, so that the two cannot differ. Left out: reverse zones, TXT, Pod records.
 */
import type { ResourceRecord } from "../../message/types";
import type { KubernetesOptions } from "../config";
import { primaryZone } from "../config";
import type { Lookup } from "./candidates";
import { isExposed } from "./candidates";
import type { ClusterView, Service } from "./cluster";
import { endpointLabel, isHeadless, portsOfService, slicesOfService } from "./informers";
import type { Found } from "./records";
import { addressRecords, aliasRecords, soaRecord, srvRecords } from "./records";

/** Every record of the zone: its SOA, then Service by Service addresses, endpoints of headless ones, and named ports. */
export function zoneRecords(view: ClusterView, options: KubernetesOptions, serial: number): readonly ResourceRecord[] {
  const zone = primaryZone(options);
  const lookup: Lookup = { view, options, zone };
  const services = view.list("Service").filter((service) => isExposed(lookup, service.metadata.namespace ?? "default"));
  return [soaRecord(zone, options.ttl, serial), ...services.flatMap((service) => recordsOfService(lookup, service))];
}

function recordsOfService(lookup: Lookup, service: Service): readonly ResourceRecord[] {
  const namespace = service.metadata.namespace ?? "default";
  const name = `${service.metadata.name}.${namespace}.svc.${lookup.zone}`;
  if (service.spec.type === "ExternalName") return answersOf(aliasRecords(lookup, name));
  const ports = portsOfService(service).filter((port) => port.name !== "");
  return [
    ...addressesAt(lookup, name),
    ...(isHeadless(service)
      ? endpointLabels(lookup, namespace, service.metadata.name).flatMap((label) => addressesAt(lookup, `${label}.${name}`))
      : []),
    ...ports.flatMap((port) => answersOf(srvRecords(lookup, `_${port.name}._${port.protocol.toLowerCase()}.${name}`))),
  ];
}

function endpointLabels({ view, options }: Lookup, namespace: string, service: string): readonly string[] {
  const addresses = slicesOfService(view, namespace, service).flatMap((slice) => slice.addresses);
  return [...new Set(addresses.map((address) => endpointLabel(address, options.endpointPodNames)))];
}

function addressesAt(lookup: Lookup, name: string): readonly ResourceRecord[] {
  return (["A", "AAAA"] as const).flatMap((type) =>
    answersOf(addressRecords(lookup, name, type, () => ({ answers: [], truncated: false }))),
  );
}

function answersOf(found: Found): readonly ResourceRecord[] {
  return found === "no such name" ? [] : found.answers;
}
