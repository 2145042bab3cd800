/**
 * Where the everyday explanation of service discovery is dated or loosely put: what one often reads, what is so today,
 * and since when. Each note stands beside the thing that it is about.
 */

export interface Note {
  readonly id: NoteId;
  /** What one often reads. */
  readonly often: string;
  /** What is so in the modelled release. */
  readonly today: string;
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
    often: "Packets go to the bridge cbr0.",
    today: "kubenet and its cbr0 are gone; the bridge plugin makes cni0. Calico and Cilium have no bridge at all.",
    since: "1.24",
  },
  "endpoints-watched": {
    id: "endpoints-watched",
    often: "kube-proxy watches Endpoints.",
    today: "It watches EndpointSlices only. Endpoints objects are deprecated and answered with a warning.",
    since: "1.21, 1.33",
  },
  "endpoints-object": {
    id: "endpoints-object",
    often: "Every Service has an Endpoints object.",
    today: "Only a Service with a selector gets one, beside EndpointSlices of up to 100 endpoints each.",
    since: "1.21",
  },
  "round-robin": {
    id: "round-robin",
    often: "Requests are spread round-robin.",
    today:
      "In iptables and nftables mode each new connection is a random draw; IPVS's rr takes turns, on each node by itself. Requests on one connection stay with one Pod.",
    since: "always; userspace mode, removed in 1.26, took turns",
  },
  "kube-proxy-app": {
    id: "kube-proxy-app",
    often: "kube-proxy is a Pod through which the traffic goes.",
    today: "It is a node agent, often run as a DaemonSet. It only writes rules into the kernel; no packet passes through it.",
    since: "1.26",
  },
  "a-records": {
    id: "a-records",
    often: "The cluster DNS keeps A records.",
    today: "A and AAAA, SRV for named ports, PTR for addresses; a CNAME for ExternalName.",
    since: "dual stack 1.23",
  },
  "vip-and-port": {
    id: "vip-and-port",
    often: "DNS gives the virtual IP and port.",
    today: "An A record holds the address alone. The port is known to the client, or asked for by SRV.",
    since: "always",
  },
  "default-gateways": {
    id: "default-gateways",
    often: "The packet travels from default gateway to default gateway until a kernel traps it.",
    today: "The rewrite happens on the client's own node, at PREROUTING, before routing. It never leaves towards a Service network.",
    since: "always",
  },
  "healthy-pods": {
    id: "healthy-pods",
    often: "Only healthy Pods get traffic.",
    today: "Ready Pods do: the Ready condition decides. If none is ready, those that are terminating but still serve are used.",
    since: "1.28",
  },
  "allocation-map": {
    id: "allocation-map",
    often: "ClusterIPs come from one fixed range, kept in an allocation map.",
    today: "Each is an IPAddress object; ranges are ServiceCIDR objects that can be added. The low band is left to chosen addresses.",
    since: "1.26, 1.33",
  },
  overlay: {
    id: "overlay",
    often: "The Pod network is an overlay.",
    today: "That is the network plugin's choice. Here flannel wraps packets in VXLAN; others route by BGP or in the cloud.",
    since: "always",
  },
  "front-end-never-changes": {
    id: "front-end-never-changes",
    often: "A Service's front end never changes.",
    today:
      "The ClusterIP stays for the life of the object. Delete it and make it again, and the address is another one; ports may be edited.",
    since: "always",
  },
  "resolv-conf": {
    id: "resolv-conf",
    often: "Every Pod's resolv.conf names the cluster DNS.",
    today: "Only with dnsPolicy ClusterFirst, the default. A cache on the node, 169.254.20.10, may stand between.",
    since: "NodeLocal DNSCache 1.18",
  },
};
