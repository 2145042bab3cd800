/** The core is pure: the same inputs give the same bytes on every machine, so nothing in it may read a clock, a locale or chance. */
import { describe, expect, test } from "vitest";
import { coreFiles, filesBelow, importsOf } from "./source-files";

/** Code without comments and texts, so that a word in a sentence is not taken for a call. */
function codeOf(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/\/\/[^\n]*/g, "")
    .replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""')
    .replaceAll(/'(?:[^'\\\n]|\\.)*'/g, "''");
}

const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  ["a clock", /\bDate\b|\bperformance\b|\bsetTimeout\b|\bsetInterval\b|\brequestAnimationFrame\b/],
  ["chance that is not addressed", /Math\.random|\bcrypto\b/],
  ["a locale", /localeCompare|\bIntl\b|toLocale\w+/],
  [
    "a transcendental function",
    /Math\.(sin|cos|tan|asin|acos|atan2?|sinh|cosh|tanh|exp|expm1|log|log2|log10|log1p|pow|sqrt|cbrt|hypot)\b|\*\*/,
  ],
  ["the DOM", /\b(window|document|navigator|localStorage)\./],
  ["a promise", /\basync\b|\bawait\b|\bPromise\b/],
];

describe("core rooms", () => {
  test.each(FORBIDDEN)("never use %s", (_what, pattern) => {
    const wrong = coreFiles().flatMap((file) =>
      codeOf(file.text)
        .split("\n")
        .filter((line) => pattern.test(line))
        .map((line) => `${file.path}: ${line.trim()}`),
    );
    expect(wrong).toEqual([]);
  });

  test("import only libraries that were chosen for them", () => {
    const chosen = ["@noble/hashes/sha2.js", "@scure/base", "sorted-btree", "yaml", "virtual:scenario/two-apps"];
    const wrong = coreFiles().flatMap((file) =>
      importsOf(file)
        .filter((name) => !name.startsWith("src/") && !chosen.includes(name))
        .map((name) => `${file.path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

test("nothing in the program says `any`, silences the compiler or prints to the console by accident", () => {
  const loose = /:\s*any\b|<any>|\bas any\b|as unknown as|@ts-ignore|@ts-expect-error|\bTODO\b|\bFIXME\b/;
  const wrong = filesBelow("src").flatMap((file) =>
    file.lines.filter((line) => loose.test(line)).map((line) => `${file.path}: ${line.trim()}`),
  );
  expect(wrong).toEqual([]);
  const printing = filesBelow("src").filter((file) => !file.path.startsWith("src/headless/") && /console\.\w+\(/.test(file.text));
  expect(printing.map((file) => file.path)).toEqual([]);
});
