/** Reads the command line. Every option is known by name; a wrong one is answered with the nearest. */
import { nearestName } from "../base/nearest";
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";

/** Which options a command takes: with a value, or as a switch. */
export interface OptionTable {
  readonly values: readonly string[];
  readonly switches: readonly string[];
}

/** Options as given. */
export class Options {
  constructor(
    private readonly values: ReadonlyMap<string, string>,
    private readonly switches: ReadonlySet<string>,
  ) {}

  /** A switch. */
  has(name: string): boolean {
    return this.switches.has(name);
  }

  /** A value, if it is given. */
  get(name: string): string | undefined {
    return this.values.get(name);
  }

  /** A value that the command cannot do without. */
  need(name: string, example: string): Result<string> {
    const value = this.values.get(name);
    return value === undefined || value === "" ? failAt(`is missing; expected ${example}`, `--${name}`) : ok(value);
  }
}

/** Reads what stands behind the command's name; `--name value` and `--name=value` are the same. */
export function readOptions(words: readonly string[], { values, switches }: OptionTable): Result<Options> {
  const given = new Map<string, string>();
  const on = new Set<string>();
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    const [, name = "", , inline] = /^--([a-z-]+)(=(.*))?$/s.exec(word) ?? [];
    if (switches.includes(name) && inline === undefined) {
      on.add(name);
      continue;
    }
    if (!values.includes(name)) return unknownOption(word, [...values, ...switches]);
    const value = inline ?? words[index + 1];
    if (value === undefined) return failAt("is the last word; a value was expected behind it", `--${name}`);
    if (given.has(name)) return failAt("stands twice; expected once", `--${name}`);
    given.set(name, value);
    if (inline === undefined) index += 1;
  }
  return ok(new Options(given, on));
}

function unknownOption(word: string, known: readonly string[]): Result<never> {
  const all = known.map((name) => `--${name}`);
  return failAt(`this is no option here; the nearest is ${nearestName(word, all) ?? "none"}`, word);
}
