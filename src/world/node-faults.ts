/** What is broken of a node, and what that means for what runs there. */
import { ensure } from "../base/assert";
import type { AgentRow, NodeFaults } from "./rows";
import type { WorldState } from "./state";

/** Whether a node's kubelet does its work. */
export function kubeletRuns({ agents }: WorldState, node: string): boolean {
  const faults = agents.get(node)?.faults;
  return faults?.kubelet === undefined && faults?.power === undefined;
}

/** Whether what runs on a node reaches the API server. */
export function reachesApi({ agents }: WorldState, node: string): boolean {
  const faults = agents.get(node)?.faults;
  return faults?.network === undefined && faults?.power === undefined;
}

/** Breaks something of a node, or mends it (undefined). */
export function setFaults(
  { agents }: WorldState,
  node: string,
  change: { readonly [F in keyof NodeFaults]: NodeFaults[F] | undefined },
): AgentRow {
  const row = ensure(agents.get(node), "a node's row");
  const { kubelet, power, network, addresses } = { ...row.faults, ...change };
  const faults: NodeFaults = {
    ...(kubelet === undefined ? {} : { kubelet }),
    ...(power === undefined ? {} : { power }),
    ...(network === undefined ? {} : { network }),
    ...(addresses === undefined ? {} : { addresses }),
  };
  const changed = { ...row, faults };
  agents.set(node, changed);
  return changed;
}
