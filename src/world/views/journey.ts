/** A followed request as the page shows it: packets, hops, queries, choices. Source of the levels: design.md §4. */
import type { Tap, Step } from "../../node/kernel/hop";
import { CLIENT_WORDS } from "../command";
import type { RequestRow } from "../rows";
import type { WorldState } from "../state";
import type { HeaderView, HopView, JourneyPacket, JourneyView, QueryView } from "../view-types";
import { withPackets } from "./carried";
import type { Macs } from "./header";
import { changesBetween, headerView, unwrap } from "./header";
import type { JourneyObserver, SeenHop } from "./journey-observer";
import { lookupInFull } from "./lookups";
import type { PacketHops } from "./packets";
import { kindOf, levelOf, sortIntoPackets, titleOf } from "./packets";
import { trapWords } from "./trap-words";
import { choicesMet, ipvsChoices, ipvsMatched, ipvsWalk, rulesMatched, walkViews } from "./walked";

/** The journey of a request; null where there is none of that number. */
export function journeyView(state: WorldState, request: number, observer: JourneyObserver): JourneyView | null {
  const row = state.requests.get(`${request}`);
  if (row === undefined) return null;
  const sorted = sortIntoPackets(observer.hops);
  const clientHost = `pod:${row.client}`;
  const packets: JourneyPacket[] = [];
  const hops: HopView[] = [];
  for (const one of sorted) {
    const packet = describe(one, row, { clientHost, index: packets.length, firstHop: hops.length, earlier: packets });
    packets.push(packet);
    hops.push(...hopsOf(one, packet).map((hop) => ({ ...hop, sentence: withTrap(state, hop) })));
  }
  const lookup = lookupInFull(state, request);
  return {
    request: row.id,
    title: titleOfRequest(row),
    client: row.client,
    to: row.to,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    packets,
    hops,
    queries: row.queries.map(queryView),
    lookup: lookup === null ? null : withPackets(lookup, sorted),
    verdict: row.verdict,
    sentence: row.sentence,
    ...(row.missed === null ? {} : { missed: row.missed }),
    choices: choices(state, sorted, row),
  };
}

function titleOfRequest({ lookup, clientKind, to }: RequestRow): string {
  return lookup === undefined ? `${CLIENT_WORDS[clientKind][1]} ${to.replace(/^http:\/\//, "")}` : to;
}

function queryView({ at, name, type, server, rcode, answers, by, cache, answeredAt }: RequestRow["queries"][number]): QueryView {
  return { at, name, type, server, rcode, answers, by, cache, answeredAt };
}

function withTrap(state: WorldState, hop: HopView): string {
  const words = hop.hook === "PREROUTING" || hop.hook === "OUTPUT" ? trapWords(state, hop) : "";
  return words === "" ? hop.sentence : `${words} ${hop.sentence}`;
}

interface Place {
  readonly clientHost: string;
  readonly index: number;
  readonly firstHop: number;
  readonly earlier: readonly JourneyPacket[];
}

function describe({ sender, packet, hops }: PacketHops, row: RequestRow, { clientHost, index, firstHop, earlier }: Place): JourneyPacket {
  const isFromClient = sender === clientHost;
  const kind = kindOf(packet, isFromClient);
  const client = row.client.slice(row.client.indexOf("/") + 1);
  const service = row.service === "" ? row.to.replace(/^http:\/\//, "") : row.service.slice(row.service.indexOf("/") + 1);
  return {
    index,
    title: titleOf(packet, kind, { service, client, isFromClient }),
    kind,
    direction: kind === "icmp" ? "error" : isFromClient ? "request" : "reply",
    firstHop,
    hops: hops.length,
    level: levelOf(kind, !earlier.some((other) => other.kind === kind)),
    protocol: packet.transport.kind,
  };
}

interface Walker {
  header: HeaderView | null;
  macs: Macs;
  host: string;
  station: number;
}

function hopsOf({ hops }: PacketHops, packet: JourneyPacket): readonly HopView[] {
  const walker: Walker = { header: null, macs: { srcMac: "", dstMac: "" }, host: hops[0]?.hop.host ?? "", station: 0 };
  return hops.map((seen, offset) => hopView(seen, { packet, index: packet.firstHop + offset, walker }));
}

function hopView(
  seen: SeenHop,
  { packet, index, walker }: { readonly packet: JourneyPacket; readonly index: number; readonly walker: Walker },
): HopView {
  const { hop } = seen;
  moveStation(walker, hop);
  const { before, after } = headers(hop, walker);
  walker.header = after;
  const isTap = hop.kind === "tap";
  return {
    index,
    kind: hop.kind,
    at: hop.at,
    event: seen.event,
    packet: packet.index,
    direction: packet.direction,
    host: hop.host,
    node: seen.node,
    pod: hop.host.startsWith("pod:") ? hop.host.slice(4) : "",
    iface: isTap ? hop.iface : "",
    role: isTap ? hop.role : "",
    way: isTap ? hop.way : "",
    step: isTap ? "" : hop.step,
    hook: isTap ? "" : (hop.hook ?? ""),
    bridged: !isTap && hop.bridged === true,
    place: placeOf(hop),
    sentence: isTap ? tapSentence(hop, seen.node) : hop.did,
    changes: changesBetween(before, after),
    before,
    after,
    rules: isTap ? [] : [...rulesMatched(hop.walk ?? [], seen.rules), ...(hop.ipvs === undefined ? [] : ipvsMatched(hop.ipvs))],
    walks: isTap ? [] : [...walkViews(hop.walk ?? [], seen.rules, hop.before), ...(hop.ipvs?.kind === "chose" ? [ipvsWalk(hop.ipvs)] : [])],
    conntrack: isTap ? null : (hop.conntrack ?? null),
    station: walker.station,
  };
}

/** Sender, then each host in turn; a wire between two machines is a station of its own. */
function moveStation(walker: Walker, hop: Tap | Step): void {
  if (hop.host === walker.host) return;
  walker.station += hop.kind === "tap" && hop.role === "nic" ? 2 : 1;
  walker.host = hop.host;
}

function headers(hop: Tap | Step, walker: Walker): { readonly before: HeaderView; readonly after: HeaderView } {
  if (hop.kind === "tap") {
    walker.macs = { srcMac: hop.srcMac, dstMac: hop.dstMac };
    const after = headerView(hop.packet, walker.macs, hop.outer?.packet ?? null);
    return { before: walker.header ?? after, after };
  }
  const was = unwrap(hop.before);
  const is = unwrap(hop.after);
  if (is.macs !== null) walker.macs = is.macs;
  const after = headerView(is.inner, walker.macs, is.outer);
  return { before: walker.header ?? headerView(was.inner, walker.macs, was.outer), after };
}

const STEP_PLACES: Readonly<Record<Step["step"], string>> = {
  prerouting: "PREROUTING",
  input: "INPUT",
  forward: "FORWARD",
  output: "OUTPUT",
  postrouting: "POSTROUTING",
  route: "routing",
  bridge: "bridge",
  neighbour: "neighbour table",
  encap: "encapsulation",
  decap: "decapsulation",
  socket: "socket",
};

function placeOf(hop: Tap | Step): string {
  if (hop.kind === "tap") return hop.iface;
  const place = STEP_PLACES[hop.step];
  return hop.table === undefined ? place : `${place}, ${hop.table}`;
}

/** Where a capture saw it, in a sentence. */
export function tapSentence({ iface, way, role, host, outer }: Tap, node: string): string {
  const whose = host.startsWith("pod:") ? `of ${host.slice(host.indexOf("/") + 1)}` : `of ${node}`;
  if (outer !== undefined) {
    const { src, dst } = outer.packet;
    return way === "out"
      ? `It leaves ${iface} ${whose} inside a VXLAN packet from ${src} to ${dst}.`
      : `A VXLAN packet from ${src} reaches ${iface} ${whose}; the packet is inside.`;
  }
  if (role === "veth")
    return way === "in"
      ? `It enters ${node} by ${iface}, the host end of the Pod's veth pair.`
      : `It goes into the Pod's veth pair at ${iface}.`;
  return way === "in" ? `It arrives at ${iface} ${whose}.` : `It leaves by ${iface} ${whose}.`;
}

/** What the choice of an endpoint had to choose from: at the connection's trap. */
function choices(state: WorldState, packets: readonly PacketHops[], row: RequestRow): JourneyView["choices"] {
  const taken = row.backend === null ? "" : `${row.backend.address}:${row.backend.port}`;
  const syn = packets.findLast(({ packet }) => packet.transport.kind === "TCP" && packet.transport.flags === "S");
  for (const { hop, rules } of syn?.hops ?? []) {
    if (hop.kind !== "step") continue;
    if (hop.ipvs?.kind === "chose") return ipvsChoices(hop.ipvs).map((choice) => ({ ...choice, pod: podAt(state, choice.endpoint) }));
    if (hop.walk === undefined) continue;
    const found = choicesMet(hop.walk, rules, hop.before, taken);
    if (found.length > 0) return found.map((choice) => ({ ...choice, pod: podAt(state, choice.endpoint) }));
  }
  return [];
}

function podAt(state: WorldState, endpoint: string): string {
  const address = endpoint.slice(0, endpoint.lastIndexOf(":"));
  const row = state.pods.all().find((pod) => pod.links?.address === address);
  return row === undefined ? "" : `${row.namespace}/${row.name}`;
}
