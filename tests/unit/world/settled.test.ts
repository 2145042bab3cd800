import { describe, expect, test } from "vitest";
import { twoApps } from "../../fixtures/world";

describe("a settled world", () => {
  test("has the Pods of two-apps placed, addressed and ready at time 0", () => {
    const world = twoApps();
    const moment = world.view({ at: 0, ahead: 0, follow: null });
    console.log(world.warnings);
    console.log(moment.pods.map((pod) => `${pod.namespace}/${pod.name} ${pod.node} ${pod.address} ${pod.state}`).join("\n"));
    console.log(moment.services.map((s) => `${s.name} ${s.clusterIP}`).join("\n"));
    console.log(moment.slices.map((s) => `${s.name} ${s.endpoints.map((e) => e.address).join(",")} ${s.legacyEndpoints}`).join("\n"));
    console.log(moment.readers.map((s) => `${s.reader} ${s.revision} ${s.behind}`).join("\n"));
    console.log(moment.nodes.map((n) => `${n.name} ${n.podRange.range} ${n.routes}\n${n.neighbours}\n${n.fdb}`).join("\n"));
    expect(moment.pods.length).toBe(7);
  });
  test("runs", () => {
    const world = twoApps();
    const lines: string[] = [];
    world.listen({ event: (e) => lines.push(`${e.at} ${e.number} <${e.trigger}> ${e.kind} ${e.object}: ${e.sentence}`), flight: (f) => lines.push(JSON.stringify(f)) });
    for (let i = 0; i < 400 && (world.nextAt ?? 0) < 1_500_000; i += 1) world.step();
    console.log(lines.join("\n"));
  });
});
