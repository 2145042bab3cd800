/**
 * What a kubelet reports of a Pod, stage by stage, as patches of its status.
 * Source: pkg/kubelet/{kubelet_pods.go generateAPIPodStatus, status/generate.go}.
 * The address is not there when CNI is done: it comes with the first full report, after the containers have started.
 */
import type { JsonMergePatch } from "../../cluster/api-write";
import { showApiTime } from "../../cluster/api-time";
import type { Condition, ContainerState, ContainerStatus, Pod } from "../../cluster/objects";
import type { Micros, SimTime } from "../../engine/time";
import type { Restarts } from "./restarts";

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
    restarts,
  }: {
    readonly address: string;
    readonly ready: boolean;
    readonly now: SimTime;
    readonly restarts?: Restarts | undefined;
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
    containerStatuses: containerStatuses(pod, { ready, started: true, state: { running: { startedAt: showApiTime(now) } }, restarts }),
  });
}

/** The containers have ended and are to be started anew, at once or after a back-off. */
export function restartingStatus(
  pod: Pod,
  { restarts, wait, now }: { readonly restarts: Restarts; readonly wait: Micros; readonly now: SimTime },
): JsonMergePatch {
  const { namespace = "default", name, uid = "" } = pod.metadata;
  const span = wait / 1_000_000;
  const back = `back-off ${span >= 60 ? `${Math.floor(span / 60)}m${span % 60 === 0 ? "0s" : `${Math.round(span % 60)}s`}` : `${Math.round(span)}s`}`;
  const message = `${back} restarting failed container pod=${name}_${namespace}(${uid})`;
  const state: ContainerState = wait > 0 ? { waiting: { reason: "CrashLoopBackOff", message } } : { terminated: endOf(restarts) };
  return status({
    conditions: withConditions(pod, now, { Ready: "False", ContainersReady: "False" }),
    containerStatuses: containerStatuses(pod, {
      ready: false,
      started: false,
      state,
      restarts: { ...restarts, count: restarts.count - 1 },
    }),
  });
}

/** A readiness probe's result has changed. */
export function readinessStatus(pod: Pod, ready: boolean, now: SimTime): JsonMergePatch {
  const known: Status = ready ? "True" : "False";
  return status({
    conditions: withConditions(pod, now, { Ready: known, ContainersReady: known }),
    containerStatuses: (pod.status?.containerStatuses ?? []).map((one) => ({ ...one, ready })),
  });
}

interface ContainersAre {
  readonly ready: boolean;
  readonly started: boolean;
  readonly state: ContainerState;
  readonly restarts: Restarts | undefined;
}

/** One status a container; all of a Pod's containers share one fate here. */
function containerStatuses(pod: Pod, { ready, started, state, restarts }: ContainersAre): readonly ContainerStatus[] {
  return pod.spec.containers.map(({ name, image = "" }) => ({
    name,
    image,
    imageID: "",
    ready,
    restartCount: restarts?.count ?? 0,
    started,
    state,
    ...(restarts === undefined ? {} : { lastState: { terminated: endOf(restarts) } }),
  }));
}

function endOf({ exitCode, finishedAt }: Restarts): NonNullable<ContainerState["terminated"]> {
  return { exitCode, reason: exitCode === 0 ? "Completed" : "Error", finishedAt: showApiTime(finishedAt) };
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
