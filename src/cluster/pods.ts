/** What others ask of a Pod. Source: pkg/api/v1/pod/util.go; staging/src/k8s.io/endpointslice/utils.go (FindPort). */
import type { ContainerPort, Pod, ServicePort } from "./objects";

/** Whether the condition Ready is True. */
export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
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
