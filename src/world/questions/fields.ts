/** Reads fields out of JSON that somebody wrote by hand; the first thing that is wrong is kept, with its path. */
import { nearestName } from "../../base/nearest";
import type { Problem, Result } from "../../base/result";
import { fail, ok } from "../../base/result";

/** A JSON object. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What was read so far: shared by the readers of one request. */
export interface Findings {
  problem: Problem | undefined;
  readonly warnings: string[];
}

/** Nothing found yet. */
export function noFindings(): Findings {
  return { problem: undefined, warnings: [] };
}

/** The value, unless something was wrong. */
export function resultOf<T>({ problem }: Findings, value: T): Result<T> {
  return problem === undefined ? ok(value) : fail(problem);
}

/** One object's fields. A field that is null counts as absent. */
export class Fields {
  private readonly record: JsonRecord;

  constructor(
    value: unknown,
    /** Path of the object, "" for the request itself. */
    private readonly path: string,
    readonly findings: Findings,
  ) {
    this.record = isRecord(value) ? value : {};
    if (value !== undefined && !isRecord(value)) this.wrong("", "an object with fields");
  }

  /** Where a field stands. */
  placeOf(name: string): string {
    return [this.path, name].filter((part) => part !== "").join(".");
  }

  /** Notes that a field is not what was expected. */
  wrong(name: string, expected: string): undefined {
    const given = name === "" ? undefined : this.record[name];
    const got = given === undefined ? "" : `, got ${JSON.stringify(given)}`;
    const at = this.placeOf(name);
    this.findings.problem ??= { message: `expected ${expected}${got}`, ...(at === "" ? {} : { at }) };
    return undefined;
  }

  /** Warns of fields that nobody reads. */
  only(names: readonly string[]): void {
    for (const name of Object.keys(this.record)) {
      if (names.includes(name)) continue;
      this.findings.warnings.push(
        `${this.placeOf(name)}: this field is not known and was left out; the nearest is ${nearestName(name, names) ?? "none"}`,
      );
    }
  }

  /** Whether a field is given at all. */
  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  /** A field as it is. */
  raw(name: string): unknown {
    return this.record[name] ?? undefined;
  }

  text(name: string): string | undefined {
    const value = this.raw(name);
    return value === undefined || typeof value === "string" ? value : this.wrong(name, "a text");
  }

  flag(name: string): boolean | undefined {
    const value = this.raw(name);
    return value === undefined || typeof value === "boolean" ? value : this.wrong(name, "true or false");
  }

  whole(name: string, least: number, most: number): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const fits = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
    return fits ? value : this.wrong(name, `a whole number from ${least} to ${most}`);
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    return words.find((word) => word === value) ?? this.wrong(name, words.map((word) => `"${word}"`).join(" or "));
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.raw(name);
    return value === undefined || Array.isArray(value) ? value : this.wrong(name, "a list");
  }

  /** A list of texts that all pass a test. */
  texts(name: string, what = "texts", passes: (text: string) => boolean = () => true): readonly string[] | undefined {
    const list = this.list(name);
    if (list === undefined) return undefined;
    const texts = list.filter((item) => typeof item === "string");
    return texts.length === list.length && texts.every(passes) ? texts : this.wrong(name, `a list of ${what}`);
  }

  /** A text that passes a test. */
  textThat(name: string, what: string, passes: (text: string) => boolean): string | undefined {
    const text = this.text(name);
    return text === undefined || passes(text) ? text : this.wrong(name, what);
  }

  /** A field that is an object itself. */
  fields(name: string): Fields | undefined {
    const value = this.raw(name);
    return value === undefined ? undefined : new Fields(value, this.placeOf(name), this.findings);
  }
}
