/**
 * The scheduler, in a deterministic form: filters, scores, best Node; ties by Node name (Go leaves them to its heap).
 * Source: pkg/scheduler/schedule_one.go. All Nodes are looked at (the real one samples from 100 on).
 */
import type { LabelSelector, Node, Pod } from "../cluster/objects";
import { matchesLabelSelector } from "../cluster/labels";
import type { ClusterView } from "../cluster/store-types";
import { compareText } from "../base/order";
import { NodeCounts } from "./node-counts";
import type { Candidate } from "./node-scores";
import { scores } from "./node-scores";
import { controllerOf, isBeingDeleted } from "./ownership";
import { showTaint, untolerated } from "./taints";
import { servicesSelecting } from "./view-index";

/** Pods a Node takes at most. Source: kubelet maxPods. */
const MAX_PODS = 110;

/** Where a Pod goes, or in one sentence (the scheduler's own) why nowhere. */
export type Placement = { readonly node: string } | { readonly unschedulable: string };

/** The best Node for one Pod. */
export function schedule({
  view,
  pod,
  counts = new NodeCounts(view),
}: {
  readonly view: ClusterView;
  readonly pod: Pod;
  /** Counts kept from Pod to Pod when many are placed at once. */
  readonly counts?: NodeCounts;
}): Placement {
  const nodes = view.list("Node");
  const refusals: string[] = [];
  const fitting: Node[] = [];
  for (const node of nodes) {
    const refusal = refuse(node, pod, counts);
    if (refusal === null) fitting.push(node);
    else refusals.push(refusal);
  }
  if (fitting.length === 0) return { unschedulable: unschedulable(nodes.length, refusals) };
  return { node: best(view, pod, fitting, counts) };
}

/** Places many Pods one after another, each with those before it in place; keyed by the Pods in their order. */
export function scheduleAll(view: ClusterView, pods: readonly Pod[]): readonly Placement[] {
  const counts = new NodeCounts(view);
  return pods.map((pod) => {
    const placement = schedule({ view, pod, counts });
    if ("node" in placement) counts.assume({ ...pod, spec: { ...pod.spec, nodeName: placement.node } });
    return placement;
  });
}

/** Why a Node does not take a Pod, in the words of the filter; null where it does. */
function refuse(node: Node, pod: Pod, counts: NodeCounts): string | null {
  const unschedulableTaint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" } as const;
  const tolerations = pod.spec.tolerations ?? [];
  if (
    node.spec?.unschedulable === true &&
    untolerated({ ...node, spec: { taints: [unschedulableTaint] } }, tolerations, ["NoSchedule"]).length > 0
  ) {
    return "node(s) were unschedulable";
  }
  if (isBeingDeleted(node)) return "node(s) were being deleted";
  const [taint] = untolerated(node, tolerations, ["NoSchedule", "NoExecute"]);
  if (taint !== undefined) return `node(s) had untolerated taint {${showTaint(taint)}}`;
  if (!isSelected(node, pod)) return "node(s) didn't match Pod's node affinity/selector";
  return counts.podsOn(node.metadata.name) < MAX_PODS ? null : "Too many pods";
}

/** The kubelet labels its Node with its host name; manifests may leave that out. */
function isSelected(node: Node, pod: Pod): boolean {
  const matchLabels = pod.spec.nodeSelector;
  if (matchLabels === undefined) return true;
  return matchesLabelSelector({ matchLabels }, { "kubernetes.io/hostname": node.metadata.name, ...node.metadata.labels });
}

/** `0/3 nodes are available: 1 Too many pods, 2 node(s) were unschedulable.` Source: framework/types.go FitError. */
function unschedulable(nodes: number, refusals: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const refusal of refusals) counts.set(refusal, (counts.get(refusal) ?? 0) + 1);
  const reasons = [...counts].map(([refusal, count]) => `${count} ${refusal}`).toSorted(compareText);
  const sentence = `0/${nodes} nodes are available`;
  return reasons.length === 0 ? `no nodes available to schedule pods` : `${sentence}: ${reasons.join(", ")}.`;
}

/** The highest score; of equal ones the first, as the view lists Nodes by name. */
function best(view: ClusterView, pod: Pod, nodes: readonly Node[], counts: NodeCounts): string {
  const selectors = togetherSelectors(view, pod);
  const matching = selectors.length === 0 ? new Map<string, number>() : counts.matching(pod.metadata.namespace ?? "default", selectors);
  const candidates = nodes.map((node) => candidateOf(node, counts, matching));
  const totals = scores(pod, candidates, selectors.length > 0);
  const top = Math.max(...totals);
  return candidates[totals.indexOf(top)]?.name ?? "";
}

function candidateOf(node: Node, counts: NodeCounts, matching: ReadonlyMap<string, number>): Candidate {
  const name = node.metadata.name;
  return {
    node,
    name,
    zone: node.metadata.labels?.["topology.kubernetes.io/zone"],
    pods: counts.podsOn(name),
    matching: matching.get(name) ?? 0,
  };
}

/** Selectors of the Services and of the ReplicaSet that the Pod belongs to, merged. Source: plugins/helper/spread.go DefaultSelector. */
function togetherSelectors(view: ClusterView, pod: Pod): readonly LabelSelector[] {
  const namespace = pod.metadata.namespace ?? "default";
  const services = servicesSelecting(view, namespace, pod.metadata.labels ?? {}).map((service): LabelSelector => ({
    matchLabels: service.spec.selector ?? {},
  }));
  const owner = controllerOf(pod.metadata);
  if (owner?.kind !== "ReplicaSet" && owner?.kind !== "StatefulSet") return services;
  const selector = view.get(owner.kind, namespace, owner.name)?.spec.selector;
  return selector === undefined ? services : [...services, selector];
}
