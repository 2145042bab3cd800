/**
 * What a link or a file carries, checked field by field: nothing is trusted that came from an address bar. Commands
 * that cannot be read end the journal there: what was done before them still holds.
 */
import { failAt, ok, type Result } from "../base/result";
import type { JournalEntry, RecordingData, Source } from "../bridge/protocol";
import { readCommand } from "./command-schema";
import { isRecord, textOr, wholeOr } from "./plain";
import { shownFromPlain, shownToPlain, type Shown } from "./shown";

/** The moment that a link points at. Where the model has changed since, the nearest match is looked for. */
export interface Anchor {
  /** Whole microseconds of cluster time. */
  readonly at: number;
  readonly event: number;
  /** First eight digits of the state hash, "" where it is not known. */
  readonly hash: string;
  readonly followed: number | null;
  readonly hop: number;
  /** Kind and object of the event. */
  readonly kind: string;
  readonly object: string;
  /** What the inspector shows; absent: what a page shows that was just opened. */
  readonly shown?: Shown;
}

/** A recording and the moment to open it at; no anchor opens it at its beginning. */
export interface SharedMoment {
  readonly recording: RecordingData;
  readonly anchor: Anchor | null;
}

/** What was read, and what had to be left out, in sentences. */
export interface ReadMoment {
  readonly moment: SharedMoment;
  readonly remarks: readonly string[];
}

/** The form that is written: short keys, since it travels in an address. */
export function toPlain({ recording, anchor }: SharedMoment): object {
  return {
    s: recording.source.kind === "scenario" ? recording.source.id : [recording.source.name, recording.source.text],
    d: recording.seed,
    b: recording.behaviour,
    j: recording.journal.map(({ at, command }) => [at, command]),
    ...(anchor === null ? {} : { a: anchorToPlain(anchor) }),
  };
}

function anchorToPlain({ at, event, hash, followed, hop, kind, object, shown }: Anchor): readonly unknown[] {
  return [at, event, hash, followed, hop, kind, object, ...(shown === undefined ? [] : [shownToPlain(shown)])];
}

/** Reads the current form. */
export function fromPlain(plain: unknown): Result<ReadMoment> {
  if (!isRecord(plain)) return failAt("it holds no recording");
  const source = readSource(plain["s"]);
  if (source === null) return failAt("it does not say which cluster it shows");
  const journal = readJournal(plain["j"]);
  const anchor = readAnchor(plain["a"]);
  const remarks = [
    ...journal.remarks,
    ...(anchor === undefined ? ["It does not say which moment it shows, so it opens at the beginning."] : []),
  ];
  const recording = { source, seed: wholeOr(plain["d"], 1) >>> 0, behaviour: wholeOr(plain["b"], 0), journal: journal.entries };
  return ok({ moment: { recording, anchor: anchor ?? null }, remarks });
}

function readSource(plain: unknown): Source | null {
  if (typeof plain === "string" && plain !== "") return { kind: "scenario", id: plain };
  if (!Array.isArray(plain)) return null;
  const [name, text]: readonly unknown[] = plain;
  return typeof name === "string" && typeof text === "string" ? { kind: "file", name, text } : null;
}

function readJournal(plain: unknown): { readonly entries: readonly JournalEntry[]; readonly remarks: readonly string[] } {
  if (!Array.isArray(plain)) return { entries: [], remarks: ["Its list of acts could not be read, so it opens without them."] };
  const entries: JournalEntry[] = [];
  for (const [index, one] of plain.entries()) {
    const entry = readEntry(one, entries.at(-1)?.at ?? 0);
    if (entry === null) {
      return { entries, remarks: [`Act ${index + 1} of ${plain.length} could not be read, so the recording ends before it.`] };
    }
    entries.push(entry);
  }
  return { entries, remarks: [] };
}

function readEntry(plain: unknown, notBefore: number): JournalEntry | null {
  if (!Array.isArray(plain)) return null;
  const [at, act]: readonly unknown[] = plain;
  const command = readCommand(act);
  return typeof at === "number" && Number.isSafeInteger(at) && at >= notBefore && command !== null ? { at, command } : null;
}

/** null: none was given; undefined: it could not be read. */
function readAnchor(plain: unknown): Anchor | null | undefined {
  if (plain === undefined) return null;
  if (!Array.isArray(plain)) return undefined;
  const [at, event, hash, followed, hop, kind, object, inspector]: readonly unknown[] = plain;
  if (typeof at !== "number" || !Number.isSafeInteger(at) || at < 0) return undefined;
  const shown = shownFromPlain(inspector);
  return {
    at,
    event: wholeOr(event, -1),
    hash: textOr(hash, ""),
    followed: typeof followed === "number" ? followed : null,
    hop: wholeOr(hop, -1),
    kind: textOr(kind, ""),
    object: textOr(object, ""),
    ...(shown === undefined ? {} : { shown }),
  };
}
