/**
 * The kubernetes plugin: answers for the cluster zone and its reverse zones from a view of the cluster.
 * Source: CoreDNS plugin/kubernetes/handler.go. Left out: AXFR (refused, as without the transfer plugin), multicluster.
 */
import type { Kind } from "../kubernetes/cluster";
import { isUnder, longestZone, sameName, trimZone } from "../../message/name";
import type { ResourceRecord } from "../../message/types";
import type { KubernetesOptions } from "../config";
import type { Lookup } from "../kubernetes/candidates";
import { addressOfReverse, candidates, namesOfAddress } from "../kubernetes/candidates";
import type { NameServer } from "../kubernetes/nameservers";
import { glueRecords, nameServers, nsRecords } from "../kubernetes/nameservers";
import type { AskOutside, Found } from "../kubernetes/records";
import { addressRecords, aliasRecords, existence, foundRecords, soaRecord, srvRecords } from "../kubernetes/records";
import type { DnsRequest, Next, PluginReply } from "../request";
import { fallsThrough, ownReply, withQuestion } from "../request";

/** TTL of the `dns-version` record, seconds. */
const VERSION_TTL = 28_800;

/** The plugin with its options; `whole` is the chain from its beginning, for aliases that lead out of the zone. */
export function kubernetesPlugin(options: KubernetesOptions, whole: Next): (request: DnsRequest, next: Next) => PluginReply {
  return (request, next) => {
    const { name, type } = request.question;
    const matched = longestZone(options.zones, name);
    if (matched === undefined) return next(request);
    if (type === "AXFR" || type === "IXFR") return ownReply(request, { rcode: "REFUSED" });
    noteReads(request, options);
    const zone = matched === "." ? "." : name.slice(name.length - matched.length);
    const found = find(request, { view: request.view, options, zone }, whole);
    if (found === "no such name" && fallsThrough(options.fallthrough, name)) return next(request);
    return reply(request, zone, options.ttl, found);
  };
}

function noteReads(request: DnsRequest, options: KubernetesOptions): void {
  const kinds: readonly Kind[] = ["Namespace", "Service", "EndpointSlice", ...(options.pods === "verified" ? ["Pod" as const] : [])];
  for (const kind of kinds) request.read.set(kind, request.view.revisionOf(kind));
}

function reply(request: DnsRequest, zone: string, ttl: number, found: Found): PluginReply {
  const authority: readonly ResourceRecord[] = [soaRecord(zone, ttl, request.runtime.serial)];
  if (found === "no such name") {
    return ownReply(request, { rcode: request.runtime.hasSynced ? "NXDOMAIN" : "SERVFAIL", authoritative: true, authority });
  }
  if (found.answers.length === 0) return ownReply(request, { authoritative: true, authority });
  return ownReply(request, { authoritative: true, ...found });
}

function find(request: DnsRequest, lookup: Lookup, whole: Next): Found {
  const { name, type } = request.question;
  const isServerName = sameName(name, `ns.dns.${lookup.zone}`);
  switch (type) {
    case "A":
    case "AAAA":
      return isServerName
        ? foundRecords(serverAddresses(request, lookup).filter((record) => record.type === type))
        : addressRecords(lookup, name, type, outsideOf(request, whole));
    case "CNAME":
      return isServerName ? foundRecords([]) : aliasRecords(lookup, name);
    case "SRV":
      return isServerName ? foundRecords([]) : srvRecords(lookup, name);
    case "TXT":
      return textRecords(lookup, name);
    case "PTR":
      return pointerRecords(lookup, name);
    case "SOA":
      return foundRecords(name === lookup.zone ? [soaRecord(lookup.zone, lookup.options.ttl, request.runtime.serial)] : []);
    case "NS":
      if (name.toLowerCase() === lookup.zone) return nsOfZone(lookup, name, nameServers(lookup, request.runtime.localIPs));
      return existence(candidates(lookup, name));
    default:
      return isServerName ? foundRecords([]) : existence(candidates(lookup, name));
  }
}

function outsideOf(request: DnsRequest, whole: Next): AskOutside {
  return (name, type) => {
    const { message } = whole(withQuestion(request, { name, type, class: "IN" }));
    return { answers: message.answers, truncated: message.flags.truncated };
  };
}

/** Addresses of `ns.dns.ZONE`, which stands for whatever the name servers are called. */
function serverAddresses(request: DnsRequest, lookup: Lookup): readonly ResourceRecord[] {
  const name = request.question.name;
  return nameServers(lookup, request.runtime.localIPs).map(({ type, address }) => ({ type, name, ttl: lookup.options.ttl, address }));
}

function nsOfZone(lookup: Lookup, owner: string, servers: readonly NameServer[]): Found {
  return foundRecords(nsRecords(servers, owner, lookup.options.ttl), glueRecords(servers, lookup.options.ttl));
}

/** TXT exists at one name only: the version of the DNS schema. */
function textRecords(lookup: Lookup, name: string): Found {
  const base = trimZone(name, lookup.zone).toLowerCase();
  if (base === "dns-version") return foundRecords([{ type: "TXT", name, ttl: VERSION_TTL, texts: ["1.1.0"] }]);
  return existence(candidates(lookup, name));
}

function pointerRecords(lookup: Lookup, name: string): Found {
  const address = isUnder("arpa.", name) ? addressOfReverse(name) : undefined;
  if (address === undefined) return existence(candidates(lookup, name));
  const targets = namesOfAddress(lookup, address);
  if (targets.length === 0) return "no such name";
  return foundRecords(targets.map((target) => ({ type: "PTR", name, ttl: lookup.options.ttl, target })));
}
