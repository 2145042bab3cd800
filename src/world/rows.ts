/** The rows of the world's tables: plain, immutable, replaced on write. */
import type { ApiWrite } from "../cluster/api-write";
import type { Revision } from "../cluster/store-types";
import type { ResolvConf } from "../dns/resolver/resolv-conf";
import type { Micros, SimTime } from "../engine/time";
import type { IpAddress } from "../network/address";
import type { HostLocal } from "../node/agents/cni";
import type { PodStage } from "../node/agents/kubelet";
import type { ProbeName, ProbeWorker } from "../node/agents/probes";
import type { Restarts } from "../node/agents/restarts";
import type { NodeLinks, PodLinks } from "../node/agents/node-network";
import type { ProcessInput } from "../workloads/actions";
import type { BrowserInput } from "../workloads/browser-like";
import type { ClientKind } from "./command";
import type { Decision, MissedChange } from "./missed-change";
import type { Program } from "./programs";
import type { ProxyMode } from "./settings";
import type { RequestVerdict } from "./view-types";

/** A node: its machine and what kubelet and CNI keep there. */
export interface AgentRow {
  readonly name: string;
  readonly zone: string;
  readonly links: NodeLinks;
  /** Further addresses that its Node names, on the same NIC. */
  readonly others?: readonly string[];
  readonly ipam: HostLocal;
  /** Nobody joins it any more: it is being drained, or its Node is gone. */
  readonly leaving: boolean;
  /** What is broken; absent where nothing ever was. */
  readonly faults?: NodeFaults;
  /** Writes of its kubelet that do not reach the API server, oldest first. */
  readonly owed?: readonly ApiWrite[];
  /** Since when its kubelet has not renewed its lease; absent while it does. */
  readonly silentSince?: SimTime;
  /** When it last began to renew it again. */
  readonly aliveSince?: SimTime;
}

/** What can be broken of a node. Absent fields are whole. */
export interface NodeFaults {
  readonly kubelet?: "stopped";
  readonly power?: "off";
  readonly network?: "cut";
  /** The free addresses of its Pod range. */
  readonly addresses?: "taken";
}

/** On which revisions a kube-proxy works. */
export interface ProxyRevisions {
  readonly Service: Revision;
  readonly EndpointSlice: Revision;
}

/** A kube-proxy. */
export interface ProxyRow {
  readonly node: string;
  /** The last sync that is through. */
  readonly synced: ProxyRevisions;
  readonly syncedAt: SimTime;
  /** When the last sync began; the next begins at least minSyncPeriod later. */
  readonly startedAt: SimTime;
  /** The sync under way. */
  readonly running: ProxyRevisions | null;
  /** A sync is scheduled. */
  readonly isDue: boolean;
  /** A change came while a sync was under way. */
  readonly again: boolean;
  /** It has just started in this mode: the rules of the mode before are gone, and its first sync is not through. */
  readonly starting?: ProxyMode;
  /** It does not run; its rules stay. */
  readonly stopped?: true;
  /** IPVS mode: when drained real servers are looked at next; absent where there are none. */
  readonly drainsAt?: SimTime;
}

/** A Pod as its kubelet has it. */
export interface PodRow {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly stage: PodStage;
  /** Voids the stages that were to come when the Pod's end began. */
  readonly generation: number;
  /** Its network namespace, "" where there is none. On the host network: the node's. */
  readonly host: string;
  readonly links: PodLinks | null;
  readonly killed: boolean;
  readonly startedAt: SimTime;
  /** Stages that wait for a kubelet that does not run. */
  readonly held?: readonly PodStage[];
  /** Restarts of its containers; absent before the first. */
  readonly restarts?: Restarts;
  /** Its programs end one second after every start. */
  readonly crashes?: true;
  /** Probes to which its program gives a bad answer. */
  readonly failing?: readonly ProbeName[];
  /** When its programs were last started; absent where they run since before the run began. */
  readonly programsAt?: SimTime;
  /** Its probes' workers, once one of them had something to find. */
  readonly probes?: readonly ProbeWorker[];
}

/** A running program. */
export interface ProcessRow {
  /** Owner of its sockets: `pod:NS/NAME server`. */
  readonly id: string;
  readonly host: string;
  /** UID of its Pod, "" for a machine outside. */
  readonly pod: string;
  readonly program: Program;
  /** It stands still: what it has not taken up yet, oldest first. */
  readonly held?: readonly (ProcessInput | BrowserInput)[];
}

/** Where a query or its answer was, and what happened to it there. */
export interface QueryStep {
  readonly at: SimTime;
  readonly place: "node" | "node cache" | "coredns" | "upstream";
  /** Name of the node or Pod, or an address outside. */
  readonly who: string;
  readonly did: string;
}

/** A query of a request's resolver, as it went. */
export interface QueryRow {
  readonly at: SimTime;
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly server: string;
  readonly rcode: string;
  readonly answers: readonly string[];
  readonly by: string;
  readonly cache: string;
  readonly answeredAt: SimTime | null;
  readonly transport: "udp" | "tcp";
  /** The query's bytes, and its answer's; null while none has come. */
  readonly query: Uint8Array;
  readonly reply: Uint8Array | null;
  readonly steps: readonly QueryStep[];
}

/** A look-up by hand: what a request is that asks for a name and for nothing behind it. */
export interface LookupAsked {
  readonly name: string;
  /** "" for A and AAAA, as getaddrinfo asks. */
  readonly type: string;
  readonly resolver: "glibc" | "musl" | "dig";
  /** The name server that dig was told to ask, "" for those of resolv.conf. */
  readonly server: string;
}

/** A request of a client. */
export interface RequestRow {
  readonly id: number;
  readonly startedAt: SimTime;
  readonly endedAt: SimTime | null;
  /** `ns/name` of the client's Pod. */
  readonly client: string;
  readonly clientUid: string;
  readonly clientNode: string;
  readonly clientKind: ClientKind;
  readonly to: string;
  /** `ns/name` of the Service that the name or address belongs to, "" where none. */
  readonly service: string;
  /** Where the kernel sent its connection: address, port and Pod UID, "" where it has not (yet). */
  readonly backend: { readonly address: IpAddress; readonly port: number; readonly pod: string; readonly node: string } | null;
  readonly queries: readonly QueryRow[];
  readonly answeredBy: string;
  readonly verdict: RequestVerdict;
  readonly sentence: string;
  /** A rule rejected it. */
  readonly rejected: boolean;
  /** What the rules of its node did with its connection, null before it connects. */
  readonly decision: Decision | null;
  /** The change that would have led it elsewhere and had not arrived; null where there is none, or it ended well. */
  readonly missed: MissedChange | null;
  /** Absent for a request proper. */
  readonly lookup?: LookupAsked;
  /** The client's /etc/resolv.conf. */
  readonly resolvConf: ResolvConf;
}

/** What there is one of. */
export interface Standing {
  readonly perSecond: number;
  readonly client: ClientKind;
  /** Voids traffic that was scheduled at an older rate. */
  readonly trafficGeneration: number;
  readonly nextRequest: number;
  /** The Pod range that was handed out last. */
  readonly lastRange: string;
  /** How many workers there are to be. */
  readonly workers: number;
  /** The mode that kube-proxies are to have, once one was asked for. */
  readonly proxyMode?: ProxyMode;
  /** Settings of delays, once they were moved. */
  readonly minSyncPeriod?: Micros;
  readonly watchDelay?: Micros;
  readonly storeDelay?: Micros;
  /** Readers whose own watches are cut. */
  readonly cutWatches?: readonly string[];
  /** Who asks the API server, once somebody was chosen. */
  readonly user?: string;
}
