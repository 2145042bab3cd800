/**
 * Where the everyday explanation of service discovery is dated or loosely put: what one often reads, what is so today,
 * and since when. Each note stands beside the thing that it is about.
 */

export interface Note {
  readonly id: NoteId;
  /** What one often reads. */
  readonly then: string;
  /** What is so in the modelled release. */
  readonly now: string;
  readonly since: string;
}

export const NOTE_IDS = [
  "cbr0",
  "endpoints-watched",
  "endpoints-object",
  "round-robin",
  "kube-proxy-app",
  "a-records",
  "vip-and-port",
  "default-gateways",
  "healthy-pods",
  "allocation-map",
  "overlay",
  "front-end-never-changes",
  "resolv-conf",
] as const;

export type NoteId = (typeof NOTE_IDS)[number];

export const NOTES: Readonly<Record<NoteId, Note>> = {
  cbr0: {
    id: "cbr0",
    then: "Packets go to the bridge cbr0.",
    now: "kubenet and its cbr0 are gone; the bridge plugin makes cni0. Calico and Cilium have no bridge at all.",
    since: "1.24",
  },
  "endpoints-watched": {
    id: "endpoints-watched",
    then: "kube-proxy watches Endpoints.",
    now: "It watches EndpointSlices only. Endpoints objects are deprecated and answered with a warning.",
    since: "1.21, 1.33",
  },
  "endpoints-object": {
    id: "endpoints-object",
    then: "Every Service has an Endpoints object.",
    now: "Only a Service with a selector gets one, beside EndpointSlices of up to 100 endpoints each.",
    since: "1.21",
  },
  "round-robin": {
    id: "round-robin",
    then: "Requests are spread round-robin.",
    now: "In iptables mode each new connection is a random draw; requests on one connection stay with one Pod.",
    since: "always; userspace mode, removed in 1.26, took turns",
  },
  "kube-proxy-app": {
    id: "kube-proxy-app",
    then: "kube-proxy is a Pod through which the traffic goes.",
    now: "It is a node agent, often run as a DaemonSet. It only writes rules into the kernel; no packet passes through it.",
    since: "1.26",
  },
  "a-records": {
    id: "a-records",
    then: "The cluster DNS keeps A records.",
    now: "A and AAAA, SRV for named ports, PTR for addresses; a CNAME for ExternalName.",
    since: "dual stack 1.23",
  },
  "vip-and-port": {
    id: "vip-and-port",
    then: "DNS gives the virtual IP and port.",
    now: "An A record holds the address alone. The port is known to the client, or asked for by SRV.",
    since: "always",
  },
  "default-gateways": {
    id: "default-gateways",
    then: "The packet travels from default gateway to default gateway until a kernel traps it.",
    now: "The rewrite happens on the client's own node, at PREROUTING, before routing. It never leaves towards a Service network.",
    since: "always",
  },
  "healthy-pods": {
    id: "healthy-pods",
    then: "Only healthy Pods get traffic.",
    now: "Ready Pods do: the Ready condition decides. If none is ready, those that are terminating but still serve are used.",
    since: "1.28",
  },
  "allocation-map": {
    id: "allocation-map",
    then: "ClusterIPs come from one fixed range, kept in an allocation map.",
    now: "Each is an IPAddress object; ranges are ServiceCIDR objects that can be added. The low band is left to chosen addresses.",
    since: "1.26, 1.33",
  },
  overlay: {
    id: "overlay",
    then: "The Pod network is an overlay.",
    now: "That is the network plugin's choice. Here flannel wraps packets in VXLAN; others route by BGP or in the cloud.",
    since: "always",
  },
  "front-end-never-changes": {
    id: "front-end-never-changes",
    then: "A Service's front end never changes.",
    now: "The ClusterIP stays for the life of the object. Delete it and make it again, and the address is another one; ports may be edited.",
    since: "always",
  },
  "resolv-conf": {
    id: "resolv-conf",
    then: "Every Pod's resolv.conf names the cluster DNS.",
    now: "Only with dnsPolicy ClusterFirst, the default. A cache on the node, 169.254.20.10, may stand between.",
    since: "NodeLocal DNSCache 1.18",
  },
};
