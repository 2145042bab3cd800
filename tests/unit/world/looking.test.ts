/** Looking never changes the run: every pane, at every moment, leaves the state as it was. */
import { expect, test } from "vitest";
import { simTime } from "../../../src/engine/time";
import { addonConfig } from "../../../src/dns/server/corefile";
import { twoApps } from "../../fixtures/world";

test("every pane can be looked at, long after the last event too, and the state stays as it was", () => {
  const world = twoApps({ perSecond: 5, config: { corefile: addonConfig() } });
  const unseen = twoApps({ perSecond: 5, config: { corefile: addonConfig() } });
  for (const at of [0, 600_000, 8_000_000, 45_000_000]) {
    world.runTo(simTime(at));
    unseen.runTo(simTime(at));
    const [pod] = world.inside.state.store.latest().list("Pod");
    const object = { kind: "Pod", namespace: pod?.metadata.namespace ?? "", name: pod?.metadata.name ?? "" } as const;
    for (const later of [0, 30_000_000, 500_000_000]) {
      const moment = world.view({
        at: at + later,
        ahead: 0,
        follow: null,
        rulesOf: "node-a",
        conntrackOf: "node-a",
        dns: true,
        records: "",
        object,
      });
      expect(moment.rules?.text).toContain("KUBE-SERVICES");
      expect(moment.object?.yaml).toContain("kind: Pod");
      expect(moment.dns?.records.length).toBeGreaterThan(3);
      expect(moment.stateHash).toBe(unseen.hash());
    }
    expect(world.hash()).toBe(unseen.hash());
  }
});
