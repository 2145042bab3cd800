/**
 * IP sets: named collections of addresses and ports that rules ask with `-m set --match-set`. Immutable, as rules are.
 * Source: net/netfilter/ipset/ip_set_{hash_ipport,hash_ipportip,hash_ipportnet,hash_ip,bitmap_port}.c, ipset(8).
 * Left out: timeouts, counters, comments of entries, and the hash's random seed, which new tools print (`initval`).
 */
import { unreachable } from "../../../base/assert";
import { compareText } from "../../../base/order";
import { networkText, prefix, type IpFamily } from "../../../network/address";
import type { Packet } from "../../../network/packet";

/** What an entry is made of. */
export type IpSetType = "hash:ip" | "hash:ip,port" | "hash:ip,port,ip" | "hash:ip,port,net" | "bitmap:port";

/** One set. */
export interface IpSet {
  readonly name: string;
  readonly type: IpSetType;
  readonly family: IpFamily;
  /** Entries as `ipset save` prints them: `10.96.0.10,udp:53`. */
  readonly entries: ReadonlySet<string>;
}

/** Which side of the packet each part of an entry is compared with. */
export type SetSides = readonly ("src" | "dst")[];

/** Whether a packet is in a set. A port part never holds a packet without ports. */
export function setHolds(set: IpSet, sides: SetSides, packet: Packet): boolean {
  const [first = "dst", second = first, third = second] = sides;
  switch (set.type) {
    case "hash:ip":
      return set.entries.has(addressOn(packet, first));
    case "bitmap:port":
      return set.entries.has(portOn(packet, first).replace(/^\w+:/, ""));
    case "hash:ip,port":
      return set.entries.has(`${addressOn(packet, first)},${portOn(packet, second)}`);
    case "hash:ip,port,ip":
      return set.entries.has(`${addressOn(packet, first)},${portOn(packet, second)},${addressOn(packet, third)}`);
    case "hash:ip,port,net":
      return holdsNet(set, `${addressOn(packet, first)},${portOn(packet, second)},`, addressOn(packet, third));
    default:
      return unreachable(set.type);
  }
}

function addressOn({ src, dst }: Packet, side: "src" | "dst"): string {
  return side === "src" ? src : dst;
}

/** `tcp:80`; for ICMP its type and code stand in the port's place. */
function portOn({ transport }: Packet, side: "src" | "dst"): string {
  if (transport.kind === "ICMP") return `icmp:${transport.type}/${transport.code}`;
  return `${transport.kind.toLowerCase()}:${side === "src" ? transport.srcPort : transport.dstPort}`;
}

/** Every prefix length is tried, as the kernel does; a whole address is printed without a length. */
function holdsNet({ entries, family }: IpSet, head: string, address: string): boolean {
  const bits = family === "IPv6" ? 128 : 32;
  if (entries.has(`${head}${address}`)) return true;
  for (let length = bits - 1; length > 0; length -= 1) {
    if (entries.has(`${head}${networkText(prefix(`${address}/${length}`))}`)) return true;
  }
  return false;
}

/** Sets as `ipset save` prints them, by name. The kernel lists a hash's entries in no order that means anything: here by text. */
export function ipsetText(sets: ReadonlyMap<string, IpSet>): string {
  return [...sets.values()].map(setText).join("");
}

function setText({ name, type, family, entries }: IpSet): string {
  const head = type === "bitmap:port" ? "range 0-65535" : `family ${family === "IPv6" ? "inet6" : "inet"} hashsize 1024 maxelem 65536`;
  const sorted = [...entries].toSorted(type === "bitmap:port" ? (a, b) => Number(a) - Number(b) : compareText);
  return [`create ${name} ${type} ${head}`, ...sorted.map((entry) => `add ${name} ${entry}`), ""].join("\n");
}
