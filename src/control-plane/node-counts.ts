/**
 * What the scheduler counts: Pods per Node, and Pods per Node that match a selector. Counted once, then kept up to
 * date as Pods are assumed on Nodes, as the scheduler's cache does. Source: pkg/scheduler/backend/cache.
 */
import type { LabelSelector, Pod } from "../cluster/objects";
import { matchesLabelSelector } from "../cluster/labels";
import { isTerminal, isTerminating } from "../cluster/pods";
import type { ClusterView } from "../cluster/store-types";

/** Counts by node name. */
type Counts = Map<string, number>;

interface Counted {
  readonly selectors: readonly LabelSelector[];
  readonly counts: Counts;
}

/** Counts over a view, and over what was assumed since. */
export class NodeCounts {
  private readonly perNode: Counts = new Map();
  private readonly placed = new Map<string, Pod[]>();
  private readonly counted = new Map<string, Map<string, Counted>>();

  constructor(view: ClusterView) {
    for (const pod of view.list("Pod")) this.place(pod);
  }

  /** Takes a Pod as bound to the Node that it names. */
  assume(pod: Pod): void {
    this.place(pod);
    const node = pod.spec.nodeName;
    if (node === undefined || isTerminating(pod)) return;
    for (const { selectors, counts } of this.counted.get(namespaceOf(pod))?.values() ?? []) {
      if (matchesAll(selectors, pod)) add(counts, node);
    }
  }

  /** Pods that hold a place on a Node (terminating ones do, ended ones do not). */
  podsOn(node: string): number {
    return this.perNode.get(node) ?? 0;
  }

  /** Pods of a namespace per Node that match all selectors and are not on their way out. */
  matching(namespace: string, selectors: readonly LabelSelector[]): ReadonlyMap<string, number> {
    const ofNamespace = this.counted.get(namespace) ?? new Map<string, Counted>();
    this.counted.set(namespace, ofNamespace);
    const key = JSON.stringify(selectors);
    const known = ofNamespace.get(key);
    if (known !== undefined) return known.counts;
    const counts = this.count(namespace, selectors);
    ofNamespace.set(key, { selectors, counts });
    return counts;
  }

  private place(pod: Pod): void {
    const node = pod.spec.nodeName;
    if (node === undefined || node === "" || isTerminal(pod)) return;
    add(this.perNode, node);
    const others = this.placed.get(namespaceOf(pod));
    if (others === undefined) this.placed.set(namespaceOf(pod), [pod]);
    else others.push(pod);
  }

  private count(namespace: string, selectors: readonly LabelSelector[]): Counts {
    const counts: Counts = new Map();
    for (const pod of this.placed.get(namespace) ?? []) {
      const node = pod.spec.nodeName;
      if (node !== undefined && !isTerminating(pod) && matchesAll(selectors, pod)) add(counts, node);
    }
    return counts;
  }
}

function namespaceOf(pod: Pod): string {
  return pod.metadata.namespace ?? "default";
}

function matchesAll(selectors: readonly LabelSelector[], pod: Pod): boolean {
  return selectors.every((selector) => matchesLabelSelector(selector, pod.metadata.labels));
}

function add(counts: Counts, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
