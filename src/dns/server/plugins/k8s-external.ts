/**
 * The k8s_external plugin: a zone of its own with the addresses by which Services are reached from outside.
 * Sources: CoreDNS plugin/k8s_external/{external,apex,msg_to_dns}.go. Left out: zone transfers.
 */
import { readAddress } from "../../message/ipv6";
import { addressOfReverse } from "../kubernetes/candidates";
import { isUnder, longestZone, sameName, trimZone } from "../../message/name";
import type { ResourceRecord, SoaRecord } from "../../message/types";
import type { ExternalOptions, KubernetesOptions } from "../config";
import type { ExternalCandidate, ExternalLookup } from "../kubernetes/external";
import { externalAddressesOf, externalCandidates, servicesWithExternalAddress } from "../kubernetes/external";
import { slicesWithAddress } from "../kubernetes/informers";
import type { DnsRequest, Next, PluginReply } from "../request";
import { fallsThrough, ownReply, withQuestion } from "../request";

interface Zone extends ExternalLookup {
  readonly request: DnsRequest;
  readonly whole: Next;
}

/** The plugin over the kubernetes plugin's view. `whole` is the chain, for the names of load balancers. */
export function externalPlugin(
  external: ExternalOptions,
  options: KubernetesOptions,
  whole: Next,
): (request: DnsRequest, next: Next) => PluginReply {
  return (request, next) => {
    const { name } = request.question;
    const matched = longestZone(external.zones, name);
    if (matched === undefined) return next(request);
    for (const kind of ["Namespace", "Service", "EndpointSlice"] as const) request.read.set(kind, request.view.revisionOf(kind));
    const zone: Zone = { view: request.view, options, external, zone: name.slice(name.length - matched.length), request, whole };
    if (sameName(name, zone.zone)) return apex(zone);
    if (isUnder(`${external.apex}.${zone.zone}`, name)) return underApex(zone);
    const reply = answer(zone);
    return reply === null && fallsThrough(external.fallthrough, name) ? next(request) : (reply ?? denial(zone, "NXDOMAIN"));
  };
}

function soaOf({ zone, external, request }: Zone): SoaRecord {
  return {
    type: "SOA",
    name: zone,
    ttl: external.ttl,
    mname: `ns1.${external.apex}.${zone}`,
    rname: `hostmaster.${external.apex}.${zone}`,
    serial: request.runtime.serial,
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: external.ttl,
  };
}

function denial(zone: Zone, rcode: "NOERROR" | "NXDOMAIN"): PluginReply {
  return ownReply(zone.request, { rcode, authoritative: true, authority: [soaOf(zone)] });
}

function records(zone: Zone, answers: readonly ResourceRecord[], additional: readonly ResourceRecord[] = []): PluginReply {
  return answers.length === 0 ? denial(zone, "NOERROR") : ownReply(zone.request, { authoritative: true, answers, additional });
}

function apex(zone: Zone): PluginReply {
  const { type } = zone.request.question;
  if (type === "SOA") return records(zone, [soaOf(zone)]);
  if (type !== "NS") return denial(zone, "NOERROR");
  const target = `ns1.${zone.external.apex}.${zone.zone}`;
  const ns: ResourceRecord = { type: "NS", name: zone.zone, ttl: zone.external.ttl, target };
  return records(zone, [ns], serverAddresses(zone, target));
}

/** The made-up subdomain of the name servers: `dns` has no data, `ns1.dns` their addresses, nothing else is there. */
function underApex(zone: Zone): PluginReply {
  const { name, type } = zone.request.question;
  const labels = trimZone(name, zone.zone).split(".");
  if (labels.length === 1) return denial(zone, "NOERROR");
  if (labels.length > 2 || labels[0]?.toLowerCase() !== "ns1") return denial(zone, "NXDOMAIN");
  return records(
    zone,
    serverAddresses(zone, name).filter((record) => record.type === type),
  );
}

/** External addresses of the Services behind which this CoreDNS stands; where there are none its own. */
function serverAddresses({ view, external, request }: Zone, name: string): readonly ResourceRecord[] {
  const local = request.runtime.localIPs.flatMap((text) => readAddress(text)?.address ?? []);
  const behind = local.flatMap((address) =>
    slicesWithAddress(view, address).flatMap((slice) => view.get("Service", slice.namespace, slice.service) ?? []),
  );
  const outside = behind.flatMap(externalAddressesOf);
  const read = [...new Set(outside.length > 0 ? outside : local)].flatMap((text) => readAddress(text) ?? []);
  return read.map(({ type, address }) => ({ type, name, ttl: external.ttl, address }));
}

/** null where there is no such name. */
function answer(zone: Zone): PluginReply | null {
  const { name, type } = zone.request.question;
  const reversed = type === "PTR" && isUnder("arpa.", name) ? addressOfReverse(name) : undefined;
  if (reversed !== undefined) return pointers(zone, reversed);
  const found = externalCandidates(zone, name);
  if (found === null) return null;
  switch (type) {
    case "A":
    case "AAAA":
      return records(zone, addressesOf(zone, found, type));
    case "SRV":
      return services(zone, found);
    default:
      return denial(zone, "NOERROR");
  }
}

function pointers(zone: Zone, address: string): PluginReply | null {
  const { name } = zone.request.question;
  const forward = zone.external.zones.find((one) => !/(^|\.)(in-addr|ip6)\.arpa\.$/i.test(one));
  const names = servicesWithExternalAddress(zone, address);
  if (names.length === 0 || forward === undefined) return null;
  return records(
    zone,
    names.map((service): ResourceRecord => ({ type: "PTR", name, ttl: zone.external.ttl, target: `${service}.${forward}` })),
  );
}

/** Addresses of that family, each once; a load balancer's name is an alias that the whole chain follows. */
function addressesOf(zone: Zone, found: readonly ExternalCandidate[], type: "A" | "AAAA"): readonly ResourceRecord[] {
  const { name } = zone.request.question;
  const { ttl } = zone.external;
  const answers = new Map<string, readonly ResourceRecord[]>();
  for (const { host } of found) {
    if (host.kind === "name") {
      const alias: ResourceRecord = { type: "CNAME", name, ttl, target: host.name };
      answers.set(host.name, [alias, ...lookedUp(zone, host.name, type)]);
    } else if (host.type === type) answers.set(host.address, [{ type, name, ttl, address: host.address }]);
  }
  return [...answers.values()].flat();
}

function lookedUp({ request, whole }: Zone, name: string, type: "A" | "AAAA"): readonly ResourceRecord[] {
  return whole(withQuestion(request, { name, type, class: "IN" })).message.answers;
}

/** One record per target and port; the weight shares 100 among all that was found. */
function services(zone: Zone, found: readonly ExternalCandidate[]): PluginReply {
  const { name } = zone.request.question;
  const { ttl } = zone.external;
  const weight = Math.max(1, Math.floor(100 / found.length));
  const answers = new Map<string, ResourceRecord>();
  const additional = new Map<string, readonly ResourceRecord[]>();
  for (const { host, port, target: own } of found) {
    if (port === -1) continue;
    const target = host.kind === "name" ? host.name : own;
    answers.set(`${target} ${port}`, { type: "SRV", name, ttl, priority: 0, weight, port, target });
    if (host.kind === "name") additional.set(target, [...lookedUp(zone, target, "A"), ...lookedUp(zone, target, "AAAA")]);
    else additional.set(`${target} ${host.address}`, [{ type: host.type, name: target, ttl, address: host.address }]);
  }
  return records(zone, [...answers.values()], [...additional.values()].flat());
}
