/**
 * What the world shows of itself: plain data, made for one moment, sent over the bridge. The page draws these and
 * decides nothing. Everything here is in the text twin too.
 */
import type { ApiStage } from "../cluster/api-server";
import type { Kind, Labels } from "../cluster/objects";
import type { ConntrackShow } from "../node/kernel/conntrack/show-types";
import type { InterfaceRole } from "../node/kernel/hop";
import type { ClientKind } from "./command";
import type { ProxyMode } from "./settings";
import type { DisturbancesView } from "./view-types/disturbances";
import type { RolloutView } from "./view-types/rollout";
import type { DnsView } from "./view-types/dns";
import type { MissedChangeView } from "./view-types/journey";
import type { ObjectView } from "./view-types/api";
import type { RulesView } from "./view-types/rules";

export type * from "./view-types/api";
export type * from "./view-types/capture";
export type * from "./view-types/cost";
export type * from "./view-types/disturbances";
export type * from "./view-types/dns";
export type * from "./view-types/journey";
export type * from "./view-types/lab";
export type * from "./view-types/looking";
export type * from "./view-types/message";
export type * from "./view-types/resolve";
export type * from "./view-types/rollout";
export type * from "./view-types/rules";
export type * from "./view-types/spread";
export type * from "./view-types/three-modes";

/** Which moment of which branch a message is about. Panes are painted together only with equal stamps. */
export interface Stamp {
  readonly branch: string;
  /** Number of the last handled event, -1 before the first. */
  readonly event: number;
  /** The shown moment, whole microseconds. */
  readonly at: number;
}

/** A Pod's state in one word, as `kubectl get pods` and the signs have it. */
export type PodState =
  | "Pending"
  | "ContainerCreating"
  | "Running"
  | "Not ready"
  | "CrashLoopBackOff"
  | "Terminating"
  | "Completed"
  | "Failed";

/** One Pod. */
export interface PodView {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** Name of the Deployment (or other top owner) it belongs to, "" where none. */
  readonly owner: string;
  readonly node: string;
  /** "" until it is known in the API. */
  readonly address: string;
  readonly state: PodState;
  readonly ready: boolean;
  /** Whole microseconds of cluster time, null where not ready. */
  readonly readySince: number | null;
  readonly createdAt: number;
  readonly labels: Labels;
  /** Host end of its veth, "" until there is one. */
  readonly veth: string;
  /** Service names (ns/name) whose selector matches it now. */
  readonly services: readonly string[];
}

/** One address range and how far it is used. Source: host-local, nodeipam. */
export interface RangeView {
  readonly range: string;
  readonly gateway: string;
  readonly used: readonly { readonly address: string; readonly by: string }[];
  readonly free: number;
  readonly lastReserved: string;
}

/** One Node with what stands on it. */
export interface NodeView {
  readonly name: string;
  readonly address: string;
  readonly zone: string;
  readonly controlPlane: boolean;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  readonly taints: readonly string[];
  readonly podRange: RangeView;
  readonly bridgeAddress: string;
  readonly vtepAddress: string;
  /** kube-proxy's last successful sync: when, and on which revisions; how far behind the store. */
  readonly proxy: {
    readonly syncedAt: number;
    readonly syncing: boolean;
    readonly serviceRevision: number;
    readonly sliceRevision: number;
    /** Whole microseconds since the oldest change that has not arrived or is not yet in its rules; 0 where none. */
    readonly behind: number;
    /** It does not run: its rules stay. */
    readonly stopped: boolean;
  };
  /** Its machine has no power. */
  readonly off: boolean;
  /** When its kubelet last renewed its lease. */
  readonly leaseRenewedAt: number;
  readonly interfaces: readonly InterfaceView[];
  /** `ip route`, `ip neigh`, `bridge fdb` text. */
  readonly routes: string;
  readonly neighbours: string;
  readonly fdb: string;
}

/** One interface of a node. */
export interface InterfaceView {
  readonly name: string;
  readonly role: InterfaceRole;
  readonly mac: string;
  readonly addresses: readonly string[];
}

/** One port of a Service's front end. */
export interface ServicePortView {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly targetPort: string;
}

/** A Service: the front end that stays, and the back end that moves. */
export interface ServiceView {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly clusterIP: string;
  readonly ports: readonly ServicePortView[];
  readonly selector: Labels | null;
  /** Names of the Pods that the selector matches now. */
  readonly matchingPods: readonly string[];
  readonly readyEndpoints: number;
  readonly createdAt: number;
  /** In words, where something about it needs saying (matches nothing, no selector, no endpoints). */
  readonly remark: string;
}

/** One endpoint of a slice. */
export interface EndpointView {
  readonly address: string;
  readonly pod: string;
  readonly node: string;
  readonly zone: string;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
}

/** One EndpointSlice. */
export interface SliceView {
  readonly namespace: string;
  readonly name: string;
  readonly service: string;
  readonly revision: number;
  readonly ports: readonly string[];
  readonly endpoints: readonly EndpointView[];
  /** The legacy Endpoints view of the same Service, in kubectl's words (`10.244.1.3:8080,…`). */
  readonly legacyEndpoints: string;
}

/** Somebody who watches the store, and how old its page is. */
export interface ReaderView {
  /** `deployment`, `kube-proxy, node-b`, `coredns-4tzpq` … */
  readonly reader: string;
  readonly kind: "controller" | "kubelet" | "kube-proxy" | "coredns";
  readonly host: string;
  /** The store revision up to which it acts. */
  readonly revision: number;
  /** Whole microseconds since the oldest change it does not act on yet; 0 where none. */
  readonly behind: number;
  /** How far its watch of each kind has come. */
  readonly cursors: readonly { readonly kind: Kind; readonly revision: number }[];
  /** Nothing reaches it: its watch is cut, it does not run, or its node is cut off. */
  readonly cut: boolean;
}

/** How a request ended, or that it has not. `resolved`: a look-up by hand got its answer. */
export type RequestVerdict = "under way" | "answered" | "refused" | "timed out" | "reset" | "name not found" | "unreachable" | "resolved";

/** One request of a client. */
export interface RequestView {
  readonly id: number;
  readonly startedAt: number;
  /** null while under way. */
  readonly endedAt: number | null;
  readonly client: string;
  readonly clientUid: string;
  readonly clientKind: ClientKind;
  /** The URL asked for. */
  readonly to: string;
  /** Pod that answered, "" where none. */
  readonly answeredBy: string;
  readonly verdict: RequestVerdict;
  /** One sentence on how it ended. */
  readonly sentence: string;
  /** The change that had not arrived where it failed by that; null else. */
  readonly missed: MissedChangeView | null;
}

/** A request as one flight over the stage, seen from the cluster. */
export interface FlightView {
  readonly request: number;
  readonly startedAt: number;
  /** null while under way. */
  readonly endedAt: number | null;
  readonly fromPod: string;
  /** UID of the Pod that the kernel chose; "" where none was. */
  readonly toPod: string;
  readonly fromNode: string;
  readonly toNode: string;
  readonly service: string;
  readonly verdict: RequestVerdict;
}

/** What a recorded event took up: an object revision. */
export interface Consumed {
  readonly kind: Kind;
  readonly name: string;
  readonly revision: number;
}

/** Lanes of the timeline: you, API server, controllers, one per node, per CoreDNS replica, per followed connection. */
export type LaneId = string;

/** One recorded event. */
export interface TraceEvent {
  readonly number: number;
  readonly at: number;
  /** Event kind in a word or two, such as `write`, `kube-proxy sync`, `frame`. */
  readonly kind: string;
  readonly lane: LaneId;
  /** What it is about, as `Kind ns/name` or a host. */
  readonly object: string;
  /** One plain sentence in the present tense. */
  readonly sentence: string;
  /** The event that scheduled it, -1 for the start. */
  readonly trigger: number;
  readonly consumed: readonly Consumed[];
  /** On which revision of each kind it decided. */
  readonly read: Readonly<Partial<Record<Kind, number>>>;
  /** The revision that it made, for writes. */
  readonly wrote?: Consumed;
  /** For bars (syncs, Pod starts): how long it takes, whole microseconds. */
  readonly span?: number;
  /** Of a kubelet's event: the stage that its Pod enters. */
  readonly podStage?: string;
  /** The request it belongs to, where it does. */
  readonly request?: number;
  /** The stage of the API server that a person's request has come to, and whether it passed. */
  readonly stage?: { readonly name: ApiStage; readonly passed: boolean };
}

/** Conntrack of one node. */
export interface ConntrackView {
  readonly node: string;
  readonly entries: readonly ConntrackShow[];
  /** `conntrack -L` text. */
  readonly text: string;
}

/** The ranges of the three networks, in CIDR notation. */
export interface NetworkRanges {
  /** The cluster's Pods (kube-proxy's clusterCIDR). */
  readonly pods: string;
  /** ClusterIPs. */
  readonly services: readonly string[];
  /** The segment that joins the nodes; "" while there is no node. */
  readonly nodes: string;
}

/** A Deployment or StatefulSet, as a row. */
export interface WorkloadView {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  readonly ready: number;
  readonly updated: number;
  readonly available: number;
  readonly paused: boolean;
  /** Of its first container. */
  readonly image: string;
  /** Revision of the wanted template, 0 before it has one. */
  readonly revision: number;
}

/** All that the page shows of one moment. */
export interface MomentView {
  readonly stamp: Stamp;
  readonly revision: number;
  readonly stateHash: string;
  readonly pods: readonly PodView[];
  readonly nodes: readonly NodeView[];
  readonly services: readonly ServiceView[];
  readonly slices: readonly SliceView[];
  readonly readers: readonly ReaderView[];
  /** Newest first, at most 200. */
  readonly requests: readonly RequestView[];
  readonly deployments: readonly WorkloadView[];
  readonly statefulSets: readonly WorkloadView[];
  readonly traffic: { readonly perSecond: number; readonly client: ClientKind };
  /** Workers. */
  readonly workers: number;
  /** Who asks the API server. */
  readonly user: string;
  /** The mode of the cluster's kube-proxies. */
  readonly proxyMode: ProxyMode;
  readonly ranges: NetworkRanges;
  /** What is broken, and which delays are in force. */
  readonly disturbances: DisturbancesView;
  /** The last recorded event at or before the moment. */
  readonly lastEvent: TraceEvent | null;
  /** Panes that were asked for. */
  readonly rules?: RulesView;
  readonly conntrack?: ConntrackView;
  readonly dns?: DnsView;
  readonly object?: ObjectView;
  /** Of the object that is looked at, where it is a Deployment or a StatefulSet. */
  readonly rollout?: RolloutView;
}
