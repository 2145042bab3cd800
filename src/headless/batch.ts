/** `batch`: one JSON request a line in, one JSON answer a line out, in the same order. A bad one never ends the run. */
import type { Result } from "../base/result";
import { failAt, problemLine } from "../base/result";
import { ask, isRecord } from "../bridge/questions";
import { transcriptOf } from "../bridge/transcript";
import { jsonLine } from "./output";
import { readRun } from "./run-request";

/** The answer's line to a request's line; nothing for an empty one. */
export function answerLine(line: string): string {
  if (line.trim() === "") return "";
  const request = parse(line);
  const id = request.ok && isRecord(request.value) ? (request.value["id"] ?? null) : null;
  const answered = request.ok ? carefully(request.value) : request;
  return jsonLine(
    answered.ok ? { id, ok: true, ...answered.value } : { id, ok: false, error: problemLine(answered.problem).replaceAll("\n", " ") },
  );
}

function parse(line: string): Result<unknown> {
  try {
    return { ok: true, value: JSON.parse(line) };
  } catch (error) {
    return failAt(`this line is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A mistake of ours costs one answer, never the run. */
function carefully(request: unknown): Result<Readonly<Record<string, unknown>>> {
  try {
    return answer(request);
  } catch (error) {
    return failAt(`the program failed on this request: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function answer(request: unknown): Result<Readonly<Record<string, unknown>>> {
  if (isRecord(request) && request["do"] === "run") return run(request);
  const answered = ask(request);
  if (!answered.ok) return answered;
  const { do: kind, warnings, ...body } = answered.value;
  const shown = kind === "dns" ? withoutText(body) : body;
  return { ok: true, value: warnings.length === 0 ? shown : { ...shown, warnings } };
}

function run(request: Readonly<Record<string, unknown>>): Result<Readonly<Record<string, unknown>>> {
  const spec = readRun(request);
  if (!spec.ok) return spec;
  const told = transcriptOf(spec.value);
  if (!told.ok) return told;
  const { lines: transcript, hash, events, warnings } = told.value;
  return { ok: true, value: { transcript, hash, events, ...(warnings.length === 0 ? {} : { warnings }) } };
}

/** dig's form is for people; the fields say it all. */
function withoutText(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== "text"));
}
