/**
 * What a kubelet reports of a Pod, stage by stage, as patches of its status.
 * Source: pkg/kubelet/{kubelet_pods.go generateAPIPodStatus, status/generate.go}.
 * The address is not there when CNI is done: it comes with the first full report, after the containers have started.
 */
import type { JsonMergePatch } from "../../cluster/api-write";
import { showApiTime } from "../../cluster/api-time";
import type { Condition, Pod } from "../../cluster/objects";
import type { SimTime } from "../../engine/time";

type Status = Condition["status"];

/** Conditions in the order in which a kubelet lists them. */
const CONDITION_TYPES = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"] as const;

type ConditionType = (typeof CONDITION_TYPES)[number];

/** Pod admitted: nothing runs yet. `kubectl get pods` says ContainerCreating. */
export function admittedStatus(pod: Pod, hostIP: string, now: SimTime): JsonMergePatch {
  return status({
    phase: "Pending",
    ...(hostIP === "" ? {} : { hostIP }),
    startTime: pod.status?.startTime ?? showApiTime(now),
    conditions: withConditions(pod, now, {
      PodReadyToStartContainers: "False",
      Initialized: "True",
      Ready: "False",
      ContainersReady: "False",
      PodScheduled: "True",
    }),
  });
}

/** Sandbox and network are up; still no address in the API. */
export function sandboxStatus(pod: Pod, now: SimTime): JsonMergePatch {
  return status({ conditions: withConditions(pod, now, { PodReadyToStartContainers: "True" }) });
}

/** Containers run: phase, address, and readiness as far as it is known. */
export function runningStatus(
  pod: Pod,
  {
    address,
    ready,
    now,
  }: {
    readonly address: string;
    readonly ready: boolean;
    readonly now: SimTime;
  },
): JsonMergePatch {
  const known: Status = ready ? "True" : "False";
  return status({
    phase: "Running",
    podIP: address,
    podIPs: [{ ip: address }],
    conditions: withConditions(pod, now, {
      PodReadyToStartContainers: "True",
      Initialized: "True",
      Ready: known,
      ContainersReady: known,
      PodScheduled: "True",
    }),
  });
}

/** The first readiness probe has succeeded. */
export function readyStatus(pod: Pod, now: SimTime): JsonMergePatch {
  return status({ conditions: withConditions(pod, now, { Ready: "True", ContainersReady: "True" }) });
}

/** All containers have ended: Succeeded when by themselves, Failed when they had to be killed. */
export function endedStatus(pod: Pod, { killed, now }: { readonly killed: boolean; readonly now: SimTime }): JsonMergePatch {
  return status({
    phase: killed ? "Failed" : "Succeeded",
    conditions: withConditions(pod, now, { PodReadyToStartContainers: "False", Ready: "False", ContainersReady: "False" }),
  });
}

function status(fields: JsonMergePatch): JsonMergePatch {
  return { status: fields };
}

/** All conditions with some set anew; the time of transition moves only where the status does. */
function withConditions(pod: Pod, now: SimTime, turned: Partial<Record<ConditionType, Status>>): readonly Condition[] {
  const known = pod.status?.conditions ?? [];
  const foreign = known.filter(({ type }) => !CONDITION_TYPES.some((own) => own === type));
  const own = CONDITION_TYPES.flatMap((type) => {
    const old = known.find((condition) => condition.type === type);
    const next = turned[type] ?? old?.status;
    return next === undefined ? [] : [condition(type, next, old, now)];
  });
  return [...own, ...foreign];
}

function condition(type: ConditionType, next: Status, old: Condition | undefined, now: SimTime): Condition {
  const turnedAt = old?.status === next ? old.lastTransitionTime : undefined;
  const unready = next !== "True" && (type === "Ready" || type === "ContainersReady");
  return { type, status: next, ...(unready ? { reason: "ContainersNotReady" } : {}), lastTransitionTime: turnedAt ?? showApiTime(now) };
}
