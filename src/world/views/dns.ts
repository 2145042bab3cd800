/** The cluster's DNS: replicas with their caches and ages, the zone, look-ups, what a client Pod's resolv.conf says. */
import type { SimTime } from "../../engine/time";
import { showRecord } from "../../dns/message/show";
import type { ResourceRecord } from "../../dns/message/types";
import type { DnsCache, ShownEntry } from "../../dns/server/cache-store";
import type { CorefileConfig } from "../../dns/server/config";
import { addonConfig, kubeadmConfig } from "../../dns/server/config";
import { zoneRecords } from "../../dns/server/kubernetes/zone";
import { EPOCH_SECONDS } from "../../dns/server/request";
import { showCorefile } from "../../dns/server/show-corefile";
import { corefileOf, corefileText } from "../corefile-map";
import { kernelRemark } from "../kernel-version";
import { resolvConfOf } from "../machines";
import { nodeCacheAddresses, wantsNodeCaches } from "../node-cache";
import { clientPods } from "../requests";
import { watcherOf } from "../sim";
import type { WorldState } from "../state";
import type { CacheEntryView, DnsView, Looking } from "../view-types";
import { clientCaches } from "./client-caches";
import { lookupBriefs, lookupInFull } from "./lookups";

/** DNS at a moment. Records are made only where they are looked at: in a large cluster there are many. */
export function dnsView(state: WorldState, at: SimTime, { lookup, records }: Pick<Looking, "lookup" | "records"> = {}): DnsView {
  const corefile = showCorefile(corefileNow(state));
  const [client] = clientPods(state);
  const resolvConf = client === undefined ? null : resolvConfOf(state, client);
  const warned = (resolvConf?.warnings ?? []).map((warning) => `DNSConfigForming, ${client?.metadata.name ?? ""}: ${warning}`);
  return {
    corefile: corefileText(state),
    corefileIs: corefileIs(corefile),
    replicas: replicas(state, at),
    records: records === undefined ? [] : recordsOf(state, at, records),
    recordsAt: replicas(state, at).find(({ pod }) => pod === records)?.revision ?? state.store.head,
    nodeCaches: nodeCaches(state, at),
    clientCaches: clientCaches(state, at),
    resolvConf: resolvConf?.text ?? "",
    remarks: [kernelRemark(state), nodeCacheRemark(state), ...warned].filter((remark) => remark !== ""),
    lookups: lookupBriefs(state),
    lookup: lookupInFull(state, lookup),
  };
}

/** The zone as a replica answers it from its page, or as it would be answered from the newest. */
function recordsOf(state: WorldState, at: SimTime, pod: string): readonly string[] {
  const { store, watches, processes } = state;
  const replica = processes.all().find(({ program }) => program.program === "coredns" && program.role === "replica" && program.pod === pod);
  const { kubernetes } = replica?.program.program === "coredns" ? replica.program.config : corefileNow(state);
  if (kubernetes === null) return [];
  const view = replica === undefined ? store.latest() : store.view(watches.revisionsAt(watcherOf.dns(pod), at));
  return zoneRecords(view, kubernetes, EPOCH_SECONDS).map(showRecord);
}

function corefileNow(state: WorldState): CorefileConfig {
  const read = corefileOf(state);
  return read.ok ? read.value : state.setup.config.corefile;
}

function nodeCacheRemark(state: WorldState): string {
  if (!wantsNodeCaches(state)) return "";
  return "NodeLocal DNSCache runs on the nodes: it takes the Pods' queries at 169.254.20.10 and at kube-dns's own address, past conntrack, and asks CoreDNS by TCP.";
}

function corefileIs(text: string): string {
  if (text === showCorefile(kubeadmConfig())) return "kubeadm's Corefile: answers about the cluster domain are not cached.";
  if (text === showCorefile(addonConfig())) return "The add-on's Corefile: everything is cached for up to 30 s, denials too.";
  return "This cluster's own Corefile.";
}

function replicas(state: WorldState, at: SimTime): DnsView["replicas"] {
  const current = showCorefile(corefileNow(state));
  return state.processes.all().flatMap(({ id, pod, program }) => {
    if (program.program !== "coredns" || program.role !== "replica") return [];
    const first = state.watches.firstUnseen(watcherOf.dns(program.pod), ["Service", "EndpointSlice", "Namespace"], at);
    return [
      {
        pod: program.pod,
        address: state.pods.get(pod)?.links?.address ?? "",
        revision: first === undefined ? state.store.head : first.revision - 1,
        behind: first === undefined ? 0 : at - first.at,
        state: program.stopping ? "stopping" : "answering",
        answers: program.answers,
        waiting: program.pending.size,
        hasCurrentCorefile: showCorefile(program.config) === current,
        cache: cacheEntries(state.dnsCaches.get(id), at),
      },
    ];
  });
}

function nodeCaches(state: WorldState, at: SimTime): DnsView["nodeCaches"] {
  return state.processes.all().flatMap(({ id, host: node, program }) => {
    if (program.program !== "coredns" || program.role !== "node cache") return [];
    return [
      {
        node,
        pod: program.pod,
        addresses: nodeCacheAddresses(state.hosts.get(node)),
        state: program.stopping ? "stopping" : "answering",
        answers: program.answers,
        connections: program.forwarding.idle.length,
        cache: cacheEntries(state.dnsCaches.get(id), at),
      },
    ];
  });
}

/** The live entries of a cache. */
export function cacheEntries(cache: DnsCache | undefined, at: SimTime): readonly CacheEntryView[] {
  return (cache?.entries(at) ?? []).map((entry) => {
    const { key, kind, left, ttl, storedAt, answer, message } = entry;
    const [question] = message.questions;
    const { answers, authority, additional } = message;
    return {
      key,
      name: question?.name ?? "",
      type: question?.type ?? "",
      kind,
      ttl: left,
      storedFor: ttl,
      storedAt,
      setBy: setBy(entry),
      answer,
      records: [...answers, ...authority, ...additional].map((record) => showRecord(withTtl(record, left))),
    };
  });
}

function withTtl(record: ResourceRecord, ttl: number): ResourceRecord {
  return { ...record, ttl };
}

function setBy({ setBy: setter, kind, ttl }: ShownEntry): string {
  switch (setter) {
    case "records":
      return kind === "denial" ? `the SOA's TTL of ${ttl} s` : `the records' TTL of ${ttl} s`;
    case "longest":
      return `the cache's longest time, ${ttl} s`;
    case "shortest":
      return `the cache's shortest time, ${ttl} s`;
    case "failure":
      return `${ttl} s, as for every server failure`;
  }
}
