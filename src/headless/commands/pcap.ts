/** `pcap`: the journey's frames as a capture file. It holds the whole connection, whether or not `--whole` is said. */
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import type { PcapAnswer } from "../../bridge/questions";
import { DECODE_HINT, interfaceCount, makePcapng } from "../../sharing/pcapng";
import type { Output } from "../output";
import { jsonLine, outputOf, refusedWith, said } from "../output";
import type { Command } from "./command";
import { askAboutFile } from "./command";
import { JOURNEY_OPTIONS, JOURNEY_PLACES, JOURNEY_USAGE, readJourney } from "./journey-options";

export const pcap: Command = {
  options: { values: [...JOURNEY_OPTIONS, "out"], switches: ["json", "whole"] },
  usage: `pcap ${JOURNEY_USAGE} --out FILE.pcapng`,
  run(options) {
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
