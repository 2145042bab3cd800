/**
 * The DNS cases made from CoreDNS's, kubelet's and the libcs' own sources, compared as the file's meta.rules say.
 * dns-not-covered.txt lists the ids that do not hold yet; it may only shrink.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readDnsCases } from "./dns-cases";
import { dnsOutcomes } from "./dns-outcomes";

const LIST = resolve(import.meta.dirname, "dns-not-covered.txt");

/** The ids of the list; comments begin with #. */
function listed(): ReadonlySet<string> {
  const lines = readFileSync(LIST, "utf8")
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim());
  return new Set(lines.filter((line) => line !== ""));
}

const cases = readDnsCases();
if (cases === null) console.log("DNS cases: ../shared/vectors/dns.json is absent, nothing compared");

describe.skipIf(cases === null)("DNS cases", () => {
  const outcomes = cases === null ? new Map<string, string>() : dnsOutcomes(cases);
  const failing = [...outcomes].filter(([, difference]) => difference !== "");
  const open = listed();

  it("hold but for the listed ids", () => {
    console.log(
      `DNS cases: ${outcomes.size - failing.length} of ${outcomes.size} hold; not covered yet: ${failing.map(([id]) => id).join(", ") || "none"}`,
    );
    expect(failing.filter(([id]) => !open.has(id))).toEqual([]);
  });

  it("are taken off the list once they hold", () => {
    const failingIds = new Set(failing.map(([id]) => id));
    expect([...open].filter((id) => !failingIds.has(id))).toEqual([]);
  });
});
