/** An observation as text: world to text, for both laboratories alike. What is masked, and why, stands in README.md. */
import { MAC_NAMES } from "./cluster";
import type { Observation, SeenFrame, SeenPacket, SeenTap } from "./description";

/** A SYN that goes again this late races against the end of a neighbour's probing. */
const TOO_LATE = 2_900_000;

function macName(address: string): string {
  return MAC_NAMES.get(address) ?? address;
}

function ends(packet: SeenPacket): string {
  const { src, dst, srcPort, dstPort } = packet;
  if (isLaterPart(packet)) return "a later part";
  return srcPort === undefined || dstPort === undefined ? `${src} > ${dst}` : `${src}:${srcPort} > ${dst}:${dstPort}`;
}

function what(packet: SeenPacket): string {
  const { protocol, flags, type, code, echo, quoted, length, mss, mtu } = packet;
  if (protocol !== "icmp") {
    const words = [
      protocol,
      flags,
      partOf(packet),
      length === undefined || length === 0 ? undefined : `${length} bytes`,
      mss === undefined ? undefined : `mss ${mss}`,
    ];
    return words.filter((word) => word !== undefined).join(" ");
  }
  const about = quoted === undefined ? "" : ` about ${quotedText(quoted)}`;
  const words = ["icmp", isLaterPart(packet) ? undefined : `${type}/${code}`, partOf(packet), mtu === undefined ? undefined : `mtu ${mtu}`];
  return `${words.filter((word) => word !== undefined).join(" ")}${echo === undefined ? "" : ` id ${echo}`}${about}`;
}

/** Errors quote at least eight bytes behind the header: ports, but not always flags. */
function quotedText(quoted: SeenPacket): string {
  const { protocol, echo } = quoted;
  return `<${ends(quoted)} ${protocol}${echo === undefined ? "" : ` id ${echo}`} ${life(quoted)}>`;
}

function partOf({ fragment }: SeenPacket): string | undefined {
  return fragment === undefined
    ? undefined
    : `bytes ${fragment.offset} to ${fragment.offset + fragment.length}${fragment.more ? ", more follow" : ""}`;
}

/** The later parts of a datagram share their buffer on their way: captured ones may show addresses, TTL and MACs of a later hop. */
function isLaterPart({ fragment }: SeenPacket): boolean {
  return (fragment?.offset ?? 0) > 0;
}

function life(packet: SeenPacket): string {
  return `${isLaterPart(packet) ? "" : `ttl ${packet.ttl}`}${packet.dontFragment ? " DF" : ""}`;
}

function macs(frame: SeenFrame): string {
  const { srcMac, dstMac } = frame;
  return isLaterPart(frame) ? "" : `${macName(srcMac)} > ${macName(dstMac)}`;
}

function tapText(tap: SeenTap): string {
  const { host, iface, way, outer } = tap;
  const around = outer === undefined ? "" : ` in ${ends(outer)} ${life(outer)} ${macs(outer)}`;
  return `  ${host}.${iface} ${way}: ${ends(tap)} ${what(tap)} ${life(tap)} ${macs(tap)}${around}`;
}

/** All taps of one packet: its identification lasts over hops and rewriting. */
function walkKey({ step, id, protocol, flags, type, code, fragment, outer }: SeenTap): string {
  return `${step} ${protocol} ${flags ?? `${type ?? ""}/${code ?? ""}`} ${id} ${fragment?.offset ?? ""} ${outer?.fragment?.offset ?? ""}`;
}

function isTooLate({ flags, at }: SeenTap): boolean {
  return flags === "S" && at > TOO_LATE;
}

function walks(taps: readonly SeenTap[]): readonly (readonly SeenTap[])[] {
  const byPacket = new Map<string, SeenTap[]>();
  for (const tap of taps) {
    const known = byPacket.get(walkKey(tap));
    if (known === undefined) byPacket.set(walkKey(tap), [tap]);
    else known.push(tap);
  }
  const all = [...byPacket.values()];
  return all.filter(([first], index) => first !== undefined && !isTooLate(first) && !isDelayable(all, index));
}

/**
 * A bare acknowledgement between the two FINs, or of a later question on the same connection: the kernel delays it, so
 * that the next segment the other way carries it. The first exchange is acknowledged at once.
 */
function isDelayable(all: readonly (readonly SeenTap[])[], index: number): boolean {
  const [first] = all[index] ?? [];
  if (first?.flags !== "A") return false;
  const fins = all.flatMap(([start], at) => (start?.flags === "FA" ? [at] : []));
  const [one = Infinity, two = Infinity] = fins;
  return first.step > 0 || (index > one && index < two);
}

interface ConntrackLine {
  /** Without the seconds left and without the reference count. */
  readonly text: string;
  readonly secondsLeft: number;
}

const TIMEOUT = /^(\w+ \d+) (\d+) /;

function conntrackLine(printed: string): ConntrackLine {
  const line = printed.replaceAll(/ +/g, " ").trim();
  return { text: line.replace(TIMEOUT, "$1 ").replace(/use=\d+/, "use=1"), secondsLeft: Number(TIMEOUT.exec(line)?.[2] ?? 0) };
}

/** Outer source ports of tunnel packets that came in time. */
function tunnelPorts(taps: readonly SeenTap[]): ReadonlySet<number | undefined> {
  return new Set(taps.filter((tap) => !isTooLate(tap)).map(({ outer }) => outer?.srcPort));
}

/** Every node's entries, sorted; without those of tunnel packets that carried nothing but a SYN that came too late. */
function conntrackOf({ taps, conntrack }: Observation): readonly (readonly [string, readonly ConntrackLine[]])[] {
  const late = new Set(taps.filter(isTooLate).map(({ outer }) => outer?.srcPort));
  for (const port of tunnelPorts(taps)) late.delete(port);
  const isLate = (line: string): boolean => late.has(Number(/sport=(\d+) dport=8472/.exec(line)?.[1]));
  return Object.entries(conntrack).map(([node, lines]) => {
    const kept = lines.filter((line) => !isLate(line)).map(conntrackLine);
    return [node, kept.toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))];
  });
}

/** Seconds left of every entry, in the order of the picture. */
export function lifetimesOf(observation: Observation): readonly number[] {
  return conntrackOf(observation).flatMap(([, lines]) => lines.map(({ secondsLeft }) => secondsLeft));
}

const TUNNEL_WALK = /:(\d+) > \S+:8472$/m;

/**
 * Walks through nftables' rules, sorted, each named once: how often packets are sent again or wrapped up, the taps say. Those of
 * tunnel packets only where the tunnel packet was captured in time.
 */
function rulesOf({ taps, rules }: Observation): readonly string[] {
  const ports = tunnelPorts(taps);
  const isKept = (walk: string): boolean => {
    const tunnel = TUNNEL_WALK.exec(walk);
    return tunnel === null || ports.has(Number(tunnel[1]));
  };
  return Object.entries(rules).flatMap(([node, walked]) => {
    const kept = [...new Set(walked)].filter(isKept).toSorted();
    return kept.length === 0 ? [] : [`rules of ${node}`, ...kept.map((walk) => `  ${walk.replaceAll("\n", "\n    ")}`)];
  });
}

/** The whole observation. */
export function picture(observation: Observation): string {
  const ways = walks(observation.taps).map((taps) => `packet\n${taps.map(tapText).join("\n")}`);
  const tables = conntrackOf(observation).map(([node, lines]) =>
    [`conntrack of ${node}`, ...lines.map(({ text }) => `  ${text}`)].join("\n"),
  );
  return [`the client saw: ${observation.outcome}`, ...ways, ...tables, ...rulesOf(observation)].join("\n");
}
