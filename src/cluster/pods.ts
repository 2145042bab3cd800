/** What others ask of a Pod. Source: pkg/api/v1/pod/util.go; staging/src/k8s.io/endpointslice/utils.go (FindPort). */
import type { SimTime } from "../engine/time";
import { simTime } from "../engine/time";
import { readApiTime } from "./api-time";
import type { ContainerPort, Pod, ServicePort } from "./objects";

/** Whether the condition Ready is True. */
export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/**
 * When a ready Pod counts as available: `minReadySeconds` after it became ready. Null where it is not ready.
 * Source: pkg/api/v1/pod/util.go IsPodAvailable.
 */
export function availableAt(pod: Pod, minReadySeconds: number): SimTime | null {
  const ready = pod.status?.conditions?.find(({ type, status }) => type === "Ready" && status === "True");
  return ready === undefined ? null : simTime(readApiTime(ready.lastTransitionTime) + minReadySeconds * 1_000_000);
}

/** Whether it is ready, and has been for `minReadySeconds`; 0 asks for ready alone. */
export function isAvailable(pod: Pod, minReadySeconds: number, now: SimTime): boolean {
  const at = availableAt(pod, minReadySeconds);
  return at !== null && (minReadySeconds === 0 || at <= now);
}

/**
 * When to look at Pods again: as soon as the next of them becomes available by time alone. Null where none does.
 * Source: pkg/controller/replicaset (enqueueRSAfter, and the resync after minReadySeconds).
 */
export function availabilityCheck(pods: readonly Pod[], minReadySeconds: number, now: SimTime): SimTime | null {
  let first: number | null = null;
  for (const pod of pods) {
    const at = minReadySeconds === 0 ? null : availableAt(pod, minReadySeconds);
    if (at !== null && at > now && (first === null || at < first)) first = at;
  }
  return first === null ? null : simTime(first);
}

/** Whether its containers wait, after a crash, to be started anew. */
export function isBackingOff(pod: Pod): boolean {
  return pod.status?.containerStatuses?.some(({ state }) => state?.waiting?.reason === "CrashLoopBackOff") ?? false;
}

/** Whether its deletion was asked for and is under way. */
export function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** Whether it has ended for good: phase Succeeded or Failed. */
export function isTerminal(pod: Pod): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}

/** Its address as the API knows it, undefined until the kubelet has reported one. */
export function podIP(pod: Pod): string | undefined {
  const address = pod.status?.podIP ?? pod.status?.podIPs?.[0]?.ip;
  return address === "" ? undefined : address;
}

/** Every port that its containers declare, in order. */
export function containerPorts(pod: Pod): readonly ContainerPort[] {
  return pod.spec.containers.flatMap(({ ports }) => ports ?? []);
}

/**
 * The number that a Service port leads to on this Pod: a number as it is (absent or 0: the Service's own port); a name
 * by the first container port of that name and protocol. Null where the Pod has no such port: it is then no endpoint of it.
 */
export function resolveTargetPort(pod: Pod, { port, protocol = "TCP", targetPort }: ServicePort): number | null {
  if (targetPort === undefined || targetPort === 0 || targetPort === "") return port;
  if (typeof targetPort === "number") return targetPort;
  const found = containerPorts(pod).find((item) => item.name === targetPort && (item.protocol ?? "TCP") === protocol);
  return found?.containerPort ?? null;
}
