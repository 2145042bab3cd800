/**
 * Reads transactions back from their text (script.ts), for tests and recordings. Knows the expressions of tables.ts and
 * throws on anything else.
 */
import { ensure } from "../../../base/assert";
import { fingerprint } from "../../../base/hash";
import { emptyTable, runTransaction, type NftOperation, type NftSetName } from "./operations";
import { readExpression, readVerdict, Words } from "./parse-rule";
import type { NftBase, NftElement, NftHook, NftRule, NftTable } from "./tables";

/** The operations of a script, blank lines and comments skipped. A line that cannot be read throws with its number. */
export function parseScript(text: string): readonly NftOperation[] {
  const kinds = new Map<string, NftSetName["kind"]>();
  const operations: NftOperation[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    try {
      operations.push(readOperation(line, kinds));
    } catch (problem) {
      throw new Error(`script line ${index + 1}: ${problem instanceof Error ? problem.message : String(problem)}`, { cause: problem });
    }
  }
  return operations;
}

/** The table that a script makes from nothing. Lines may come in any order that declares before it uses. */
export function parseTable(text: string, name = "kube-proxy"): NftTable {
  const operations = parseScript(text);
  return runTransaction(emptyTable(name), operations, fingerprint(operations));
}

/** One rule, as its author writes it. */
export function parseRule(text: string): NftRule {
  const words = new Words(text);
  const expressions = [];
  while (words.peek() !== undefined && words.peek() !== "comment") expressions.push(readExpression(words));
  return words.skip("comment") ? { expressions, comment: words.take() } : { expressions };
}

function readOperation(line: string, kinds: Map<string, NftSetName["kind"]>): NftOperation {
  const words = new Words(line);
  const verb = words.take();
  const what = words.take();
  words.expect("ip");
  words.take();
  if (verb !== "add" && verb !== "flush" && verb !== "delete") throw new Error(`"${verb}" is no operation that is known here`);
  switch (what) {
    case "table":
      return { verb: "add", what, ...readComment(words) };
    case "chain":
      return verb === "add" ? readChain(words) : { verb, what, name: words.take() };
    case "rule":
      return { verb: "add", what, chain: words.take(), rule: parseRule(words.rest()) };
    case "set":
    case "map": {
      const name = words.take();
      kinds.set(name, what);
      return verb === "add" ? readSet(what, name, words) : { verb, what: "set", set: { kind: what, name } };
    }
    case "element": {
      const name = words.take();
      const set = { kind: kinds.get(name) ?? (line.includes(" : ") ? "map" : "set"), name } as const;
      const element = readElement(words);
      return verb === "add" ? { verb, what, set, element } : { verb: "delete", what, set, key: element.key };
    }
    default:
      throw new Error(`"${what}" is nothing that is known here`);
  }
}

function readComment(words: Words): { readonly comment?: string } {
  words.skip("{");
  return words.skip("comment") ? { comment: words.take() } : {};
}

const HOOKS: readonly NftHook[] = ["prerouting", "input", "forward", "output", "postrouting"];

function readChain(words: Words): NftOperation {
  const name = words.take();
  words.skip("{");
  let base: NftBase | undefined;
  if (words.skip("type")) {
    const type = words.take() === "nat" ? "nat" : "filter";
    words.expect("hook");
    const hook = ensure(
      HOOKS.find((one) => words.skip(one)),
      "hook",
    );
    words.expect("priority");
    base = { type, hook, priority: Number(words.take()), policy: "accept" };
    words.expect(";");
    if (words.skip("policy")) base = { ...base, policy: words.take() === "drop" ? "drop" : "accept" };
    words.skip(";");
  }
  return { verb: "add", what: "chain", chain: { name, ...(base === undefined ? {} : { base }), ...readComment(words) } };
}

function readSet(kind: NftSetName["kind"], name: string, words: Words): NftOperation {
  words.expect("{");
  words.expect("type");
  const type = words.until(kind === "map" ? ":" : ";");
  if (kind === "map") words.until(";");
  const flags = words.skip("flags") ? words.until(";").split(",").map(readFlag) : undefined;
  const timeout = words.skip("timeout") ? Number.parseInt(words.until(";"), 10) : undefined;
  return {
    verb: "add",
    what: "set",
    set: {
      kind,
      name,
      type,
      ...(flags === undefined ? {} : { flags }),
      ...(timeout === undefined ? {} : { timeout }),
      ...readComment(words),
    },
  };
}

function readFlag(text: string): "dynamic" | "timeout" {
  if (text === "dynamic" || text === "timeout") return text;
  throw new Error(`flag ${text} is not known here`);
}

function readElement(words: Words): NftElement {
  words.expect("{");
  const key = [words.take()];
  while (words.skip(".")) key.push(words.take());
  const comment = words.skip("comment") ? { comment: words.take() } : {};
  const verdict = words.skip(":") ? { verdict: readVerdict(words) } : {};
  return { key: key.join(" . "), ...comment, ...verdict };
}
