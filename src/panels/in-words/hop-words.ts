/** A hop in words: where, what happened, its header, and the rules that decided. */
import type { HeaderView, HopView } from "../../bridge/protocol";

/** `10.244.1.2:40412 to 10.96.120.7:80 TCP S, TTL 64, MAC a to b, in UDP c to d`. */
export function headerInWords(header: HeaderView): string {
  const outer = header.outer;
  const inside =
    outer === null ? "" : `, inside UDP ${end(outer.src, outer.srcPort)} to ${end(outer.dst, outer.dstPort)}, TTL ${outer.ttl}`;
  const macs = header.srcMac === "" && header.dstMac === "" ? "" : `, MAC ${header.srcMac} to ${header.dstMac}`;
  const kind = [header.protocol, header.flags].filter((part) => part !== "").join(" ");
  return `${end(header.src, header.srcPort)} to ${end(header.dst, header.dstPort)}, ${kind}, TTL ${header.ttl}${macs}${inside}`;
}

function end(address: string, port: number): string {
  return port === 0 ? address : `${address}:${port}`;
}

/** `node-a, PREROUTING, nat`; inside a Pod the Pod's name. */
export function placeInWords(hop: HopView): string {
  const where = hop.pod === "" ? hop.host : (hop.pod.split("/").at(-1) ?? hop.pod);
  return `${where}, ${hop.place}`;
}

/** `destination 10.96.120.7 → 10.244.2.3; TTL 64 → 63`. */
export function changesInWords(hop: HopView): string {
  return hop.changes
    .map((change) => `${change.field} ${change.old === "" ? "none" : change.old} → ${change.new === "" ? "none" : change.new}`)
    .join("; ");
}
