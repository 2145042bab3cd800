/** `run`: the transcript of a scenario or a cluster file. */
import { existsSync } from "node:fs";
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import type { RunSource, RunSpec } from "../../bridge/transcript";
import { endLine, transcriptOf } from "../../bridge/transcript";
import type { Options } from "../arguments";
import { readText } from "../files";
import { jsonLine, outputOf, said } from "../output";
import { asUser, readCommands, readMoment } from "../run-request";
import type { Command } from "./command";
import { numberOf } from "./command";

export const run: Command = {
  options: { values: ["scenario", "commands", "until", "seed", "as", "causes"], switches: ["json"] },
  usage: "run --scenario two-apps|FILE --until 60s [--commands FILE.json] [--as USER] [--causes EVENT] [--seed N]",
  run(options) {
    const spec = specOf(options);
    return outputOf(spec.ok ? transcriptOf(spec.value) : spec, (transcript) => {
      const { lines, hash, events, warnings, causes } = transcript;
      if (options.has("json"))
        return said(jsonLine({ transcript: lines, hash, events, warnings, ...(causes === undefined ? {} : { causes }) }));
      if (causes !== undefined) return said(`${causes}\n`, warnings);
      return said(`${[...lines, endLine(transcript)].join("\n")}\n`, warnings);
    });
  },
};

/** Reads what is run: a source, commands, a seed, an end. */
export function specOf(options: Options): Result<RunSpec> {
  const source = sourceOf(options);
  if (!source.ok) return source;
  const until = readMoment(options.get("until"), "--until");
  if (!until.ok) return until;
  const seed = numberOf(options, "seed");
  if (!seed.ok) return seed;
  const first = asUser(options.get("as"));
  if (!first.ok) return first;
  const commands = commandsOf(options);
  if (!commands.ok) return commands;
  const causes = numberOf(options, "causes");
  if (!causes.ok) return causes;
  const causesOf = causes.value === undefined ? {} : { causesOf: causes.value };
  return ok({ source: source.value, commands: commands.value, until: until.value, seed: seed.value ?? 1, ...first.value, ...causesOf });
}

/** A scenario by its name; what has a dot or a slash, or is there as a file, is a file. */
function sourceOf(options: Options): Result<RunSource> {
  const named = options.need("scenario", "a scenario such as two-apps, or a cluster file");
  if (!named.ok) return named;
  if (!/[./]/.test(named.value) && !existsSync(named.value)) return ok({ kind: "scenario", id: named.value });
  const file = readText(named.value);
  return file.ok ? ok({ kind: "file", ...file.value }) : file;
}

function commandsOf(options: Options): Result<RunSpec["commands"]> {
  const name = options.get("commands");
  if (name === undefined) return ok([]);
  const file = readText(name);
  if (!file.ok) return file;
  try {
    return readCommands(JSON.parse(file.value.text), `${name}: commands`);
  } catch (error) {
    return failAt(`this is no JSON: ${error instanceof Error ? error.message : String(error)}`, name);
  }
}
