/** `trace`: one packet's journey, there and back. */
import { refusedWith } from "../output";
import { traceText } from "../print/trace";
import type { Command } from "./command";
import { askAboutFile, printAnswer } from "./command";
import { JOURNEY_OPTIONS, JOURNEY_PLACES, JOURNEY_USAGE, readJourney } from "./journey-options";

export const trace: Command = {
  options: { values: JOURNEY_OPTIONS, switches: ["json", "whole"] },
  usage: `trace ${JOURNEY_USAGE} [--whole]`,
  run(options) {
    const journey = readJourney(options);
    if (!journey.ok) return refusedWith(journey.problem);
    return printAnswer(options, askAboutFile(options, { do: "trace", ...journey.value }, JOURNEY_PLACES), "trace", traceText);
  },
};
