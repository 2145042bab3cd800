/** Taking a Node out of service, as `kubectl drain` does. Source: kubectl/pkg/drain. DaemonSets and budgets are left out. */
import type { ApiWrite } from "../cluster/api-write";
import { refOf } from "../cluster/objects";
import { isTerminal, isTerminating } from "../cluster/pods";
import type { ClusterView } from "../cluster/store-types";
import { uidOf } from "./ownership";

const UNSCHEDULABLE = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" } as const;

/** Cordons the Node: no new Pod is placed on it. Nothing where it is cordoned already or does not exist. */
export function cordon({ view, node }: { readonly view: ClusterView; readonly node: string }): readonly ApiWrite[] {
  const found = view.get("Node", "", node);
  if (found === undefined || found.spec?.unschedulable === true) return [];
  const taints = [...(found.spec?.taints ?? []).filter((taint) => taint.key !== UNSCHEDULABLE.key), UNSCHEDULABLE];
  return [{ verb: "patch", ref: refOf(found), uid: uidOf(found), patch: { spec: { unschedulable: true, taints } } }];
}

/** Takes the cordon away: the Node takes Pods again. Nothing where it has none or does not exist. */
export function uncordon({ view, node }: { readonly view: ClusterView; readonly node: string }): readonly ApiWrite[] {
  const found = view.get("Node", "", node);
  if (found === undefined || found.spec?.unschedulable !== true) return [];
  const taints = (found.spec.taints ?? []).filter((taint) => taint.key !== UNSCHEDULABLE.key);
  const spec = { unschedulable: null, taints: taints.length === 0 ? null : taints };
  return [{ verb: "patch", ref: refOf(found), uid: uidOf(found), patch: { spec } }];
}

/** Cordons the Node, then evicts its Pods, each with its own grace. Their owners make others elsewhere. */
export function drainNode({ view, node }: { readonly view: ClusterView; readonly node: string }): readonly ApiWrite[] {
  const leaving = view.list("Pod").filter((pod) => pod.spec.nodeName === node && !isTerminating(pod) && !isTerminal(pod));
  return [...cordon({ view, node }), ...leaving.map((pod): ApiWrite => ({ verb: "delete", ref: refOf(pod), uid: uidOf(pod) }))];
}

/** Whether the Node has no Pods left that hold a place on it. */
export function isDrained({ view, node }: { readonly view: ClusterView; readonly node: string }): boolean {
  return !view.list("Pod").some((pod) => pod.spec.nodeName === node && !isTerminal(pod));
}
