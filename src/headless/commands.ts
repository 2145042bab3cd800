/** All commands by name. `batch` is not here: it is a conversation (see main.ts). */
import { nearestName } from "../base/nearest";
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import { readOptions } from "./arguments";
import type { Command } from "./commands/command";
import { dns } from "./commands/dns";
import { lab } from "./commands/lab";
import { pcap } from "./commands/pcap";
import { resolve } from "./commands/resolve";
import { rules } from "./commands/rules";
import { run } from "./commands/run";
import { trace } from "./commands/trace";
import type { Output } from "./output";
import { refusedWith } from "./output";

const COMMANDS: ReadonlyMap<string, Command> = new Map(Object.entries({ rules, dns, resolve, trace, run, pcap, lab }));

/** How the command is used, a line a command. */
export function usage(): string {
  const lines = [...[...COMMANDS.values()].map((command) => command.usage), "batch   (one JSON request a line on stdin)"];
  return `npm run --silent headless -- COMMAND\n\n${lines.map((line) => `  ${line}\n`).join("")}\nEvery command but batch takes --json.\n`;
}

/** What a command line leads to. Prints nothing itself. */
export function runCommand(words: readonly string[]): Output {
  const [name, ...rest] = words;
  if (name === undefined || name === "--help" || name === "help") return { out: usage(), notes: [], code: 0 };
  const command = findCommand(name);
  if (!command.ok) return refusedWith(command.problem);
  const options = readOptions(rest, command.value.options);
  return options.ok ? command.value.run(options.value) : refusedWith(options.problem);
}

function findCommand(name: string): Result<Command> {
  const command = COMMANDS.get(name);
  if (command !== undefined) return ok(command);
  return failAt(`this is no command; the nearest is ${nearestName(name, [...COMMANDS.keys(), "batch"]) ?? "none"}`, name);
}
