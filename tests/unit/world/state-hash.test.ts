/** The state hash covers every room: one changed field anywhere gives another hash. */
import { describe, expect, test } from "vitest";
import { Fingerprint } from "../../../src/base/hash";
import { micros, simTime } from "../../../src/engine/time";
import { mac } from "../../../src/network/address";
import { joinVeth } from "../../../src/network/links";
import { setNeighbour } from "../../../src/node/kernel/host";
import { deleteMatching } from "../../../src/node/kernel/conntrack/table";
import { makeIpvsState } from "../../../src/node/kernel/ipvs/state";
import { listenTcp } from "../../../src/node/kernel/sockets/index";
import { addonConfig } from "../../../src/dns/server/corefile";
import { ip } from "../../../src/network/address";
import type { WorldState } from "../../../src/world/state";
import { hashState } from "../../../src/world/state";
import { setFaults } from "../../../src/world/node-faults";
import { twoApps } from "../../fixtures/world";

function running(): WorldState {
  const world = twoApps({ perSecond: 5, config: { corefile: addonConfig() } });
  world.runTo(simTime(2_000_000));
  return world.inside.state;
}

function first<K, V>(map: ReadonlyMap<K, V>): [K, V] {
  for (const entry of map) return entry;
  throw new Error("the map is empty");
}

function hostOf(state: WorldState, name = "node-a"): NonNullable<ReturnType<WorldState["hosts"]["get"]>> {
  const host = state.hosts.get(name);
  if (host === undefined) throw new Error(`no ${name}`);
  return host;
}

const CHANGES: readonly (readonly [string, (state: WorldState) => void])[] = [
  [
    "store: one object",
    (state) => {
      const [pod] = state.store.latest().list("Pod");
      if (pod !== undefined)
        state.store.write({
          type: "MODIFIED",
          kind: "Pod",
          object: { ...pod, metadata: { ...pod.metadata, labels: { app: "x" } } },
          at: state.loop.now,
          event: 0,
        });
    },
  ],
  ["queue: one more event", (state) => state.loop.schedule(simTime(9_000_000), { kind: "traffic", generation: 99 })],
  ["watches: one delay", (state) => state.watches.setDelay("deployment", micros(5))],
  ["watches: one that is cut", (state) => state.watches.cut("deployment", state.loop.now)],
  ["faults: one kubelet", (state) => void setFaults(state, "node-a", { kubelet: "stopped" })],
  [
    "programs: one that stands still",
    (state) => {
      const [row] = state.processes.all();
      if (row !== undefined) state.processes.set(row.id, { ...row, held: [] });
    },
  ],
  ["draws: one counter", (state) => void state.draws.next("deployment", "worker")],
  ["links: one veth", (state) => joinVeth(state.links, { host: "a", iface: "x" }, { host: "b", iface: "y" })],
  ["conntrack: one entry", (state) => expect(deleteMatching(hostOf(state).conntrack, { protocol: "udp" })).toBeGreaterThan(0)],
  ["sockets: one listener", (state) => void listenTcp(hostOf(state), { owner: "x", port: 9999 })],
  [
    "neighbours: one state",
    (state) =>
      setNeighbour(
        hostOf(state),
        { device: "eth0", address: ip("192.168.0.77"), mac: mac("02:00:00:00:00:01"), state: "STALE" },
        state.loop.now,
      ),
  ],
  [
    "IPVS: one node that has it",
    (state) => {
      hostOf(state).ipvs = makeIpvsState();
    },
  ],
  [
    "IP identification of one host",
    (state) => {
      hostOf(state).nextIpId += 1;
    },
  ],
  ["counters: one packet", (state) => state.counters.get("node-a")?.count("nat", "KUBE-SERVICES", 0, 60)],
  [
    "DNS cache: one entry",
    (state) => {
      const [name, cache] = first(state.dnsCaches);
      const before = new Fingerprint();
      cache.hash(before);
      cache.restore({ ...cache.checkpoint(), success: new Map() });
      const after = new Fingerprint();
      cache.hash(after);
      expect([name, before.hex()]).not.toEqual([name, after.hex()]);
    },
  ],
  [
    "addresses: one reservation",
    (state) => {
      const row = state.agents.get("node-a");
      if (row !== undefined) state.agents.set("node-a", { ...row, ipam: { ...row.ipam, lastReserved: ip("10.244.1.99") } });
    },
  ],
  [
    "kubelet: one Pod's stage",
    (state) => {
      const [row] = state.pods.all();
      if (row !== undefined) state.pods.set(row.uid, { ...row, stage: "signalled" });
    },
  ],
  [
    "kube-proxy: one sync",
    (state) => {
      const row = state.proxies.get("node-a");
      if (row !== undefined) state.proxies.set("node-a", { ...row, isDue: true });
    },
  ],
  [
    "work queues: one key",
    (state) =>
      state.queues.set("x", {
        controller: "deployment",
        key: "a/b",
        phase: "idle",
        again: false,
        open: 0,
        own: [],
        heard: [],
        failed: false,
        failures: 1,
      }),
  ],
  ["work queues: one moment to look again", (state) => state.rechecks.set("deployment a/b", { at: simTime(9_000_000) })],
  ["clients: one token", (state) => state.clients.set("deployment", { fullAt: simTime(9_000_000) })],
  [
    "programs: one connection",
    (state) => {
      const row = state.processes.all().find(({ program }) => program.program === "server");
      if (row?.program.program === "server")
        state.processes.set(row.id, { ...row, program: { ...row.program, connections: new Map([[99, 1]]) } });
    },
  ],
  [
    "requests: one verdict",
    (state) => {
      const [row] = state.requests.all();
      if (row !== undefined) state.requests.set(`${row.id}`, { ...row, verdict: "refused" });
    },
  ],
  [
    "settings that people move: the rate",
    (state) => {
      const row = state.standing.get("world");
      if (row !== undefined) state.standing.set("world", { ...row, perSecond: 6 });
    },
  ],
];

describe("the state hash", () => {
  const usual = hashState(running());

  test("is the same for the same run", () => {
    expect(hashState(running())).toBe(usual);
  });

  test.each(CHANGES)("changes with %s", (_, change) => {
    const state = running();
    change(state);
    expect(hashState(state)).not.toBe(usual);
  });
});
