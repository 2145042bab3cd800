/** The one door from dns/ to cluster/: what the kubernetes plugin reads, and on which revisions. Types only. */
export type { EndpointSlice, Kind, Pod, Service } from "../../../cluster/objects";
export type { ClusterView, Revision } from "../../../cluster/store-types";
