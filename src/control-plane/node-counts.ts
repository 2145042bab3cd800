/**
 * What the scheduler counts: Pods per Node, and Pods per Node that match a selector. Counted once a list, and from an
 * older list's counts where few Pods differ; kept up to date as Pods are assumed on Nodes, as the scheduler's cache does.
 * Source: pkg/scheduler/backend/cache.
 */
import type { LabelSelector, Pod } from "../cluster/objects";
import { matchesLabelSelector } from "../cluster/labels";
import { lineageOf } from "../cluster/list-cache";
import { isTerminal, isTerminating } from "../cluster/pods";
import type { ClusterView } from "../cluster/store-types";

/** Counts by node name. */
type Counts = Map<string, number>;

interface Counted {
  readonly namespace: string;
  readonly selectors: readonly LabelSelector[];
  readonly counts: Counts;
}

/** Counts of one list; `matching` by namespace and selectors, as they were asked for. */
interface Tally {
  readonly perNode: Counts;
  readonly matching: Map<string, Counted>;
}

const tallies = new WeakMap<readonly Pod[], Tally>();

/** Counts over a view, and over what was assumed since. */
export class NodeCounts {
  private readonly pods: readonly Pod[];
  /** The list's own, shared with whoever asks of the same list. */
  private readonly shared: Tally;
  private readonly own: Tally;
  private readonly assumed: Pod[] = [];

  constructor(view: ClusterView) {
    this.pods = view.list("Pod");
    this.shared = tallyOf(this.pods);
    this.own = { perNode: new Map(this.shared.perNode), matching: new Map() };
  }

  /** Takes a Pod as bound to the Node that it names. */
  assume(pod: Pod): void {
    this.assumed.push(pod);
    change(this.own, pod, 1);
  }

  /** Pods that hold a place on a Node (terminating ones do, ended ones do not). */
  podsOn(node: string): number {
    return this.own.perNode.get(node) ?? 0;
  }

  /** Pods of a namespace per Node that match all selectors and are not on their way out. */
  matching(namespace: string, selectors: readonly LabelSelector[]): ReadonlyMap<string, number> {
    const key = `${namespace} ${JSON.stringify(selectors)}`;
    const known = this.own.matching.get(key);
    if (known !== undefined) return known.counts;
    const shared = this.shared.matching.get(key) ?? count(this.pods, namespace, selectors);
    this.shared.matching.set(key, shared);
    const counted: Counted = { namespace, selectors, counts: new Map(shared.counts) };
    for (const pod of this.assumed) if (isCounted(counted, pod)) add(counted.counts, pod.spec.nodeName ?? "", 1);
    this.own.matching.set(key, counted);
    return counted.counts;
  }
}

function tallyOf(pods: readonly Pod[]): Tally {
  const known = tallies.get(pods);
  if (known !== undefined) return known;
  const tally = fromOlder(pods) ?? counted(pods);
  tallies.set(pods, tally);
  return tally;
}

function counted(pods: readonly Pod[]): Tally {
  const tally: Tally = { perNode: new Map(), matching: new Map() };
  for (const pod of pods) change(tally, pod, 1);
  return tally;
}

/** From the counts of the nearest older list that has some, by the Pods that left and came since. */
function fromOlder(pods: readonly Pod[]): Tally | undefined {
  const steps = [];
  for (let lineage = lineageOf(pods); lineage !== undefined; lineage = lineageOf(lineage.older)) {
    steps.push(lineage);
    const base = tallies.get(lineage.older);
    if (base === undefined) continue;
    const tally = copyOf(base);
    for (const { left, came } of steps.toReversed()) {
      for (const pod of left) change(tally, pod, -1);
      for (const pod of came) change(tally, pod, 1);
    }
    return tally;
  }
  return undefined;
}

function copyOf({ perNode, matching }: Tally): Tally {
  const copies = [...matching].map(([key, one]) => [key, { ...one, counts: new Map(one.counts) }] as const);
  return { perNode: new Map(perNode), matching: new Map(copies) };
}

function change(tally: Tally, pod: Pod, by: 1 | -1): void {
  const node = pod.spec.nodeName;
  if (node === undefined || node === "" || isTerminal(pod)) return;
  add(tally.perNode, node, by);
  for (const one of tally.matching.values()) if (isCounted(one, pod)) add(one.counts, node, by);
}

function count(pods: readonly Pod[], namespace: string, selectors: readonly LabelSelector[]): Counted {
  const found: Counted = { namespace, selectors, counts: new Map() };
  for (const pod of pods) {
    const node = pod.spec.nodeName;
    if (node !== undefined && node !== "" && !isTerminal(pod) && isCounted(found, pod)) add(found.counts, node, 1);
  }
  return found;
}

function isCounted({ namespace, selectors }: Counted, pod: Pod): boolean {
  if ((pod.metadata.namespace ?? "default") !== namespace || isTerminating(pod)) return false;
  return selectors.every((selector) => matchesLabelSelector(selector, pod.metadata.labels));
}

function add(counts: Counts, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
