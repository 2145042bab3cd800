/** Old links stay readable: each version has one function that makes the next version's form of it. */
import { failAt, ok, type Result } from "../base/result";

/** The version that is written. */
export const LINK_VERSION = 1;

/** From a version's plain form to the next version's. */
export type Upgraders = Readonly<Record<number, (plain: unknown) => unknown>>;

/** Version 1 is the first; the entry for n makes n + 1 of n. */
export const UPGRADERS: Upgraders = {};

/** The current form of what an older version wrote. */
export function upgrade(
  version: number,
  plain: unknown,
  upgraders: Upgraders = UPGRADERS,
  current: number = LINK_VERSION,
): Result<unknown> {
  if (version > current) {
    return failAt(
      `it was made by a newer Kubewalk (link version ${version}; this one reads up to ${current}). Reload the page, or open it where it was made`,
    );
  }
  let value = plain;
  for (let at = version; at < current; at += 1) {
    const step = upgraders[at];
    if (step === undefined) return failAt(`links of version ${version} are not known`);
    value = step(value);
  }
  return ok(value);
}
