/**
 * Manifests to objects. Errors are one line, `file:line:column: what is wrong and what was expected`; the first one
 * ends the reading. A text is read piece by piece, so that a caller can show progress and stop.
 */
import type { Problem, Result } from "../base/result";
import { fail, failAt, ok } from "../base/result";
import type { LoadOptions, Loaded } from "./collect";
import { Collector } from "./collect";
import type { Parsed } from "./parse";
import { parsePiece } from "./parse";
import type { Piece } from "./split";
import { pieces } from "./split";

export type { LoadOptions, Loaded } from "./collect";
export { loadObjects } from "./load-objects";
export type { UnknownObject } from "./read-object";

/** The most that is read, in bytes of a file or characters of a text. */
export const MAX_MANIFEST_SIZE = 64 * 1024 * 1024;

/** Ranges that ClusterIPs of a file are held against, unless others are given: kubeadm's. */
const USUAL_SERVICE_CIDRS: readonly string[] = ["10.96.0.0/12"];

/** A text with the name that errors call it by. */
export interface ManifestText {
  readonly name: string;
  readonly text: string;
}

/** The problem of a file that is too large, asked before reading it; undefined where it is not. */
export function sizeProblem(name: string, size: number): Problem | undefined {
  if (size <= MAX_MANIFEST_SIZE) return undefined;
  return { message: `the file has ${Math.ceil(size / 1024 / 1024)} MB; at most 64 MB are read`, at: name };
}

/** What one step of reading gave. */
export interface ReadStep {
  /** No more steps are needed: the text is at its end, or there is a problem. */
  readonly done: boolean;
  /** Absent at the end and where there is a problem. */
  readonly document?: Parsed;
  readonly problem?: Problem;
}

/** Reads a text, one document (or item of a long List) a step. */
export class ManifestReader {
  private readonly file: string;
  private readonly left: Generator<Piece, void>;
  private problem: Problem | undefined;
  private characters = 0;
  private piece: Piece | undefined;
  private readonly endsOpen: boolean;
  /** Length of the text in characters. */
  readonly total: number;

  constructor({ name, text }: ManifestText) {
    this.file = name;
    this.total = text.length;
    this.endsOpen = !text.endsWith("\n");
    this.problem = sizeProblem(name, text.length);
    this.left = pieces(text.startsWith("\uFEFF") ? text.slice(1) : text);
  }

  /** How many characters have been read. */
  get read(): number {
    return this.characters;
  }

  /** The problem of a field in the document just read, with a word about the end of the text where it stands there. */
  explain(problem: Problem): Problem {
    return this.piece === undefined || !this.endsOpen ? problem : cutOff(problem, this.piece, this.total);
  }

  /** Reads the next document. An empty one has the value null. */
  next(): ReadStep {
    if (this.problem !== undefined) return { done: true, problem: this.problem };
    const piece = this.left.next();
    if (piece.done === true) {
      this.characters = this.total;
      return { done: true };
    }
    this.characters = piece.value.end;
    this.piece = piece.value;
    const parsed = parsePiece(this.file, piece.value);
    if (parsed.ok) return { done: false, document: parsed.value };
    const { isOpen = false, ...problem } = parsed.problem;
    this.problem = isOpen ? cutOff(problem, piece.value, this.total) : problem;
    return { done: true, problem: this.problem };
  }
}

/** A text that breaks at its very end was most likely cut off: say so. */
function cutOff(problem: Problem, piece: Piece, total: number): Problem {
  const lastLine = piece.line + piece.text.trimEnd().split("\n").length - 1;
  const isAtEnd = piece.end === total && problem.at?.split(":").at(-2) === `${lastLine}`;
  return isAtEnd ? { ...problem, message: `${problem.message}; the text ends here, is it cut off?` } : problem;
}

/** Loads a text step by step: call `step` until it is done, then `result`. */
export class ManifestLoad {
  private readonly reader: ManifestReader;
  private readonly collector: Collector;
  private readonly file: string;
  private problem: Problem | undefined;
  private isDone = false;

  constructor(source: ManifestText, options: LoadOptions = {}) {
    this.file = source.name;
    this.reader = new ManifestReader(source);
    this.collector = new Collector({ serviceCIDRs: USUAL_SERVICE_CIDRS, ...options });
  }

  /** Reads one document. `read` of `total` characters are done. */
  step(): { readonly done: boolean; readonly read: number; readonly total: number } {
    if (!this.isDone) this.take(this.reader.next());
    return { done: this.isDone, read: this.reader.read, total: this.reader.total };
  }

  private take({ done, document: read, problem }: ReadStep): void {
    const wrong = read === undefined ? undefined : this.collector.add(read.value, read.at);
    this.problem = problem ?? (wrong === undefined ? undefined : this.reader.explain(wrong));
    this.isDone = done || this.problem !== undefined;
  }

  /** What was loaded, or the first problem. */
  result(): Result<Loaded> {
    if (this.problem !== undefined) return fail(this.problem);
    const loaded = this.collector.loaded();
    if (loaded.objects.length + loaded.unknown.length > 0) return ok(loaded);
    return failAt(
      "there is no Kubernetes object in this text; expected at least one, with apiVersion, kind and metadata",
      `${this.file}:1:1`,
    );
  }
}

/** Loads a whole text at once. */
export function loadManifests(source: ManifestText, options: LoadOptions = {}): Result<Loaded> {
  const load = new ManifestLoad(source, options);
  while (!load.step().done);
  return load.result();
}
