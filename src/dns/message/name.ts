/**
 * Domain names in presentation form (RFC 1035 §5.1: `\.` and `\DDD` escape bytes) and their wire length.
 * Comparison ignores ASCII case; the case that was sent is kept everywhere else (RFC 4343).
 */
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";

/** The labels of a name from left to right, escapes kept; none for the root. A missing trailing dot makes no difference. */
export function labelsOf(name: string): readonly string[] {
  if (name === "." || name === "") return [];
  if (!name.includes("\\")) return (name.endsWith(".") ? name.slice(0, -1) : name).split(".");
  const labels = name.match(/(?:\\\d{3}|\\.|[^.\\])+/g);
  return labels ?? [];
}

/** The bytes of one label. */
export function labelBytes(label: string): readonly number[] {
  const bytes: number[] = [];
  for (let index = 0; index < label.length; index += 1) {
    const escape = label.charAt(index) === "\\" ? /^\\(\d{3}|.)/.exec(label.slice(index)) : null;
    const escaped = escape?.[1] ?? label.charAt(index);
    bytes.push(escaped.length === 3 ? Number(escaped) & 255 : escaped.charCodeAt(0) & 255);
    if (escape !== null) index += escaped.length;
  }
  return bytes;
}

/** The presentation form of one label's bytes. */
export function labelText(bytes: ArrayLike<number>): string {
  let text = "";
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    const char = String.fromCharCode(byte);
    if (byte <= 0x20 || byte > 0x7e) text += `\\${byte.toString().padStart(3, "0")}`;
    else text += char === "." || char === "\\" ? `\\${char}` : char;
  }
  return text;
}

/** Bytes of the uncompressed name: a length byte per label, the labels, and the final zero. */
export function wireLength(name: string): number {
  return labelsOf(name).reduce((sum, label) => sum + 1 + labelBytes(label).length, 1);
}

/** The name with a trailing dot. */
export function absolute(name: string): string {
  return name.endsWith(".") ? name : `${name}.`;
}

/** Whether two names are the same but for ASCII case. */
export function sameName(a: string, b: string): boolean {
  return a.length === b.length && a.toLowerCase() === b.toLowerCase();
}

/** Whether `name` is `zone` or lies under it. Both absolute. */
export function isUnder(zone: string, name: string): boolean {
  if (zone === ".") return true;
  const lower = name.toLowerCase();
  const end = zone.toLowerCase();
  return lower === end || lower.endsWith(`.${end}`);
}

/** The longest of `zones` that `name` lies in; undefined where none does. As `plugin.Zones.Matches`. */
export function longestZone(zones: readonly string[], name: string): string | undefined {
  let found: string | undefined;
  for (const zone of zones) {
    if (isUnder(zone, name) && (found === undefined || zone.length > found.length)) found = zone;
  }
  return found;
}

/** What is left of `name` above `zone`, without the joining dot; "" for the zone itself. `name` must lie in `zone`. */
export function trimZone(name: string, zone: string): string {
  if (zone === ".") return name === "." ? "" : name.slice(0, -1);
  return name.length === zone.length ? "" : name.slice(0, name.length - zone.length - 1);
}

/** Reads a name that a person wrote, as an absolute name; limits of RFC 1035 §2.3.4 (63 bytes a label, 255 in all). */
export function parseName(text: string): Result<string> {
  const name = absolute(text);
  if (text === ".") return ok(name);
  const labels = labelsOf(name);
  if (text === "" || labels.some((label) => label === "")) return failAt(`"${text}" is not a domain name: it has an empty label`);
  const long = labels.find((label) => labelBytes(label).length > 63);
  if (long !== undefined) return failAt(`"${text}" is not a domain name: label "${long.slice(0, 20)}…" is longer than 63 bytes`);
  return wireLength(name) > 255 ? failAt(`"${text.slice(0, 40)}…" is not a domain name: it is longer than 255 bytes`) : ok(name);
}
