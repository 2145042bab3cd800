/** What the suites over kube-proxy's own cases share: a flow as the cases write it, and the lists of what is not covered. */
import { readFileSync } from "node:fs";
import { familyOf, type IpFamily } from "../../src/network/address";

/** A connection and what kube-proxy's rules make of it: the endpoints it may reach, or why none. */
export interface Flow {
  readonly name: string;
  readonly protocol: string;
  readonly sourceIP: string;
  readonly destIP: string;
  readonly destPort: number;
  readonly output: string;
  readonly masq: boolean;
}

export const VECTORS = "../shared/vectors/kube-proxy.json";

/** Addresses and ranges of one family. */
export function ofFamily(texts: readonly string[], family: IpFamily): readonly string[] {
  return texts.filter((text) => familyOf(text) === family);
}

/** The ids in a list beside this file, one a line; what follows `#` is the reason. */
export function notCoveredIn(list: string): ReadonlySet<string> {
  const lines = readFileSync(`tests/conformance/${list}`, "utf8").split("\n");
  return new Set(lines.map((line) => line.replace(/#.*/, "").trim()).filter((line) => line !== ""));
}
