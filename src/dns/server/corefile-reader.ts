/** Reads the words of a Corefile's directives as values; the first wrong one is kept, with its place. */
import type { Word } from "./corefile-text";
import { placeOf } from "./corefile-text";
import { normaliseZone } from "./zones";

/** A reader of one Corefile. */
export class PluginReader {
  readonly warnings: string[] = [];
  /** The first thing that was wrong; undefined while all is well. */
  problem: { readonly message: string; readonly at: string } | undefined;
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** Says that a word is wrong. */
  wrong(word: Word, message: string): void {
    this.problem ??= { message, at: placeOf(word, this.file) };
  }

  /** Says that something was left out. */
  warn(word: Word | undefined, message: string): void {
    this.warnings.push(word === undefined ? message : `${placeOf(word, this.file)}: ${message}`);
  }

  /** A whole number within bounds. */
  number(name: Word, word: Word | undefined, least: number, most: number): number {
    const value = /^\d+$/.test(word?.text ?? "") ? Number(word?.text) : Number.NaN;
    if (value >= least && value <= most) return value;
    this.wrong(word ?? name, `${name.text}: expected a whole number from ${least} to ${most}`);
    return least;
  }

  /** One of a few words. */
  oneOf<Text extends string>(name: Word, word: Word | undefined, allowed: readonly Text[]): Text | undefined {
    const found = allowed.find((text) => text === word?.text);
    if (found === undefined) this.wrong(word ?? name, `${name.text}: expected ${allowed.join(", ")}`);
    return found;
  }

  /** Seconds of `5s`, `1m30s`, `1h`; `standard` where no word stands. */
  duration(word: Word | undefined, standard = 0): number {
    if (word === undefined) return standard;
    const [whole, hours = "0", minutes = "0", secs = "0"] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(word.text) ?? [];
    const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(secs);
    const isWritten = whole !== undefined && whole !== "";
    if (!isWritten) this.wrong(word, `"${word.text}" is no duration; expected one such as 5s`);
    return total;
  }
}

/** The zones that words name. */
export function zonesOf(reader: PluginReader, words: readonly Word[]): readonly string[] {
  return words.flatMap((word) => {
    const zones = normaliseZone(word.text);
    if (zones === undefined) reader.wrong(word, `"${word.text}" is no zone; expected a domain or a CIDR`);
    return zones ?? [];
  });
}
