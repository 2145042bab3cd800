/**
 * One piece of YAML or JSON to a plain value and the places of its fields. JSON is read by the engine's own parser;
 * the YAML parser is asked for places only when something is wrong. Source: YAML 1.2 core schema (with `<<` merges);
 * kubectl reads more words as truth (`yes`, `on`), which is left out.
 */
import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument, visit } from "yaml";
import type { Document, Node as YamlNode, YAMLError } from "yaml";
import type { Problem, Result } from "../base/result";
import { fail, failAt, ok } from "../base/result";
import type { Piece } from "./split";

/** How often one document may repeat one anchor, nested repeats multiplied; more is taken for an attack. */
const MAX_ALIASES = 100;

/** How many aliases one document may have. */
const MOST_ALIASES = 1000;

/** How deep one document may be nested; Kubernetes' own objects need about twenty. */
const MOST_LEVELS = 100;

/** A parsed piece. */
export interface Parsed {
  readonly value: unknown;
  /** `file:line:column` of a field such as `spec.ports[0].port`, or of what is nearest to where it should stand. */
  readonly at: (path: string) => string;
}

/** Why a piece cannot be read; `isOpen` where the parser waited for more text. */
export interface ParseProblem extends Problem {
  readonly isOpen?: boolean;
}

type ParseResult = Result<Parsed, ParseProblem>;

/** Reads a piece, or says where and why it cannot. */
export function parsePiece(file: string, piece: Piece): ParseResult {
  const tooDeep = failAt(`this document is nested more than ${MOST_LEVELS} levels deep; no Kubernetes object is`, placeOf(file, piece, 0));
  try {
    const parsed = parseText(file, piece);
    return parsed === undefined || (parsed.ok && isDeeper(parsed.value.value, MOST_LEVELS)) ? tooDeep : parsed;
  } catch (error) {
    // Walking nodes recurses, as parsing does: a text of brackets alone exhausts the stack.
    if (error instanceof RangeError) return tooDeep;
    throw error;
  }
}

/** Whether a value has more levels than the limit; stops at the limit. */
function isDeeper(value: unknown, limit: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return limit === 0 || Object.values(value).some((field) => isDeeper(field, limit - 1));
}

/** Undefined where the text is nested too deeply to be read at all. */
function parseText(file: string, piece: Piece): ParseResult | undefined {
  const fast = piece.text.trimStart().startsWith("{") ? parseJson(piece.text) : undefined;
  if (fast === undefined) return parseYaml(file, piece);
  let places: Parsed["at"] | undefined;
  const at = (path: string): string => {
    if (path === "") return placeOf(file, piece, piece.text.length - piece.text.trimStart().length);
    places ??= placesIn(file, piece);
    return places(path);
  };
  return ok({ value: fast.value, at });
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function placesIn(file: string, piece: Piece): Parsed["at"] {
  const parsed = parseYaml(file, piece);
  return parsed?.ok === true ? parsed.value.at : () => placeOf(file, piece, 0);
}

function placeOf(file: string, piece: Piece, offset: number): string {
  const before = piece.text.slice(0, offset).split("\n");
  const column = (before.at(-1) ?? "").length + (before.length === 1 ? piece.column : 0) + 1;
  return `${file}:${piece.line + before.length - 1}:${column}`;
}

function parseYaml(file: string, piece: Piece): ParseResult | undefined {
  const lines = new LineCounter();
  const tree = parseDocument(piece.text, { lineCounter: lines, merge: true, prettyErrors: false, logLevel: "silent" });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${piece.line + line - 1}:${line === 1 ? col + piece.column : col}`;
  };
  const error = tree.errors[0];
  if (error?.code === "RESOURCE_EXHAUSTION") return undefined;
  if (error !== undefined) {
    const at = place(Math.min(error.pos[0], lastCharacter(piece.text)));
    return fail({ message: syntaxMessage(error, piece.text), at, isOpen: error.code !== "TAB_AS_INDENT" });
  }
  const wrong = wrongAlias(tree);
  if (wrong !== undefined) return failAt(wrong.message, place(wrong.offset));
  const value = plainValue(tree);
  if (!value.ok) return failAt(value.problem.message, place(0));
  const root = piece.isItem && isSeq(tree.contents) ? nodeOr(tree.contents.items[0]) : tree.contents;
  const plain: unknown = piece.isItem && Array.isArray(value.value) ? value.value[0] : value.value;
  return ok({ value: plain, at: (path) => place(offsetOf(tree, root, path)) });
}

function lastCharacter(text: string): number {
  return Math.max(0, text.trimEnd().length - 1);
}

/** The first alias that has no anchor before it, or one too many. One walk: the parser's own look-up is a walk for each. */
function wrongAlias(tree: Document): { readonly message: string; readonly offset: number } | undefined {
  const anchors = new Set<string>();
  let count = 0;
  let found: { message: string; offset: number } | undefined;
  visit(tree, {
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.add(node.anchor);
    },
    Alias: (_, { source, range }) => {
      count += 1;
      if (anchors.has(source) && count <= MOST_ALIASES) return undefined;
      const message =
        count > MOST_ALIASES
          ? `this document has more than ${MOST_ALIASES} aliases (*name)`
          : `the alias *${source} has no anchor &${source} before it`;
      found = { message, offset: range?.[0] ?? 0 };
      return visit.BREAK;
    },
  });
  return found;
}

function plainValue(tree: Document): Result<unknown> {
  try {
    return ok(tree.toJS({ maxAliasCount: MAX_ALIASES }));
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return failAt(`the aliases (*name) of this document expand to too much; at most ${MAX_ALIASES} are read`);
  }
}

function syntaxMessage({ code, message }: YAMLError, text: string): string {
  switch (code) {
    case "TAB_AS_INDENT":
      return "a tab is used for indentation; YAML expects spaces";
    case "DUPLICATE_KEY":
      return "this key stands twice in one mapping; expected once";
    default:
      return usesTab(text) ? `${firstLine(message)} (there is a tab in this document; YAML expects spaces)` : firstLine(message);
  }
}

function usesTab(text: string): boolean {
  return /^ *\t/m.test(text);
}

/** The parser's own words, as a sentence of ours: lower case, no full stop. */
function firstLine(message: string): string {
  const [line = ""] = message.split("\n");
  return line.charAt(0).toLowerCase() + line.slice(1).replace(/[.:]$/, "");
}

function nodeOr(value: unknown): YamlNode | null {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : null;
}

/** Walks a path down the nodes. Where a field is missing: the key above it. A key may have dots in it, so the longest that fits is taken. */
function offsetOf(tree: Document, root: YamlNode | null, path: string): number {
  let node = root;
  let offset = root?.range?.[0] ?? 0;
  let rest = path;
  while (rest !== "") {
    const target = isAlias(node) ? (node.resolve(tree) ?? null) : node;
    const step = isSeq(target) ? intoList(target.items, rest) : isMap(target) ? intoMap(target.items, rest) : undefined;
    if (step === undefined) return offset;
    offset = step.offset;
    node = step.node;
    rest = step.rest;
  }
  return node?.range?.[0] ?? offset;
}

interface Step {
  readonly node: YamlNode | null;
  readonly offset: number;
  readonly rest: string;
}

function intoList(items: readonly unknown[], path: string): Step | undefined {
  const found = /^\[(\d+)\]\.?(.*)$/s.exec(path);
  const node = nodeOr(items[Number(found?.[1])]);
  return found === null || node === null ? undefined : { node, offset: node.range?.[0] ?? 0, rest: found[2] ?? "" };
}

function intoMap(items: readonly { key: unknown; value: unknown }[], path: string): Step | undefined {
  let best: { key: string; offset: number; node: YamlNode | null } | undefined;
  for (const { key, value } of items) {
    const name = isScalar(key) ? String(key.value) : "";
    const fits = path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`);
    if (!fits || name.length <= (best?.key.length ?? 0)) continue;
    best = { key: name, offset: isScalar(key) ? (key.range?.[0] ?? 0) : 0, node: nodeOr(value) };
  }
  if (best === undefined) return undefined;
  return { node: best.node, offset: best.offset, rest: path.slice(best.key.length).replace(/^\./, "") };
}
