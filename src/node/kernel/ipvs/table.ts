/**
 * Virtual and real servers as the kernel's IPVS holds them, and as `ipvsadm` prints them. Immutable: connections, the
 * schedulers' places and real servers that are drained are hot state (see state.ts).
 * Source: net/netfilter/ipvs/ip_vs_ctl.c; ipvsadm 1.31 (libipvs.c for the order, ipvsadm.c for the form).
 */
import { addressNumber } from "../nftables/intervals";
import { showEndpoint } from "../../../network/address";

/** How a new connection finds its real server. Source: net/netfilter/ipvs/ip_vs_{rr,wrr,lc,wlc,sh,mh,dh,sed,nq}.c. */
export type IpvsScheduler = "rr" | "wrr" | "lc" | "wlc" | "sh" | "mh" | "dh" | "sed" | "nq";

/** All of them. */
export const IPVS_SCHEDULERS: readonly IpvsScheduler[] = ["rr", "wrr", "lc", "wlc", "sh", "mh", "dh", "sed", "nq"];

/** A real server. It is reached by masquerading (NAT), the only way that kube-proxy uses. */
export interface RealServer {
  readonly address: string;
  readonly port: number;
  /** 0: no new connections. */
  readonly weight: number;
}

/** A virtual server. */
export interface VirtualServer {
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly address: string;
  readonly port: number;
  readonly scheduler: IpvsScheduler;
  /** Seconds for which a client stays with its real server; 0 where it need not. */
  readonly persistence: number;
  /** In the order in which schedulers look at them. */
  readonly servers: readonly RealServer[];
}

/** Everything that was set up. `version` names its content. */
export interface IpvsTable {
  readonly version: string;
  /** By `virtualKey`. */
  readonly servers: ReadonlyMap<string, VirtualServer>;
}

/** Names a virtual server: `tcp 10.96.0.10:53`. */
export function virtualKey({ protocol, address, port }: Pick<VirtualServer, "protocol" | "address" | "port">): string {
  return `${protocol} ${showEndpoint(address, port)}`;
}

/** Names a real server within its virtual one: `10.244.1.2:8080`. */
export function realKey({ address, port }: Pick<RealServer, "address" | "port">): string {
  return showEndpoint(address, port);
}

const BY_KEY = new WeakMap<VirtualServer, ReadonlyMap<string, RealServer>>();

/** A real server by its `realKey`; every packet of a connection asks. */
export function serverByKey(virtual: VirtualServer, key: string): RealServer | undefined {
  const known = BY_KEY.get(virtual) ?? new Map(virtual.servers.map((server) => [realKey(server), server]));
  BY_KEY.set(virtual, known);
  return known.get(key);
}

/** What `ipvsadm-save -n` prints; `drained` are real servers beside those of the table (by virtual server). */
export function ipvsadmText({ servers }: IpvsTable, drained: ReadonlyMap<string, readonly RealServer[]> = new Map()): string {
  const lines = [...servers.entries()]
    .toSorted(([, a], [, b]) => compareVirtual(a, b))
    .flatMap(([key, virtual]) => {
      const all = listedServers([...virtual.servers, ...(drained.get(key) ?? [])]);
      return [virtualLine(virtual), ...all.map((real) => realLine(virtual, real))];
    });
  return lines.map((line) => `${line}\n`).join("");
}

/** Real servers in the order in which ipvsadm lists them. */
export function listedServers(servers: readonly RealServer[]): readonly RealServer[] {
  return servers.toSorted(compareReal);
}

/** As ipvsadm names a virtual server in its listings: `TCP 10.96.0.10:53`. */
export function virtualName({ protocol, address, port }: Pick<VirtualServer, "protocol" | "address" | "port">): string {
  return `${protocol.toUpperCase()} ${showEndpoint(address, port)}`;
}

const FLAGS = { tcp: "-t", udp: "-u", sctp: "--sctp-service" } as const;
const NUMBERS = { tcp: 6, udp: 17, sctp: 132 } as const;

function placeOf({ protocol, address, port }: VirtualServer): string {
  return `${FLAGS[protocol]} ${showEndpoint(address, port)}`;
}

/** `-A -t 10.96.0.10:53 -s rr`. kube-proxy asks mh to hash the source port as well. */
export function virtualLine(virtual: VirtualServer): string {
  const persistent = virtual.persistence === 0 ? "" : ` -p ${virtual.persistence}`;
  return `-A ${placeOf(virtual)} -s ${virtual.scheduler}${persistent}${virtual.scheduler === "mh" ? " -b mh-port" : ""}`;
}

/** `-a -t 10.96.0.10:53 -r 10.244.0.3:53 -m -w 1`. */
export function realLine(virtual: VirtualServer, real: RealServer): string {
  return `-a ${placeOf(virtual)} -r ${realKey(real)} -m -w ${real.weight}`;
}

/** By protocol, address, port. ipvsadm subtracts addresses as signed numbers, so that 192.168.0.11 stands before 10.96.0.1. */
function compareVirtual(a: VirtualServer, b: VirtualServer): number {
  return NUMBERS[a.protocol] - NUMBERS[b.protocol] || signed(a.address, b.address) || a.port - b.port;
}

function compareReal(a: RealServer, b: RealServer): number {
  return signed(a.address, b.address) || a.port - b.port;
}

/** The difference of the 32-bit words of two addresses, the first that differ, as a C int. */
function signed(a: string, b: string): number {
  for (let shift = 96n; shift >= 0n; shift -= 32n) {
    const difference = Number(((addressNumber(a) >> shift) - (addressNumber(b) >> shift)) & 0xffff_ffffn) | 0;
    if (difference !== 0) return difference;
  }
  return 0;
}
