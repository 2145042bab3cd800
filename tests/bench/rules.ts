/** kube-proxy's rules of 10,000 Services × 3 endpoints: all of them, and one changed Service, as objects and as text. */
import type { Store } from "../../src/cluster/store";
import { seconds, simTime, START } from "../../src/engine/time";
import { rulesBeforeProxy } from "../../src/node/agents/flannel-rules";
import type { ProxyState } from "../../src/node/agents/kube-proxy/iptables/proxy-state";
import { syncText } from "../../src/node/agents/kube-proxy/iptables/restore";
import { syncRules } from "../../src/node/agents/kube-proxy/iptables/sync";
import { DEFAULT_PROXY_SETTINGS } from "../../src/node/agents/kube-proxy/settings";
import type { Figure } from "./harness";
import { percentile } from "./harness";
import { largeStore, nodeName, podRange, RANGES, SIZE, sliceOf } from "./large-cluster";

const FULL_RUNS = 5;
const CHANGES = 200;
const SETTINGS = { ...DEFAULT_PROXY_SETTINGS, clusterCIDR: RANGES.podCIDR };
const NODE = { name: nodeName(0), zone: "zone-a", addresses: ["172.16.0.11"], podCIDR: podRange(0) };

/** How long something takes, in milliseconds, and what it gave. */
function timed<T>(work: () => T): { readonly ms: number; readonly value: T } {
  const from = performance.now();
  const value = work();
  return { ms: performance.now() - from, value };
}

function full(store: Store): ProxyState {
  const into = rulesBeforeProxy({ podCIDR: RANGES.podCIDR, nodePodCIDR: podRange(0) });
  return syncRules(null, { view: store.latest(), settings: SETTINGS, node: NODE, into });
}

interface Change {
  readonly rules: number;
  readonly text: number;
}

/** Moves one Service's endpoints and syncs. */
function changeOne(store: Store, prefix: string, state: ProxyState, n: number): { readonly change: Change; readonly state: ProxyState } {
  const index = (n * 7919) % SIZE.services;
  store.write({ type: "MODIFIED", kind: "EndpointSlice", object: sliceOf(prefix, index, 1 + n), at: START, event: n });
  // One sync a second, so that stale chains go every syncPeriod as they do in a cluster of this size.
  const now = simTime(seconds(n + 1));
  const changed = new Set([`shop/${prefix}-${index}`]);
  const synced = timed(() => syncRules(state, { view: store.latest(), settings: SETTINGS, node: NODE, changed, now }));
  const printed = timed(() => syncText(synced.value));
  if (synced.value.kind !== "partial" || !printed.value.includes(":KUBE-SEP-")) throw new Error("the change did not reach the rules");
  return { change: { rules: synced.ms, text: synced.ms + printed.ms }, state: synced.value };
}

/** The baseline: as many lines as the rules have, put together and kept by name. */
function bareLines(): number {
  const lines = new Map<string, string>();
  for (let n = 0; n < SIZE.services * (1 + 4 * SIZE.endpointsEach); n += 1) {
    lines.set(`KUBE-${n}`, `-A KUBE-${n} -d 10.${n & 255}.0.1/32 -p tcp -m comment --comment "shop/web-${n}:http" -m tcp -j KUBE-${n + 1}`);
  }
  return lines.size;
}

export function rulesFigures(): readonly Figure[] {
  const bare = Math.min(...Array.from({ length: FULL_RUNS }, () => timed(bareLines).ms));
  const baseline = { key: "bareLines", what: "as many bare lines, full sets/s", value: 1000 / bare };
  const fulls: number[] = [];
  const changes: Change[] = [];
  for (let run = 0; run < FULL_RUNS; run += 1) {
    const prefix = `app${run}`;
    const store = largeStore(prefix);
    const made = timed(() => full(store));
    fulls.push(made.ms);
    let state = made.value;
    if (run < FULL_RUNS - 1) continue;
    for (let n = 0; n < CHANGES; n += 1) {
      const after = changeOne(store, prefix, state, n);
      changes.push(after.change);
      ({ state } = after);
    }
  }
  const p95 = (of: (change: Change) => number): number => percentile(changes.map(of), 0.95);
  return [
    { name: "rules, 10,000 Services, first", value: fulls[0] ?? Number.NaN, unit: "ms", bound: "at most", target: 1000, baseline },
    { name: "rules, 10,000 Services, median", value: percentile(fulls, 0.5), unit: "ms", bound: "at most", target: 1000, baseline },
    { name: "one changed Service, objects, p95", value: p95(({ rules }) => rules), unit: "ms", bound: "at most", target: 5, baseline },
    { name: "one changed Service, text, p95", value: p95(({ text }) => text), unit: "ms", bound: "at most", target: 50, baseline },
  ];
}
