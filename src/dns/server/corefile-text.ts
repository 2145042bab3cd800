/** Corefile text into server blocks of directives, each with its place. Source: coredns/caddy caddyfile lexer and parser. */
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";

/** A word of the text with its line and column, both from 1. */
export interface Word {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** A line of words and what stands in braces after it. */
export interface Directive {
  readonly words: readonly Word[];
  readonly body: readonly Directive[];
}

const MATCH_WORD = /#[^\n]*|"(?:\\.|[^"\\])*"|\n|[^\s"#][^\s]*|"/g;

/** Words and line ends; a word that begins with # and the rest of its line is a comment. */
function wordsOf(text: string): readonly Word[] {
  const words: Word[] = [];
  let line = 1;
  let lineStart = 0;
  for (const match of text.matchAll(MATCH_WORD)) {
    const [raw] = match;
    if (!raw.startsWith("#")) words.push({ text: raw, line, column: match.index - lineStart + 1 });
    for (let index = raw.indexOf("\n"); index >= 0; index = raw.indexOf("\n", index + 1)) {
      line += 1;
      lineStart = match.index + index + 1;
    }
  }
  return words;
}

/** `file:line:column` of a word. */
export function placeOf(word: Word, file: string): string {
  return `${file}:${word.line}:${word.column}`;
}

/** All server blocks: the words of a block are its keys (zones and ports), its body the plugins. */
export function parseBlocks(text: string, file: string): Result<readonly Directive[]> {
  const reader = new BlockReader(wordsOf(text), file);
  const blocks = reader.directives(undefined);
  return reader.problem === undefined ? ok(blocks) : failAt(reader.problem.message, reader.problem.at);
}

class BlockReader {
  problem: { readonly message: string; readonly at: string } | undefined;
  private at = 0;
  private readonly words: readonly Word[];
  private readonly file: string;

  constructor(words: readonly Word[], file: string) {
    this.words = words;
    this.file = file;
  }

  private wrong(word: Word, message: string): void {
    this.problem ??= { message, at: placeOf(word, this.file) };
    this.at = this.words.length;
  }

  /** Directives up to the closing brace that belongs to `open`, or to the end of the text. */
  directives(open: Word | undefined): readonly Directive[] {
    const found: Directive[] = [];
    for (;;) {
      const word = this.words[this.at];
      if (word === undefined) {
        if (open !== undefined) this.wrong(open, `"{" is never closed; expected "}" on a line of its own`);
        return found;
      }
      if (word.text === "}") {
        if (open === undefined) this.wrong(word, `"}" closes nothing`);
        else this.at += 1;
        return found;
      }
      if (word.text === "\n") this.at += 1;
      else found.push(this.directive(open === undefined));
    }
  }

  /** One directive. The keys of a server block may run over lines after a comma, and must be followed by a body. */
  private directive(isBlock: boolean): Directive {
    const words: Word[] = [];
    for (let word = this.words[this.at]; word !== undefined; word = this.words[this.at]) {
      this.at += 1;
      if (word.text === "{") return { words, body: this.directives(word) };
      if (word.text === "\n" && !(isBlock && words.at(-1)?.text.endsWith(",") === true)) break;
      if (word.text === '"') this.wrong(word, "a quotation mark is never closed");
      else if (word.text === "}") this.wrong(word, `"}" must stand on a line of its own`);
      else if (word.text !== "\n") words.push({ ...word, text: unquoted(word.text) });
    }
    const [first] = words;
    if (isBlock && first !== undefined) this.wrong(first, `"${first.text}" has no body; expected "{" on the same line`);
    return { words, body: [] };
  }
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('\\"', '"') : text;
}
