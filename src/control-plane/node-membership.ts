/**
 * Nodes that join and leave. A joining Node registers itself not ready and tainted, and is ready once its network is up.
 * Sources: pkg/kubelet/kubelet_node_status.go (registration), pkg/controller/nodelifecycle (the taint by condition).
 */
import type { ApiWrite } from "../cluster/api-write";
import type { Condition, Node } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import { showApiTime } from "../cluster/api-time";
import type { ClusterView } from "../cluster/store-types";
import type { SimTime } from "../engine/time";
import { uidOf } from "./ownership";

const NOT_READY = "node.kubernetes.io/not-ready";

/** The Node that a kubelet registers: its address range comes from node addressing. */
export function registerNode({
  name,
  address,
  zone,
  kernel = "",
  now,
}: {
  readonly name: string;
  readonly address: string;
  /** "" leaves the zone label out. */
  readonly zone: string;
  /** What `uname -r` prints; "" leaves it out. */
  readonly kernel?: string;
  readonly now: SimTime;
}): ApiWrite {
  const object: Node = {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { "kubernetes.io/hostname": name, ...(zone === "" ? {} : { "topology.kubernetes.io/zone": zone }) },
    },
    spec: { taints: [{ key: NOT_READY, effect: "NoSchedule" }] },
    status: {
      addresses: [
        { type: "InternalIP", address },
        { type: "Hostname", address: name },
      ],
      conditions: [readyCondition("False", "KubeletNotReady", "container runtime network not ready: cni plugin not initialized", now)],
      ...(kernel === "" ? {} : { nodeInfo: { kernelVersion: kernel } }),
    },
  };
  return { verb: "create", object };
}

/** Marks a Node ready and takes its taint away. Nothing where it does not exist or is ready already. */
export function nodeIsReady({
  view,
  node,
  now,
}: {
  readonly view: ClusterView;
  readonly node: string;
  readonly now: SimTime;
}): readonly ApiWrite[] {
  const found = view.get("Node", "", node);
  if (found === undefined) return [];
  const conditions = found.status?.conditions ?? [];
  if (conditions.some(({ type, status }) => type === "Ready" && status === "True")) return [];
  const others = conditions.filter(({ type }) => type !== "Ready");
  const left = (found.spec?.taints ?? []).filter((taint) => taint.key !== NOT_READY);
  const taints = left.length === 0 ? null : left;
  const ready = readyCondition("True", "KubeletReady", "kubelet is posting ready status", now);
  return [{ verb: "patch", ref: refOf(found), uid: uidOf(found), patch: { spec: { taints }, status: { conditions: [...others, ready] } } }];
}

/** Takes the Node object away, once its Pods have gone. */
export function removeNode({ view, node }: { readonly view: ClusterView; readonly node: string }): readonly ApiWrite[] {
  const found = view.get("Node", "", node);
  return found === undefined ? [] : [{ verb: "delete", ref: refOf(found), uid: uidOf(found) }];
}

function readyCondition(status: Condition["status"], reason: string, message: string, now: SimTime): Condition {
  return { type: "Ready", status, reason, message, lastTransitionTime: showApiTime(now) };
}
