/**
 * A Node whose kubelet has fallen silent, and one that is back: what the node-lifecycle controller writes.
 * Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go, pkg/controller/tainteviction.
 * Left out: the conditions of disk, memory and process pressure; slower eviction where most Nodes of a zone are down.
 */
import type { ApiWrite } from "../cluster/api-write";
import { showApiTime } from "../cluster/api-time";
import type { Condition, Node, Pod, Taint } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import { isReady } from "../cluster/pods";
import type { ClusterView } from "../cluster/store-types";
import type { SimTime } from "../engine/time";
import { uidOf } from "./ownership";

/** The taint of a Node of which nothing is heard. */
export const UNREACHABLE = "node.kubernetes.io/unreachable";

/** Seconds that admission lets every Pod tolerate it. Source: plugin/pkg/admission/defaulttolerationseconds. */
const USUAL_TOLERATION = 300;

interface OfNode {
  readonly view: ClusterView;
  readonly node: string;
  readonly now: SimTime;
}

/** Nothing was heard of a Node for its grace: it is Unknown and tainted, and its Pods are not ready. Nothing where it is so already. */
export function nodeFellSilent({ view, node, now }: OfNode): readonly ApiWrite[] {
  const found = view.get("Node", "", node);
  if (found === undefined || readyOf(found) === "Unknown") return [];
  const taints: readonly Taint[] = [
    ...(found.spec?.taints ?? []),
    { key: UNREACHABLE, effect: "NoSchedule" },
    { key: UNREACHABLE, effect: "NoExecute" },
  ];
  const unknown = condition("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", now);
  const status = { conditions: [...others(found), unknown] };
  const patch: ApiWrite = { verb: "patch", ref: refOf(found), uid: uidOf(found), patch: { status } };
  const taint: ApiWrite = { verb: "patch", ref: refOf(found), uid: uidOf(found), patch: { spec: { taints } } };
  const pods = view.list("Pod").filter((pod) => pod.spec.nodeName === node && isReady(pod));
  return [patch, ...pods.map((pod) => podIsNotReady(pod, now)), taint];
}

/** Only the condition Ready is turned: ContainersReady stays as the kubelet left it. Source: MarkPodsNotReady. */
function podIsNotReady(pod: Pod, now: SimTime): ApiWrite {
  const conditions = (pod.status?.conditions ?? []).map((one): Condition =>
    one.type === "Ready" ? { type: "Ready", status: "False", lastTransitionTime: showApiTime(now) } : one,
  );
  return { verb: "patch", ref: refOf(pod), uid: uidOf(pod), patch: { status: { conditions } } };
}

/** A Node's kubelet posts its status again. Nothing where it is ready. */
export function kubeletPostsStatus({ view, node, now }: OfNode): readonly ApiWrite[] {
  const found = view.get("Node", "", node);
  if (found === undefined || readyOf(found) === "True") return [];
  const status = { conditions: [...others(found), condition("True", "KubeletReady", "kubelet is posting ready status", now)] };
  return [{ verb: "patch", ref: refOf(found), uid: uidOf(found), patch: { status } }];
}

/** A Node that is ready again loses its taints. Nothing where it has none, or is not ready. */
export function nodeIsBack({ view, node }: Omit<OfNode, "now">): readonly ApiWrite[] {
  const found = view.get("Node", "", node);
  if (found === undefined || readyOf(found) !== "True" || !isUnreachable(found)) return [];
  const taints = (found.spec?.taints ?? []).filter(({ key }) => key !== UNREACHABLE);
  return [{ verb: "patch", ref: refOf(found), uid: uidOf(found), patch: { spec: { taints: taints.length === 0 ? null : taints } } }];
}

/** Whether a Node has the taint that evicts. */
export function isUnreachable({ spec }: Node): boolean {
  return spec?.taints?.some(({ key, effect }) => key === UNREACHABLE && effect === "NoExecute") === true;
}

/** Seconds for which a Pod tolerates an unreachable Node; null: for ever. A Pod that says nothing has what admission adds. */
export function tolerationOf({ spec }: Pod): number | null {
  const own = (spec.tolerations ?? []).filter(
    ({ key = "", operator = "Equal", effect = "NoExecute", value = "" }) =>
      effect === "NoExecute" && (key === UNREACHABLE ? operator === "Exists" || value === "" : key === "" && operator === "Exists"),
  );
  if (own.length === 0) return USUAL_TOLERATION;
  const limits = own.flatMap(({ tolerationSeconds }) => (tolerationSeconds === undefined ? [] : [Math.max(0, tolerationSeconds)]));
  return limits.length === 0 ? null : Math.min(...limits);
}

function readyOf(node: Node): Condition["status"] | undefined {
  return node.status?.conditions?.find(({ type }) => type === "Ready")?.status;
}

function others(node: Node): readonly Condition[] {
  return (node.status?.conditions ?? []).filter(({ type }) => type !== "Ready");
}

function condition(status: Condition["status"], reason: string, message: string, now: SimTime): Condition {
  return { type: "Ready", status, reason, message, lastTransitionTime: showApiTime(now) };
}
