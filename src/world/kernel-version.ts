/**
 * Which Linux a node runs, as its Node object says (status.nodeInfo.kernelVersion, what `uname -r` prints). It decides one
 * thing here: whether two UDP packets of one socket that meet in conntrack both get through (since 5.0) or one is lost.
 */
import type { Node } from "../cluster/objects";
import type { WorldState } from "./state";

/** The release, "" where the Node says none: then it counts as a current one. */
export function kernelVersionOf(node: Node | undefined): string {
  return node?.status?.nodeInfo?.kernelVersion ?? "";
}

/** Whether a release is older than 5.0. */
export function isBefore5(release: string): boolean {
  const major = /^(\d+)\./.exec(release)?.[1];
  return major !== undefined && Number(major) < 5;
}

/** The release that a machine has which joins now: that of the last worker that names one. */
export function kernelOfNewNode(state: WorldState): string {
  return (
    state.store
      .latest()
      .list("Node")
      .map(kernelVersionOf)
      .findLast((release) => release !== "") ?? ""
  );
}

/** What is to be said of the nodes' kernels; "" where nothing is. */
export function kernelRemark(state: WorldState): string {
  const old = state.store
    .latest()
    .list("Node")
    .filter((node) => isBefore5(kernelVersionOf(node)));
  const [first] = old;
  if (first === undefined) return "";
  const who =
    old.length === state.agents.size
      ? "The nodes run"
      : `${old.map(({ metadata }) => metadata.name).join(", ")} run${old.length === 1 ? "s" : ""}`;
  return `${who} Linux ${kernelVersionOf(first)}: before 5.0, of an A and an AAAA query that leave one socket together, conntrack may lose one.`;
}
