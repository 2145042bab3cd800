/** `pcap`: the journey's frames, or all of a stretch of time, as a capture file. A journey's holds the whole connection, whether or not `--whole` is said. */
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import type { PcapAnswer } from "../../bridge/questions";
import { DECODE_HINT, interfaceCount, makePcapng } from "../../sharing/pcapng";
import type { Output } from "../output";
import { jsonLine, outputOf, refusedWith, said } from "../output";
import type { Options } from "../arguments";
import { stretchOf } from "../../bridge/transcript";
import { readMoment } from "../run-request";
import type { Command } from "./command";
import { specOf } from "./run";
import { askAboutFile } from "./command";
import { JOURNEY_OPTIONS, JOURNEY_PLACES, JOURNEY_USAGE, readJourney } from "./journey-options";

export const pcap: Command = {
  options: { values: [...JOURNEY_OPTIONS, "scenario", "commands", "since", "until", "as", "causes", "out"], switches: ["json", "whole"] },
  usage: `pcap ${JOURNEY_USAGE} --out FILE.pcapng
  pcap --scenario two-apps|FILE --since 1s --until 3s [--commands FILE.json] [--seed N] --out FILE.pcapng`,
  run(options) {
    if (options.get("scenario") !== undefined) return runStretch(options);
    const journey = readJourney(options);
    if (!journey.ok) return refusedWith(journey.problem);
    const out = options.need("out", "the file to write, as journey.pcapng");
    if (!out.ok) return refusedWith(out.problem);
    const answered = askAboutFile(options, { do: "pcap", ...journey.value }, JOURNEY_PLACES);
    if (!answered.ok) return refusedWith(answered.problem);
    const answer = answered.value;
    if (answer.do !== "pcap") throw new Error(`invariant broken: pcap was asked and ${answer.do} answered`);
    const bytes = makePcapng(answer.capture, { scenario: basename(options.get("file") ?? ""), seed: answer.seed });
    return outputOf(write(out.value, bytes), () => written(answer, out.value, options.has("json")));
  },
};

/** Every frame of a run between two moments. */
function runStretch(options: Options): Output {
  const spec = specOf(options);
  if (!spec.ok) return refusedWith(spec.problem);
  const since = readMoment(options.get("since") ?? "0s", "--since");
  if (!since.ok) return refusedWith(since.problem);
  if (since.value >= spec.value.until) return refusedWith({ message: "expected a moment before that of --until", at: "--since" });
  const out = options.need("out", "the file to write, as stretch.pcapng");
  if (!out.ok) return refusedWith(out.problem);
  const played = stretchOf(spec.value, since.value);
  if (!played.ok) return refusedWith(played.problem);
  const { capture, warnings } = played.value;
  const origin = { scenario: basename(options.get("scenario") ?? ""), seed: spec.value.seed };
  return outputOf(write(out.value, makePcapng(capture, origin)), () => {
    const frames = capture.frames.length;
    const interfaces = interfaceCount(capture);
    if (options.has("json")) return said(jsonLine({ out: out.value, frames, interfaces, warnings }));
    return said(`${out.value}: ${capture.title}; ${frames} frames on ${interfaces} interfaces. In Wireshark, ${DECODE_HINT}.\n`, warnings);
  });
}

function write(file: string, bytes: Uint8Array): Result<string> {
  try {
    writeFileSync(file, bytes);
    return ok(file);
  } catch (error) {
    return failAt(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}; expected a file`, "--out");
  }
}

function written({ from, to, verdict, capture, warnings }: PcapAnswer, out: string, asJson: boolean): Output {
  const frames = capture.frames.length;
  const interfaces = interfaceCount(capture);
  if (asJson) return said(jsonLine({ from, to, verdict, out, frames, interfaces, warnings }));
  return said(
    `${out}: ${from} to ${to}, ${verdict}; ${frames} frames on ${interfaces} interfaces. In Wireshark, ${DECODE_HINT}.\n`,
    warnings,
  );
}
