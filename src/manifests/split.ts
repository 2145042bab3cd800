/**
 * Cuts a text into pieces that can be parsed one at a time: documents at `---` and `...` lines, and the items of a long
 * `kind: List` (block YAML or JSON). A line that begins with `---` ends a document wherever it stands (YAML 1.2 §9.1.2),
 * so this needs no parsing. Cutting is what makes 20 MB readable with progress.
 */

/** A part of the text, on lines of its own. */
export interface Piece {
  readonly text: string;
  /** Line of its first character in the file, from 1. */
  readonly line: number;
  /** How many characters stand before its first one on that line. */
  readonly column: number;
  /** Where it ends in the file, in characters. */
  readonly end: number;
  /** A piece of a block list reads as a list of one. */
  readonly isItem: boolean;
}

/** Below this many characters a List is parsed whole. */
const LONG = 64 * 1024;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The pieces of a text, one at a time. */
export function* pieces(text: string): Generator<Piece, void> {
  let line = 1;
  let counted = 0;
  const piece = ({ start, end }: Span, isItem: boolean): Piece => {
    line += countLines(text, counted, start);
    counted = start;
    return { text: text.slice(start, end), line, column: start - (text.lastIndexOf("\n", start - 1) + 1), end, isItem };
  };
  for (const whole of documentSpans(text)) {
    const items = whole.end - whole.start < LONG ? undefined : itemsOf(text, whole);
    if (items === undefined) yield piece(whole, false);
    else for (const item of items.spans) yield piece(item, items.isBlock);
  }
}

function countLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

function* documentSpans(text: string): Generator<Span, void> {
  const marks = /^(?:---|\.\.\.)(?=[ \t\r]|$)/gm;
  let start = 0;
  let searched = 0;
  for (;;) {
    marks.lastIndex = searched;
    const mark = marks.exec(text);
    if (mark === null) break;
    searched = mark.index + 3;
    const cut = mark[0] === "---" ? mark.index : searched;
    // Comments and %YAML lines before the first `---` belong to the document that it opens.
    if (mark[0] === "---" && !text.startsWith("---", start) && !hasContent(text.slice(start, cut))) continue;
    yield { start, end: cut };
    start = cut;
  }
  yield { start, end: text.length };
}

function hasContent(text: string): boolean {
  return /^[ \t]*[^\s#%]/m.test(text);
}

/** The items of a List, undefined where the document is none or cannot be cut (anchors may reach over items). */
function itemsOf(text: string, whole: Span): { spans: Iterable<Span>; isBlock: boolean } | undefined {
  const head = text.slice(whole.start, whole.start + 4096);
  if (head.trimStart().startsWith("{")) {
    const at = jsonItems(text, whole);
    return at === undefined ? undefined : { spans: jsonItemSpans(text, at, whole.end), isBlock: false };
  }
  const found = /^items:[ \t]*\r?\n(?=- )/m.exec(head);
  if (found === null || !/^kind: *"?List"?\s*$/m.test(text.slice(whole.start, whole.end))) return undefined;
  if (/^[ \t-]*(?:[\w."/-]+:)?[ \t]+&\w/m.test(text.slice(whole.start, whole.end))) return undefined;
  return { spans: blockItemSpans(text, whole.start + found.index + found[0].length, whole.end), isBlock: true };
}

function* blockItemSpans(text: string, first: number, end: number): Generator<Span, void> {
  let start = first;
  const next = /^(?:- |[^\s#-])/gm;
  for (;;) {
    next.lastIndex = start + 1;
    const found = next.exec(text);
    const at = found === null ? end : Math.min(found.index, end);
    yield { start, end: at };
    if (found === null || at >= end || found[0] !== "- ") return;
    start = at;
  }
}

/** Where the items of a JSON List begin: behind the `[` of a top-level "items". */
function jsonItems(text: string, { start, end }: Span): number | undefined {
  const found =
    /^\s*\{\s*(?:"apiVersion"\s*:\s*"[^"]*"\s*,\s*|"kind"\s*:\s*"[^"]*"\s*,\s*|"metadata"\s*:\s*\{[^{}]*\}\s*,\s*)*"items"\s*:\s*\[/.exec(
      text.slice(start, Math.min(end, start + 4096)),
    );
  return found === null ? undefined : start + found[0].length;
}

function* jsonItemSpans(text: string, first: number, end: number): Generator<Span, void> {
  const opening = /[^\s,]/g;
  let at = first;
  for (;;) {
    opening.lastIndex = at;
    const found = opening.exec(text);
    if (found === null || found.index >= end || found[0] === "]") return;
    const close = endOfJson(text, found.index, end);
    yield { start: found.index, end: close };
    at = close;
  }
}

/** Where the JSON object that opens at `start` has closed; `end` where it has not. */
function endOfJson(text: string, start: number, end: number): number {
  const marks = /[{}[\]]|"(?:[^"\\]|\\.)*"?/gs;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null && mark.index < end; mark = marks.exec(text)) {
    if (mark[0] === "{" || mark[0] === "[") depth += 1;
    else if (mark[0] === "}" || mark[0] === "]") depth -= 1;
    if (depth === 0) return mark.index + mark[0].length;
  }
  return end;
}
