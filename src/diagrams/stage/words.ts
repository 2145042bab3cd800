/** Short wordings of the stage. Numbers carry their units. */
import { firstFitting, widthOf } from "../layout/text-width";
import type { FieldChange, HopView, MomentView, NodeView, TraceEvent } from "../../bridge/protocol";

/** `0.349 s`, `12 s`, `3 min`: an age as the readers' plot shows it. */
export function ageWords(micros: number): string {
  if (micros <= 0) return "0 s";
  if (micros < 10_000_000) return `${(micros / 1_000_000).toFixed(3)} s`;
  if (micros < 120_000_000) return `${Math.round(micros / 1_000_000)} s`;
  return `${Math.round(micros / 60_000_000)} min`;
}

/** Wordings of what a node's kube-proxy knows, longest first. */
export function proxyWords(node: NodeView, at: number): readonly string[] {
  const revision = Math.max(node.proxy.serviceRevision, node.proxy.sliceRevision);
  if (node.off) return ["the machine is off", "off"];
  if (node.proxy.stopped)
    return [
      `kube-proxy stopped, rules of ${revision}, ${ageWords(Math.max(0, at - node.proxy.syncedAt))} old`,
      `kube-proxy stopped at ${revision}`,
      "stopped",
    ];
  if (node.proxy.behind > 0)
    return [`kube-proxy at ${revision}, ${ageWords(node.proxy.behind)} behind`, `at ${revision}, ${ageWords(node.proxy.behind)} behind`];
  if (node.proxy.syncing) return [`kube-proxy at ${revision}, syncing now`, `kube-proxy at ${revision}, syncing`];
  return [`kube-proxy at ${revision}, synced ${ageWords(Math.max(0, at - node.proxy.syncedAt))} ago`, `kube-proxy at ${revision}`];
}

/** Who acts on which page, for a while in which nothing is stored. */
export function pagesInWords({ readers, revision }: MomentView): string {
  const late = readers.filter(({ behind }) => behind > 0).length;
  if (late === 0) return `Every reader acts on the newest page, revision ${revision}.`;
  return `${late} of ${readers.length} readers still ${late === 1 ? "acts" : "act"} on an older page.`;
}

/** The last thing that was stored, at or before the moment. */
export function lastWrite(events: readonly TraceEvent[], at: number): TraceEvent | null {
  return events.findLast((event) => event.kind === "write" && event.at <= at) ?? null;
}

const SHORT: Readonly<Record<FieldChange["field"], string>> = {
  source: "source",
  "source port": "source port",
  destination: "destination",
  "destination port": "port",
  TTL: "TTL",
  "source MAC": "source MAC",
  "destination MAC": "MAC",
  encapsulation: "wrapped",
};

/** What a station's name, or the packet's own place, tells anyway. */
const SHORTER: readonly (readonly [RegExp, string])[] = [
  [/, via \S+\.(?= |$)/u, "."],
  [/^No rule of \S+ rewrites or stops the packet.*/u, "No rule rewrites or stops it."],
  [/^The packet belongs to a known connection and passes.*/u, "It belongs to a known connection and passes."],
  [/ conntrack rewrites .*, no nat rule is asked\.$/u, " conntrack rewrites the packet, no nat rule is asked."],
  [/ rule \d+ accepts the packet\.$/u, " accepts it."],
];

/**
 * A hop's sentence for a line of so many pixels at 11 px: whole, without what stands beside it, or its last sentences,
 * where what was changed is told.
 */
export function stationWords(hop: HopView, room: number): string {
  const short = SHORTER.reduce((sentence, [long, brief]) => sentence.replace(long, brief), hop.sentence);
  const sentences = short.split(/(?<=\.) /u);
  const ends = sentences.map((_, n) => sentences.slice(n).join(" "));
  const last = widthOf(ends.at(-1) ?? "", 11) <= room;
  return firstFitting(last ? [hop.sentence, ...ends] : [short], room, 11);
}

/** What a hop did, in two or three words, for a station that has no room for its sentence. */
export function changeWords(hop: HopView): string {
  const ttl = hop.changes.find((change) => change.field === "TTL");
  if (ttl !== undefined) return `TTL ${ttl.old} to ${ttl.new}`;
  const first = hop.changes[0];
  return first === undefined ? "" : `new ${SHORT[first.field]}`;
}
