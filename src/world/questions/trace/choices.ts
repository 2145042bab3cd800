/** What chance decided in a journey, and whether what was given could be taken. */
import type { Problem } from "../../../base/result";
import { showEndpoint } from "../../../network/address";
import type { Packet } from "../../../network/packet";
import type { PacketHops } from "../../views/packets";
import { unwrap } from "../../views/header";
import type { ResolutionJson, TraceChoices } from "../types";

/** Reads the choices off the journey's packets: the first one and its answer. */
export function chosenIn({
  packets,
  resolution,
}: {
  readonly packets: readonly PacketHops[];
  readonly resolution: ResolutionJson | undefined;
}): TraceChoices {
  const [first, answer] = packets;
  const sent = first?.packet.transport;
  return withoutGaps({
    srcPort: sent === undefined || sent.kind === "ICMP" ? undefined : sent.srcPort,
    endpoint: rewritten(
      first,
      ({ dst, transport }) => (transport.kind === "ICMP" ? undefined : showEndpoint(dst, transport.dstPort)),
      "dst",
    ),
    dnsEndpoint: dnsEndpointOf(resolution),
    snatPort: rewritten(first, ({ transport }) => (transport.kind === "ICMP" ? undefined : transport.srcPort), "src"),
    vxlanPort: outerPort(first),
    vxlanReplyPort: outerPort(answer),
  });
}

function withoutGaps(choices: { readonly [Key in keyof TraceChoices]: TraceChoices[Key] | undefined }): TraceChoices {
  return Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined));
}

/** What a step made of a packet when it first rewrote its source or destination. */
function rewritten<T>(one: PacketHops | undefined, read: (packet: Packet) => T | undefined, field: "src" | "dst"): T | undefined {
  for (const { hop } of one?.hops ?? []) {
    if (hop.kind !== "step" || unwrap(hop.after).outer !== null) continue;
    if (hop.before[field] !== hop.after[field] || portOf(hop.before, field) !== portOf(hop.after, field)) return read(hop.after);
  }
  return undefined;
}

function portOf({ transport }: Packet, field: "src" | "dst"): number {
  if (transport.kind === "ICMP") return 0;
  return field === "src" ? transport.srcPort : transport.dstPort;
}

function outerPort(one: PacketHops | undefined): number | undefined {
  for (const { hop } of one?.hops ?? []) {
    const transport = hop.kind === "tap" ? hop.outer?.packet.transport : undefined;
    if (transport?.kind === "UDP") return transport.srcPort;
  }
  return undefined;
}

/** Where the first query went. */
function dnsEndpointOf(resolution: ResolutionJson | undefined): string | undefined {
  for (const hop of resolution?.queries[0]?.hops ?? []) {
    if (hop.kind === "step" && hop.direction === "request" && hop.before.dst !== hop.after.dst) return hop.after.dst;
  }
  return undefined;
}

/** The first given choice that was not to be had. */
export function impossible({
  given,
  taken,
  candidates,
}: {
  readonly given: TraceChoices;
  readonly taken: TraceChoices;
  readonly candidates: readonly string[];
}): Problem | null {
  for (const key of ["endpoint", "dnsEndpoint", "srcPort", "snatPort", "vxlanPort", "vxlanReplyPort"] as const) {
    if (given[key] === undefined || given[key] === taken[key]) continue;
    return { message: `${given[key]} is impossible here: ${reason(key, taken, candidates)}`, at: `choices.${key}` };
  }
  return null;
}

function reason(key: keyof TraceChoices, taken: TraceChoices, candidates: readonly string[]): string {
  if (key === "endpoint")
    return candidates.length === 0 ? "no rule chooses an endpoint for this packet" : `the rules can choose ${candidates.join(", ")}`;
  const value = taken[key];
  if (value !== undefined) return `it has to be ${value}`;
  switch (key) {
    case "srcPort":
      return "the packet has no source port";
    case "dnsEndpoint":
      return "no query went to the cluster's DNS";
    case "snatPort":
      return "no rule rewrites the packet's source";
    case "vxlanPort":
      return "the packet goes through no tunnel";
    case "vxlanReplyPort":
      return "no answer comes back through a tunnel";
  }
}
