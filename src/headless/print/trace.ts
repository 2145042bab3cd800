/** A journey as a table that a person reads: a numbered row a tap, and between them what the hosts did. */
import type { HopJson, PacketJson, TraceAnswer } from "../../bridge/questions";
import { queriesText } from "./resolution";
import { tableText } from "./table";

/** The whole answer. */
export function traceText(answer: TraceAnswer): string {
  const { from, to, verdict, resolution, hops } = answer;
  const found = resolution === undefined ? "" : `\n${resolution.name} is ${resolution.address}:\n${queriesText(resolution.queries)}`;
  return `${from} to ${to}: ${verdict}\n${choiceText(answer)}${found}\n${hopsText(hops)}`;
}

function choiceText({ candidates, choices, masqueraded, hairpin }: TraceAnswer): string {
  const { endpoint } = choices;
  const sentences = [
    ...(candidates.length > 0 && endpoint !== undefined ? [`Endpoint ${endpoint}, of ${candidates.join(", ")}.`] : []),
    ...(masqueraded ? ["A rule before the choice asks for masquerading."] : []),
    ...(hairpin ? ["The endpoint itself asks: it is masqueraded."] : []),
  ];
  return sentences.length === 0 ? "" : `${sentences.join(" ")}\n`;
}

function hopsText(hops: readonly HopJson[]): string {
  const head = ["#", "where", "way", "source", "destination", "what", "ttl", "source MAC", "destination MAC"];
  const taps = hops.flatMap((hop) => (hop.kind === "tap" ? [hop] : []));
  const table = tableText([head, ...taps.map((tap, index) => [`${index + 1}`, whereOf(tap), tap.way, ...headerCells(tap.packet)])]);
  const lines = table.split("\n");
  const parts = [lines[0] ?? ""];
  let next = 1;
  let direction = "";
  for (const hop of hops) {
    if (hop.direction !== direction) parts.push(`-- ${hop.direction}`);
    direction = hop.direction;
    if (hop.kind === "step") parts.push(...stepLines(hop));
    else {
      parts.push(lines[next] ?? "");
      next += 1;
    }
  }
  return `${parts.join("\n")}\n`;
}

function whereOf({ node, pod, iface }: Extract<HopJson, { kind: "tap" }>): string {
  return `${pod ?? node} ${iface}`;
}

function headerCells({ src, dst, ttl, srcMac = "", dstMac = "", ...packet }: PacketJson): readonly string[] {
  return [src, dst, whatOf(packet), `${ttl}`, srcMac, dstMac];
}

function whatOf({
  protocol,
  flags,
  icmp,
  fragment,
  outer,
}: Pick<PacketJson, "protocol" | "flags" | "icmp" | "fragment" | "outer">): string {
  const part =
    fragment === undefined
      ? ""
      : ` bytes ${fragment.offset} to ${fragment.offset + fragment.length}${fragment.more ? ", more follow" : ""}`;
  const own =
    icmp === undefined
      ? [protocol, flags ?? ""].join(" ").trim()
      : `ICMP ${icmp.type}/${icmp.code}${icmp.mtu === undefined ? "" : ` MTU ${icmp.mtu}`}${icmp.about === undefined ? "" : ` about ${icmp.about.src} > ${icmp.about.dst}`}`;
  return outer === undefined ? `${own}${part}` : `${own}${part} in VXLAN ${outer.src} > ${outer.dst}`;
}

function stepLines({ node, pod, step, did, rule, element, table }: Extract<HopJson, { kind: "step" }>): readonly string[] {
  const line = `      ${pod ?? node}, ${step}: ${did}`;
  const found = element === undefined ? "" : ` { ${element} }`;
  return rule === undefined ? [line] : [line, `        ${table ?? ""}: ${rule}${found}`];
}
