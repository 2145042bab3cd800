/** The frames of a traced journey on every interface: the look-up's, the handshake's, the data's. Source: headless.md (`pcap`). */
import type { Result } from "../../base/result";
import { ok } from "../../base/result";
import { UNIX_TIME_OF_ZERO } from "../../cluster/api-time";
import { captureFrames } from "../views/capture";
import type { PacketHops } from "../views/packets";
import { kindOf, sortIntoPackets, titleOf } from "../views/packets";
import { BEHAVIOUR } from "../world";
import type { Settled } from "./settled";
import { traceOver } from "./trace";
import type { PcapAnswer, TraceQuestion } from "./types";

/** Answers `pcap`: always the whole connection, as a capture would have it. The settled cluster is used up. */
export function answerPcap(question: TraceQuestion, settled: Settled): Result<PcapAnswer> {
  const { gateway } = settled.sim.state.setup.config;
  const traced = traceOver({ ...question, whole: true }, settled);
  if (!traced.ok) return traced;
  const { from, to, verdict, warnings } = traced.value.answer;
  // The model's edge is not looked into unless it is told to answer.
  const seen = traced.value.seen.filter(({ hop }) => hop.host !== "gateway" || gateway !== "silent");
  const packets = sortIntoPackets(seen);
  const client = packets[0]?.sender ?? "";
  const titled = packets.map((one) => ({ ...one, title: titleFor(one, { client, from, to }) }));
  return ok({
    do: "pcap",
    from,
    to,
    verdict,
    seed: settled.seed,
    capture: {
      title: `${from} to ${to}: ${verdict}`,
      behaviour: BEHAVIOUR,
      unixTimeOfZero: UNIX_TIME_OF_ZERO,
      frames: captureFrames(titled),
    },
    warnings,
  });
}

function titleFor(
  { sender, packet }: PacketHops,
  { client, from, to }: { readonly client: string; readonly from: string; readonly to: string },
): string {
  const isFromClient = sender === client;
  return titleOf(packet, kindOf(packet, isFromClient), { service: to, client: from, isFromClient });
}
