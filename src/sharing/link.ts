/** A shared moment as an address: `#v1.` and base64url of check sum and deflated JSON. */
import { deflateSync, inflateSync, strFromU8, strToU8 } from "fflate";
import { Fingerprint } from "../base/hash";
import { failAt, ok, type Result } from "../base/result";
import { fromPlain, toPlain, type ReadMoment, type SharedMoment } from "./schema";
import { LINK_VERSION, upgrade, UPGRADERS, type Upgraders } from "./upgraders";

/** Longest address that is offered; beyond it a file is. */
export const LONGEST_LINK = 8_000;

/** Longest that is read at all. */
const LONGEST_READ = 2_000_000;

/** Bytes of the check sum. */
const SUM = 4;

/** Asks only whether a version is known: its body may be in a form that cannot be unpacked here. */
const NOTHING_TO_DO: Upgraders = Object.fromEntries(Object.keys(UPGRADERS).map((version) => [version, () => null]));

/** The address part of a shared moment. */
export function makeLink(moment: SharedMoment): string {
  const packed = deflateSync(strToU8(JSON.stringify(toPlain(moment))), { level: 9 });
  const bytes = new Uint8Array(SUM + packed.length);
  bytes.set(sumOf(packed));
  bytes.set(packed, SUM);
  return `#v${LINK_VERSION}.${toBase64(bytes)}`;
}

/** Whether an address carries a moment, readable or not. */
export function isLink(hash: string): boolean {
  return /^#v\d/.test(hash);
}

/** Reads the address part. A problem's message continues "This link cannot be opened: …". */
export function readLink(hash: string): Result<ReadMoment> {
  const parts = /^#v(\d{1,4})\.([A-Za-z0-9_-]*)(.*)$/.exec(hash);
  if (parts === null) return failAt("it is not one of ours: expected #v1. and letters after it");
  const [, version = "", body = "", rest = ""] = parts;
  if (rest !== "")
    return failAt(`character ${hash.length - rest.length + 1}, "${rest.slice(0, 1)}", does not belong in a link; copy it again as a whole`);
  if (body.length > LONGEST_READ) return failAt("it is longer than any that Kubewalk makes");
  const known = upgrade(Number(version), null, NOTHING_TO_DO);
  if (!known.ok) return known;
  const plain = unpack(body);
  if (!plain.ok) return plain;
  const current = upgrade(Number(version), plain.value);
  return current.ok ? fromPlain(current.value) : current;
}

function unpack(body: string): Result<unknown> {
  const bytes = fromBase64(body);
  const packed = bytes.subarray(SUM);
  const whole = bytes.length > SUM && sumOf(packed).every((byte, index) => byte === bytes[index]);
  if (!whole) return failAt("it is damaged: part of it was lost or changed on the way; copy it again as a whole");
  try {
    const value: unknown = JSON.parse(strFromU8(inflateSync(packed)));
    return ok(value);
  } catch {
    return failAt("what it holds is not a recording");
  }
}

function sumOf(bytes: Uint8Array): readonly number[] {
  const sum = new Fingerprint();
  for (const byte of bytes) sum.word(byte);
  const hex = sum.hex();
  return Array.from({ length: SUM }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16));
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64(text: string): Uint8Array {
  const usable = text.slice(0, text.length - (text.length % 4 === 1 ? 1 : 0));
  const decoded = atob(usable.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(decoded, (character) => character.charCodeAt(0));
}
