/** An observation as text: world to text, for both laboratories alike. What is masked, and why, stands in README.md. */
import { MAC_NAMES } from "./cluster";
import type { Observation, SeenFrame, SeenPacket, SeenTap } from "./description";

/** A SYN that goes again this late races against the end of a neighbour's probing. */
const TOO_LATE = 2_900_000;

function macName(address: string): string {
  return MAC_NAMES.get(address) ?? address;
}

function ends({ src, dst, srcPort, dstPort }: SeenPacket): string {
  return srcPort === undefined || dstPort === undefined ? `${src} > ${dst}` : `${src}:${srcPort} > ${dst}:${dstPort}`;
}

function what({ protocol, flags, type, code, echo, quoted }: SeenPacket): string {
  if (protocol !== "icmp") return flags === undefined ? protocol : `${protocol} ${flags}`;
  const about = quoted === undefined ? "" : ` about ${quotedText(quoted)}`;
  return `icmp ${type}/${code}${echo === undefined ? "" : ` id ${echo}`}${about}`;
}

/** Errors quote at least eight bytes behind the header: ports, but not always flags. */
function quotedText(quoted: SeenPacket): string {
  const { protocol, echo, ttl } = quoted;
  return `<${ends(quoted)} ${protocol}${echo === undefined ? "" : ` id ${echo}`} ttl ${ttl}>`;
}

function macs({ srcMac, dstMac }: SeenFrame): string {
  return `${macName(srcMac)} > ${macName(dstMac)}`;
}

function tapText(tap: SeenTap): string {
  const { host, iface, way, outer } = tap;
  const around = outer === undefined ? "" : ` in ${ends(outer)} ttl ${outer.ttl} ${macs(outer)}`;
  return `  ${host}.${iface} ${way}: ${ends(tap)} ${what(tap)} ttl ${tap.ttl} ${macs(tap)}${around}`;
}

/** All taps of one packet: its identification lasts over hops and rewriting. */
function walkKey({ id, protocol, flags, type, code }: SeenTap): string {
  return `${protocol} ${flags ?? `${type ?? ""}/${code ?? ""}`} ${id}`;
}

function walks(taps: readonly SeenTap[]): readonly (readonly SeenTap[])[] {
  const byPacket = new Map<string, SeenTap[]>();
  for (const tap of taps.filter(({ flags }) => flags !== "A")) {
    const known = byPacket.get(walkKey(tap));
    if (known === undefined) byPacket.set(walkKey(tap), [tap]);
    else known.push(tap);
  }
  return [...byPacket.values()].filter(([first]) => first !== undefined && !(first.flags === "S" && first.at > TOO_LATE));
}

const TIMEOUT = /^(\w+ +\d+) (\d+) /;

/** Lines of one node, sorted, without the seconds left and without reference counts. */
function conntrackLines(lines: readonly string[]): readonly string[] {
  return lines
    .map((line) =>
      line
        .replace(TIMEOUT, "$1 ")
        .replaceAll(/ +/g, " ")
        .replace(/use=\d+/, "use=1")
        .trim(),
    )
    .toSorted();
}

/** Seconds left, in the order of the lines above. */
export function timeoutsOf({ conntrack }: Observation): readonly number[] {
  return Object.values(conntrack).flatMap((lines) =>
    lines
      .map((line) => ({ key: line.replace(TIMEOUT, "$1 "), left: Number(TIMEOUT.exec(line)?.[2] ?? 0) }))
      .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      .map(({ left }) => left),
  );
}

/** The whole observation. */
export function picture(observation: Observation): string {
  const ways = walks(observation.taps).map((taps) => `packet\n${taps.map(tapText).join("\n")}`);
  const tables = Object.entries(observation.conntrack).map(([node, lines]) =>
    [`conntrack of ${node}`, ...conntrackLines(lines).map((line) => `  ${line}`)].join("\n"),
  );
  return [`the client saw: ${observation.outcome}`, ...ways, ...tables].join("\n");
}
