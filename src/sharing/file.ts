/** A shared moment as a file, for recordings that no address holds. The page opens it where it opens YAML. */
import { failAt, ok, type Result } from "../base/result";
import { isRecord, wholeOr } from "./plain";
import { fromPlain, toPlain, type ReadMoment, type SharedMoment } from "./schema";
import { LINK_VERSION, upgrade } from "./upgraders";

/** The name under which it is offered. */
export const FILE_NAME = "kubewalk-recording.json";

export function makeFile(moment: SharedMoment): string {
  return `${JSON.stringify({ kubewalk: LINK_VERSION, ...toPlain(moment) })}\n`;
}

/** Whether a text is such a file, and not a cluster's manifests. */
export function isFile(text: string): boolean {
  return text.startsWith('{"kubewalk":');
}

export function readFile(text: string): Result<ReadMoment> {
  const plain = parse(text);
  if (!plain.ok || !isRecord(plain.value)) return failAt("the file is damaged: it is not complete JSON");
  const current = upgrade(wholeOr(plain.value["kubewalk"], 0), plain.value);
  return current.ok ? fromPlain(current.value) : current;
}

function parse(text: string): Result<unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return ok(value);
  } catch {
    return failAt("not JSON");
  }
}
