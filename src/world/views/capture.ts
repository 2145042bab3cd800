/**
 * A journey as captures on all interfaces show it: every tap with its frame's bytes. ARP is left out (the model answers
 * it without frames on taps), and so is whatever no tap saw.
 */
import type { Frame } from "../../network/packet";
import { frameBytes } from "../../network/bytes";
import type { InterfaceRole, Step, Tap } from "../../node/kernel/hop";
import { destinationText, sourceText } from "../../node/kernel/record";
import { UNIX_TIME_OF_ZERO } from "../../cluster/api-time";
import type { SimTime } from "../../engine/time";
import { requestOf } from "../requests";
import type { WorldState } from "../state";
import type { CaptureFrame, CaptureView } from "../view-types";
import { journeyView, tapSentence } from "./journey";
import type { JourneyObserver, SeenHop } from "./journey-observer";
import type { PacketHops } from "./packets";
import { kindOf, sortIntoPackets, titleOf } from "./packets";

/** A packet with what it is called. */
export interface TitledPacket extends PacketHops {
  readonly title: string;
}

/** A request's frames; null where there is no request of that number. */
export function captureView(state: WorldState, request: number, observer: JourneyObserver): Omit<CaptureView, "behaviour"> | null {
  const journey = journeyView(state, request, observer);
  if (journey === null) return null;
  const packets = sortIntoPackets(observer.hops).map((one, index) => ({ ...one, title: journey.packets[index]?.title ?? "" }));
  const { title, client, verdict, sentence } = journey;
  const outcome = sentence === "" ? verdict : sentence;
  return {
    title: `Request ${request}, ${title} from ${client}: ${outcome}`,
    unixTimeOfZero: UNIX_TIME_OF_ZERO,
    frames: captureFrames(packets),
  };
}

/** Every frame between two moments, whoever sent it. */
export function stretchView(
  state: WorldState,
  hops: readonly SeenHop[],
  { from, to }: { readonly from: SimTime; readonly to: SimTime },
): Omit<CaptureView, "behaviour"> {
  const packets = sortIntoPackets(hops).map((one) => ({ ...one, title: titleIn(state, one) }));
  return {
    title: `Everything from ${from / 1e6} s to ${to / 1e6} s`,
    unixTimeOfZero: UNIX_TIME_OF_ZERO,
    frames: captureFrames(packets).filter(({ at }) => at >= from && at <= to),
  };
}

/** A request's packet is called as in its journey; others by where they go. */
function titleIn(state: WorldState, { sender, packet }: PacketHops): string {
  const row = state.requests.get(String(requestOf(packet.journey) ?? ""));
  if (row === undefined) return titleOf(packet, kindOf(packet, true), { service: destinationText(packet), client: "", isFromClient: true });
  const isFromClient = sender === `pod:${row.client}`;
  const names = { service: shortName(row.service === "" ? row.to : row.service), client: shortName(row.client), isFromClient };
  return `Request ${row.id}: ${titleOf(packet, kindOf(packet, isFromClient), names)}`;
}

function shortName(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}

/** Frames of packets on every interface, in the order of time. */
export function captureFrames(packets: readonly TitledPacket[]): readonly CaptureFrame[] {
  return packets.flatMap(framesOf).toSorted((a, b) => a.at - b.at);
}

function framesOf({ title, hops }: TitledPacket): readonly CaptureFrame[] {
  const frames: CaptureFrame[] = [];
  let before: readonly string[] = [];
  for (const [index, { hop, node }] of hops.entries()) {
    if (hop.kind === "step") {
      if (isRewriting(hop)) before = [...before, `Just before, ${placeInWords(hop.host)}: ${hop.did}`];
      continue;
    }
    const comment = [`${title}. ${tapSentence(hop, node)}`, ...before, ...endOf(hops.slice(index + 1))].join("\n");
    frames.push({ ...placeOf(hop), comment, bytes: bytesOf(hop) });
    before = [];
  }
  return frames;
}

/** Addresses or ports change, or a tunnel's packet is put around it or taken off. */
function isRewriting({ step, before, after }: Step): boolean {
  if (step === "encap" || step === "decap") return true;
  return sourceText(before) !== sourceText(after) || destinationText(before) !== destinationText(after);
}

/** What became of a packet that no interface sees again. */
function endOf(rest: readonly SeenHop[]): readonly string[] {
  const last = rest.at(-1);
  if (last?.hop.kind !== "step" || rest.some(({ hop }) => hop.kind === "tap")) return [];
  return [`Then, ${placeInWords(last.hop.host)}: ${last.hop.did}`];
}

function placeInWords(host: string): string {
  return host.startsWith("pod:") ? `in ${host.slice(host.indexOf("/") + 1)}` : `on ${host}`;
}

const ROLES: Readonly<Record<InterfaceRole, string>> = {
  "pod-eth0": "the Pod's end of its veth pair",
  veth: "host end of a Pod's veth pair",
  bridge: "bridge of the node's Pods",
  vxlan: "VXLAN device of the Pod network",
  nic: "on the node network",
  lo: "loopback",
  dummy: "holder of virtual addresses",
};

function placeOf({ at, host, iface, role, way }: Tap): Omit<CaptureFrame, "comment" | "bytes"> {
  return { at, host: host.startsWith("pod:") ? `Pod ${host.slice(4)}` : host, iface, role: ROLES[role], way };
}

/** On a NIC it is the outer packet that is on the wire. */
function bytesOf({ outer, packet, srcMac, dstMac }: Tap): string {
  const frame: Frame = { ...(outer ?? { packet, srcMac, dstMac }), etherType: "IPv4" };
  return Array.from(frameBytes(frame), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
