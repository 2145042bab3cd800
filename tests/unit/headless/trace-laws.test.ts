/** What holds for every traced packet of the two-apps cluster, whatever chance decides. */
import { readFileSync } from "node:fs";
import { assert, constantFrom, nat, property } from "fast-check";
import { expect, test } from "vitest";
import type { TraceAnswer } from "../../../src/bridge/questions";
import { ask } from "../../../src/bridge/questions";

const FILE = { name: "two-apps.yaml", text: readFileSync("public/examples/two-apps.yaml", "utf8") };
const RUNS = { numRuns: Math.min(Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50"), 500) };

function traced(request: Readonly<Record<string, unknown>>): TraceAnswer {
  const answer = ask({ do: "trace", to: { name: "your-app-svc", port: 80 }, ...request }, FILE);
  if (!answer.ok || answer.value.do !== "trace") throw new Error(answer.ok ? "no journey" : answer.problem.message);
  return answer.value;
}

/** The name of a my-app Pod, which hangs on the seed: the refusal of an unknown Pod names the nearest. */
function clientOf(seed: number): string {
  const answer = ask({ do: "resolve", from: "shop/my-app", name: "x", seed }, FILE);
  return answer.ok ? "" : (/nearest that exists is "([^"]+)"/.exec(answer.problem.message)?.[1] ?? "");
}

test("a request to a Service with endpoints is answered by one of its candidates, and its choices give it again", () => {
  assert(
    property(nat(0xffff_ffff), (seed) => {
      const from = { pod: clientOf(seed) };
      const one = traced({ from, seed });
      expect(one.verdict).toBe("delivered");
      expect(one.candidates).toContain(one.choices.endpoint);
      expect(traced({ from, seed, choices: one.choices })).toEqual(one);
    }),
    RUNS,
  );
}, 120_000);

test("what comes out of a link is what was put on it, and TTL never rises on the way", () => {
  assert(
    property(nat(0xffff_ffff), constantFrom("control-plane", "node-a", "node-b"), (seed, node) => {
      const { hops } = traced({ from: { node }, to: { ip: "10.96.0.10", port: 53, protocol: "UDP" }, seed });
      const taps = hops.flatMap((hop) => (hop.kind === "tap" ? [hop] : []));
      expect(taps.length).toBeGreaterThan(4);
      for (const [index, tap] of taps.entries()) {
        const before = taps[index - 1];
        if (before === undefined || before.direction !== tap.direction) continue;
        expect(tap.packet.ttl).toBeLessThanOrEqual(before.packet.ttl);
        const crossesLink = before.way === "out" && tap.way === "in" && before.role !== "bridge" && tap.role !== "bridge";
        if (crossesLink) expect(tap.packet).toEqual(before.packet);
      }
    }),
    RUNS,
  );
}, 120_000);
