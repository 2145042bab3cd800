/** Something breaks, is mended, or goes slower: what each such command does to the world. */
import { ensure } from "../../base/assert";
import { micros } from "../../engine/time";
import { releaseAllOf, reserveRest } from "../../node/agents/cni";
import type { Broken, Disturbance } from "../fault";
import { podRowOf } from "../faults";
import { setFaults } from "../node-faults";
import type { Standing } from "../rows";
import type { Sim } from "../sim";
import { delayProxies, refreshWatch } from "../watching";
import { crashPod, freezePod } from "./on-crash";
import { startKubelet, stopKubelet } from "./kubelet-process";
import { plugNodeIn, turnOff, turnOn, unplugCable } from "./node-outage";
import { startProxy, stopProxy } from "./on-proxy-restart";
import { wakeProbes } from "./on-probe";

/** Who holds the addresses that leaked. */
const LEAK = "leaked reservation";

/** Carries a disturbance out. */
export function disturb(sim: Sim, command: Broken): void {
  switch (command.do) {
    case "crash":
    case "probe":
    case "freeze":
      return disturbPod(sim, command);
    case "watch":
      return disturbWatch(sim, command);
    case "watch-delay":
      setStanding(sim, { watchDelay: micros(command.milliseconds * 1000) });
      return delayProxies(sim.state, command.milliseconds);
    case "store-delay":
      return setStanding(sim, { storeDelay: micros(command.milliseconds * 1000) });
    case "sync-period":
      return setStanding(sim, { minSyncPeriod: micros(command.milliseconds * 1000) });
    default:
      return disturbNode(sim, command);
  }
}

function setStanding(sim: Sim, change: Partial<Standing>): void {
  const standing = ensure(sim.state.standing.get("world"), "the world's row");
  sim.state.standing.set("world", { ...standing, ...change });
}

function disturbPod(sim: Sim, command: Extract<Disturbance, { do: "crash" | "probe" | "freeze" }>): void {
  const row = ensure(podRowOf(sim.state, command), "the Pod that was looked for before");
  switch (command.do) {
    case "crash": {
      const { crashes: _, ...whole } = row;
      sim.state.pods.set(row.uid, command.again === true ? { ...row, crashes: true } : whole);
      return command.again === false ? undefined : crashPod(sim, row.uid);
    }
    case "probe": {
      const others = (row.failing ?? []).filter((probe) => probe !== command.probe);
      sim.state.pods.set(row.uid, { ...row, failing: command.fails ? [...others, command.probe] : others });
      return row.host === "" ? undefined : wakeProbes(sim, row.uid);
    }
    case "freeze":
      return freezePod(sim, row.uid, command.frozen);
  }
}

function disturbWatch(sim: Sim, { reader, connected }: Extract<Disturbance, { do: "watch" }>): void {
  const others = (sim.state.standing.get("world")?.cutWatches ?? []).filter((one) => one !== reader);
  setStanding(sim, { cutWatches: connected ? others : [...others, reader] });
  refreshWatch(sim, reader);
}

function disturbNode(sim: Sim, command: Extract<Broken, { readonly node: string }>): void {
  const { node } = command;
  switch (command.do) {
    case "kubelet":
      return command.runs ? startKubelet(sim, node) : stopKubelet(sim, node);
    case "kube-proxy":
      return command.runs ? startProxy(sim, node) : stopProxy(sim, node);
    case "power":
      return command.on ? turnOn(sim, node) : turnOff(sim, node);
    case "network":
      return command.connected ? plugNodeIn(sim, node) : unplugCable(sim, node);
    case "addresses":
      return takeAddresses(sim, node, command.taken);
  }
}

function takeAddresses(sim: Sim, node: string, taken: boolean): void {
  const agent = setFaults(sim.state, node, { addresses: taken ? "taken" : undefined });
  const ipam = taken ? reserveRest(agent.ipam, LEAK) : releaseAllOf(agent.ipam, LEAK);
  sim.state.agents.set(node, { ...agent, ipam });
}
