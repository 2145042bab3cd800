/** The cluster's DNS at a moment, and look-ups as they went: plain data for the page and the text twin. */
import type { QueryView } from "./journey";

/** An entry of a cache. */
export interface CacheEntryView {
  /** Name in lower case, class, type, and DO or CD where the query had them. */
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly kind: "success" | "denial";
  /** Seconds left; counts down. */
  readonly ttl: number;
  /** Seconds for which it was stored. */
  readonly storedFor: number;
  /** Cluster time at which it was stored, whole microseconds. */
  readonly storedAt: number;
  /** Who set its time, in a sentence: the record, the SOA, the cache's longest or shortest time. */
  readonly setBy: string;
  /** Data in short, or the denial: `A 10.96.0.50`, `NXDOMAIN`, `NODATA`. */
  readonly answer: string;
  /** Each record in zone-file form with the TTL that it would leave with now. */
  readonly records: readonly string[];
}

/** A CoreDNS replica: its page and its cache. */
export interface DnsReplicaView {
  readonly pod: string;
  readonly address: string;
  /** The store revision up to which it answers. */
  readonly revision: number;
  /** Whole microseconds since the oldest change it has not heard of; 0 where none. */
  readonly behind: number;
  /** `answering`; `stopping` while it is in its lameduck time. */
  readonly state: "answering" | "stopping";
  /** Questions answered since it started. */
  readonly answers: number;
  /** Questions that wait for an answer from outside. */
  readonly waiting: number;
  /** Whether it works by the Corefile that stands in the ConfigMap now; not until its reload plugin has seen it. */
  readonly hasCurrentCorefile: boolean;
  readonly cache: readonly CacheEntryView[];
}

/** NodeLocal DNSCache on one node. */
export interface NodeCacheView {
  readonly node: string;
  readonly pod: string;
  /** 169.254.20.10, and the address of kube-dns. */
  readonly addresses: readonly string[];
  readonly state: "answering" | "stopping";
  /** Questions answered since it started. */
  readonly answers: number;
  /** TCP connections to CoreDNS that it keeps. */
  readonly connections: number;
  readonly cache: readonly CacheEntryView[];
}

/** A name that a client program keeps for itself, whatever TTL it came with. */
export interface ClientCacheView {
  /** `ns/name` of the Pod. */
  readonly pod: string;
  readonly client: "jvm-like";
  readonly names: readonly {
    readonly name: string;
    /** Addresses, or `no such name`. */
    readonly answer: string;
    /** Seconds left, and for how many it was kept. */
    readonly ttl: number;
    readonly storedFor: number;
  }[];
}

/** One look-up in a line: by hand (`lookup`), or a request's own. */
export interface LookupBrief {
  /** Its number: it can be followed like a request. */
  readonly request: number;
  readonly by: "lookup" | "request";
  /** What a person would type: `getent ahosts web`, `dig web.shop.svc.cluster.local SRV`, `curl web`. */
  readonly title: string;
  /** `ns/name` of the Pod. */
  readonly from: string;
  readonly name: string;
  /** "" where A and AAAA were asked for, as getaddrinfo does. */
  readonly type: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly verdict: "under way" | "resolved" | "name not found" | "timed out" | "refused" | "unreachable" | "reset";
  /** Queries that it sent. */
  readonly queries: number;
  readonly sentence: string;
}

/** A name of a look-up's plan. */
export interface PlannedNameView {
  /** Absolute. */
  readonly name: string;
  /** The search domain under which it stands; "" for the name as it was typed. */
  readonly domain: string;
  readonly state: "done" | "trying" | "not tried";
}

/** Where a query or its answer was, and what happened to it there. */
export interface LookupStepView {
  readonly at: number;
  readonly place: "pod" | "node" | "node cache" | "coredns" | "upstream";
  /** Name of the Pod, the node, the replica, or the address outside. */
  readonly who: string;
  readonly did: string;
}

/** One query of a look-up on its way, with both messages in their bytes. */
export interface LookupQueryView extends QueryView {
  readonly id: number;
  readonly transport: "udp" | "tcp";
  /** Position in the look-up's plan. */
  readonly planned: number;
  /** `data`, `NODATA`, `NXDOMAIN`, `SERVFAIL` …; "" while it is under way; `no answer`. */
  readonly outcome: string;
  readonly steps: readonly LookupStepView[];
  /** Both messages, two hexadecimal digits a byte; the answer's is "" while none has come. */
  readonly wire: string;
  readonly answerWire: string;
  /** The packets of the followed journey that carry them; -1 where none was seen, or nobody follows. */
  readonly packet: number;
  readonly answerPacket: number;
}

/** A look-up told in full: the ladder. */
export interface LookupView extends LookupBrief {
  /** `glibc`, `musl` or `dig`. */
  readonly resolver: "glibc" | "musl" | "dig";
  /** The Pod's /etc/resolv.conf. */
  readonly resolvConf: string;
  readonly plan: readonly PlannedNameView[];
  readonly asked: readonly LookupQueryView[];
  /** What the program was given. */
  readonly addresses: readonly string[];
}

/** DNS: replicas, their caches and records. */
export interface DnsView {
  readonly corefile: string;
  /** Whose Corefile that is, in a sentence: kubeadm's, the add-on's, or the cluster's own. */
  readonly corefileIs: string;
  readonly replicas: readonly DnsReplicaView[];
  /** By node; empty where there is no NodeLocal DNSCache. */
  readonly nodeCaches: readonly NodeCacheView[];
  /** Caches inside client programs. */
  readonly clientCaches: readonly ClientCacheView[];
  /** Records of the zone, one per line in zone-file form; none where nobody asked for them. */
  readonly records: readonly string[];
  /** The revision of the page that they are made from. */
  readonly recordsAt: number;
  readonly resolvConf: string;
  /** What one has to know about this cluster's DNS, a sentence each: an old kernel, a cache on every node. */
  readonly remarks: readonly string[];
  /** Newest first, at most 40. */
  readonly lookups: readonly LookupBrief[];
  /** The look-up that is told in full; null where there is none. */
  readonly lookup: LookupView | null;
}
