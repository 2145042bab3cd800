/** A change of kube-proxy's mode while the cluster runs: node after node, old rules first away, then the new ones. */
import { describe, expect, test } from "vitest";
import { simTime } from "../../../src/engine/time";
import { finish } from "../../../src/recording/recording";
import type { Command } from "../../../src/world/command";
import type { RulesView, TraceEvent } from "../../../src/world/view-types";
import type { World } from "../../../src/world/world";
import { twoApps, twoAppsRecording } from "../../fixtures/world";

const SECOND = 1_000_000;
const NODES = ["control-plane", "node-a", "node-b"];
const to = (mode: "iptables" | "nftables"): Command => ({ do: "proxy-mode", mode });

function rules(world: World, node: string): RulesView {
  const { rules: found } = world.view({ at: world.now, ahead: 0, follow: null, rulesOf: node, playing: true });
  if (found === undefined) throw new Error(`no rules of ${node}`);
  return found;
}

/** Which engine's Service rules stand on each node: `iptables`, `nftables` or `none`. */
function standing(world: World): readonly string[] {
  return NODES.map((node) => {
    const { mode, text, beside } = rules(world, node);
    const inIptables = `${text}${beside}`.includes("KUBE-SERVICES");
    const inNft = mode === "nftables" && text.includes("chain services {");
    return inIptables && inNft ? "both" : inIptables ? "iptables" : inNft ? "nftables" : "none";
  });
}

function give(world: World, at: number, command: Command): void {
  world.runTo(simTime(at));
  world.give(simTime(at), command);
}

describe("a change to nftables mode", () => {
  const world = twoApps({ perSecond: 10 });
  const events: TraceEvent[] = [];
  const seen = new Set<string>();
  world.listen({ event: (event) => events.push(event), flight: () => {} });
  give(world, SECOND, to("nftables"));
  for (let at = SECOND; at <= 6 * SECOND; at += 5000) {
    world.runTo(simTime(at));
    seen.add(standing(world).join(" "));
  }

  test("replaces kube-proxies one after another; no node ever has the rules of both modes, and each has none for a moment", () => {
    expect([...seen]).toEqual([
      "iptables iptables iptables",
      "none iptables iptables",
      "nftables iptables iptables",
      "nftables none iptables",
      "nftables nftables iptables",
      "nftables nftables none",
      "nftables nftables nftables",
    ]);
    const [sync] = events.filter(({ kind, lane, at }) => kind === "kube-proxy sync" && lane === "control-plane" && at > SECOND);
    expect(sync?.sentence).toBe("control-plane's kube-proxy begins to write all rules of nftables mode into the kernel.");
    const starts = events.filter(({ kind }) => kind === "kube-proxy start");
    expect(starts.map(({ lane }) => lane)).toEqual(NODES);
    expect(starts[0]?.sentence).toBe(
      "control-plane's kube-proxy starts in nftables mode and takes the rules of iptables mode away. Until its first sync new connections to Services find no rule.",
    );
  });

  test("keeps flannel's rules, and requests are answered by the new ones", () => {
    for (const node of NODES)
      expect(rules(world, node).beside).toContain('-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD');
    world.runTo(simTime(10 * SECOND));
    const late = world.view({ at: 10 * SECOND, ahead: 0, follow: null }).requests.filter(({ startedAt }) => startedAt > 6 * SECOND);
    expect(late.length).toBeGreaterThan(20);
    expect(new Set(late.filter(({ endedAt }) => endedAt !== null).map(({ verdict }) => verdict))).toEqual(new Set(["answered"]));
    expect(Object.keys(rules(world, "node-a").counters).some((place) => place.startsWith("kube-proxy service-"))).toBe(true);
  });

  test("holds for nodes that join later, and cannot be asked for twice", () => {
    expect(world.check(to("nftables"))).toEqual({
      ok: false,
      problem: expect.objectContaining({ message: "kube-proxy's mode is nftables already" }),
    });
    give(world, 10 * SECOND, { do: "nodes", count: 3 });
    world.runTo(simTime(14 * SECOND));
    expect(rules(world, "node-c").mode).toBe("nftables");
  });

  test("can be taken back: the table goes, iptables' rules are those of a cluster that never changed", () => {
    give(world, 14 * SECOND, { do: "nodes", count: 2 });
    give(world, 30 * SECOND, to("iptables"));
    world.runTo(simTime(36 * SECOND));
    expect(standing(world)).toEqual(["iptables", "iptables", "iptables"]);
    expect(world.inside.state.nftables.size).toBe(0);
    const other = twoApps({ perSecond: 10 });
    expect(rules(world, "node-a").text).toBe(rules(other, "node-a").text);
  });
});

describe("a connection that stands when the mode changes", () => {
  test("goes on: conntrack knows it, no rule is asked", () => {
    const world = twoApps({ perSecond: 0 });
    const ask = (at: number): void => give(world, at, { do: "request", client: "browser-like" });
    ask(SECOND);
    give(world, 2 * SECOND, to("nftables"));
    for (let at = 21; at < 40; at += 1) ask((at * SECOND) / 10);
    world.runTo(simTime(6 * SECOND));
    const { requests } = world.view({ at: 6 * SECOND, ahead: 0, follow: null });
    expect(requests).toHaveLength(20);
    expect(new Set(requests.map(({ verdict, answeredBy }) => `${verdict} ${answeredBy}`)).size).toBe(1);
  });
});

describe("two changes in a row", () => {
  test("end in the mode that was asked for last, on every node, whatever was under way", () => {
    for (const gap of [1000, 300_000, 700_000, 1_500_000]) {
      const world = twoApps({ perSecond: 2 });
      give(world, SECOND, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 5 });
      give(world, SECOND + 1, to("nftables"));
      give(world, SECOND + gap, to("iptables"));
      give(world, SECOND + gap + 1, to("nftables"));
      world.runTo(simTime(12 * SECOND));
      expect(standing(world)).toEqual(["nftables", "nftables", "nftables"]);
    }
  });
});

describe("going back before a change", () => {
  test("brings the old rules back, and forward again the new ones, bit for bit", () => {
    const recording = twoAppsRecording({ perSecond: 5 });
    finish(recording.act({ at: simTime(SECOND), shownUntil: simTime(SECOND), command: to("nftables") }));
    const at = (moment: number): string => {
      finish(recording.seekTime(simTime(moment)));
      const { rules: found, stateHash } = recording.moment({ at: moment, ahead: 0, follow: null, rulesOf: "node-b" });
      return `${stateHash} ${found?.mode ?? ""} ${found?.text ?? ""}`;
    };
    const first = [500_000, 1_500_000, 2_000_000, 5_000_000].map(at);
    expect([5_000_000, 2_000_000, 1_500_000, 500_000].map(at).toReversed()).toEqual(first);
    recording.dropCheckpoints();
    expect([500_000, 1_500_000, 2_000_000, 5_000_000].map(at)).toEqual(first);
  });
});
