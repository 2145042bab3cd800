/** House figures: two are rules (size of a file, documented exports), the others are printed so that one sees where they go. */
import { describe, expect, test } from "vitest";
import type { SourceFile } from "./source-files";
import { coreFiles, filesBelow } from "./source-files";

const LONGEST_FILE = 450;
/** A file that holds nothing but one table may be longer. */
const PURE_TABLES: readonly string[] = [];

function share(part: number, whole: number): string {
  return whole === 0 ? "–" : `${Math.round((100 * part) / whole)} %`;
}

function at(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0;
}

/** Lengths of function bodies: from a line that opens a function or method to the line that closes it at the same indent. */
function functionLengths(file: SourceFile): readonly number[] {
  const lengths: number[] = [];
  file.lines.forEach((line, index) => {
    const opens =
      /^(\s*)(?:export )?(?:default )?(?:private |public |static |get |set )*(?:async )?(?:function\b|(?!if|for|while|switch|catch|return|else)\w+\s*\([^;]*\)\s*(?::[^;{]+)?\{\s*$).*\{\s*$/.exec(
        line,
      );
    if (opens === null) return;
    const close = file.lines.findIndex((later, at) => at > index && later.startsWith(`${opens[1]}}`));
    if (close > index) lengths.push(close - index - 1);
  });
  return lengths;
}

function commentShare(files: readonly SourceFile[]): string {
  const lines = files.flatMap((file) => file.lines).filter((line) => line.trim() !== "");
  return share(lines.filter((line) => /^\s*(\/\/|\/\*|\*)/.test(line)).length, lines.length);
}

interface Export {
  readonly place: string;
  readonly documented: boolean;
}

function exportsOf(file: SourceFile): readonly Export[] {
  return file.lines.flatMap((line, index) => {
    const name = /^export (?:abstract )?(?:async )?(?:function\*?|class|interface|type|const|enum) (\w+)/.exec(line)?.[1];
    if (name === undefined) return [];
    const above = (file.lines[index - 1] ?? "").trim();
    // Overloads and re-opened declarations share the comment of the first.
    const overload = new RegExp(`^export function ${name}\\b`).test(above);
    return [{ place: `${file.path}: ${name}`, documented: above.endsWith("*/") || overload }];
  });
}

const source = filesBelow("src").filter((file) => !file.path.endsWith(".d.ts"));
const core = coreFiles().filter((file) => !file.path.endsWith(".d.ts"));

describe("house figures", () => {
  test(`no file is longer than ${LONGEST_FILE} lines but pure tables`, () => {
    const long = source.filter((file) => file.lines.length > LONGEST_FILE && !PURE_TABLES.includes(file.path));
    expect(long.map((file) => `${file.path}: ${file.lines.length}`)).toEqual([]);
  });

  test("every exported declaration of a core room has a doc comment", () => {
    expect(
      core
        .flatMap(exportsOf)
        .filter((one) => !one.documented)
        .map((one) => one.place),
    ).toEqual([]);
  });

  test("the other figures are printed", () => {
    const lengths = source.map((file) => file.lines.length).toSorted((a, b) => a - b);
    const functions = source.flatMap(functionLengths).toSorted((a, b) => a - b);
    const view = source.filter((file) => !core.includes(file));
    const viewExports = view.flatMap(exportsOf);
    const tests = filesBelow("tests");
    const linesOf = (files: readonly SourceFile[]): number => files.reduce((sum, file) => sum + file.lines.length, 0);
    const rows = [
      `files ${source.length}, lines ${linesOf(source)}; median ${at(lengths, 0.5)} (≤ 120), 90 % ${at(lengths, 0.9)} (≤ 300)`,
      `functions ${functions.length}: median ${at(functions, 0.5)} (≤ 8), 90 % ${at(functions, 0.9)} (≤ 25), over 50: ${share(functions.filter((length) => length > 50).length, functions.length)} (< 3 %)`,
      `comments: core ${commentShare(core)} (20–25 %), view ${commentShare(view)} (8–12 %)`,
      `view exports documented: ${share(viewExports.filter((one) => one.documented).length, viewExports.length)} (≥ 50 %)`,
      `test lines to source lines: ${(linesOf(tests) / linesOf(source)).toFixed(2)}`,
    ];
    console.log(rows.join("\n"));
    expect(functions.length).toBeGreaterThan(0);
  });
});
