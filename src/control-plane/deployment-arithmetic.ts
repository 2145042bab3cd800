/** How many Pods a rolling update may have too many, and too few. Source: pkg/controller/deployment/util ResolveFenceposts. */
import type { Deployment } from "../cluster/objects";

/** Fenceposts in whole Pods. */
export interface Fenceposts {
  readonly surge: number;
  readonly unavailable: number;
}

/** Surge rounds up, unavailable down; never both 0. Defaults 25 % and 25 %; a Recreate Deployment has no surge. */
export function fenceposts(deployment: Deployment): Fenceposts {
  const replicas = replicasOf(deployment);
  const { type = "RollingUpdate", rollingUpdate } = deployment.spec.strategy ?? {};
  if (type === "Recreate" || replicas === 0) return { surge: 0, unavailable: 0 };
  const surge = resolve(rollingUpdate?.maxSurge ?? "25%", replicas, Math.ceil);
  const unavailable = resolve(rollingUpdate?.maxUnavailable ?? "25%", replicas, Math.floor);
  const atLeastOne = surge === 0 && unavailable === 0 ? 1 : unavailable;
  return { surge, unavailable: Math.min(atLeastOne, replicas) };
}

/** The wanted number of Pods. */
export function replicasOf(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1;
}

function resolve(value: number | string, of: number, round: (n: number) => number): number {
  return typeof value === "number" ? value : round((Number.parseInt(value, 10) * of) / 100);
}
