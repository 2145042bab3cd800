/** How long a Pod has to end by itself. Sources: core/v1 Lifecycle; pkg/kubelet/kuberuntime killContainer. */
import type { Pod } from "../../cluster/objects";
import type { Micros } from "../../engine/time";
import { seconds } from "../../engine/time";
import { FIXED_TIMES } from "./timings";

/** Grace of a deletion that has begun, else of the Pod, else 30 s. */
export function graceOf(pod: Pod): Micros {
  const asked = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds;
  return asked === undefined ? FIXED_TIMES.defaultGrace : seconds(asked);
}

/** What a preStop hook leaves of the grace; never less than 2 s, as the kubelet has it. */
export function graceAfter(pod: Pod, hook: Micros): Micros {
  const left = graceOf(pod) - hook;
  return left > FIXED_TIMES.leastGrace ? seconds(left / 1_000_000) : FIXED_TIMES.leastGrace;
}

/**
 * How long the longest preStop hook takes, within the grace: `sleep`, or `exec` of a plain `sleep N`.
 * Other hooks count as done at once.
 */
export function preStopOf(pod: Pod): Micros {
  const longest = Math.max(0, ...pod.spec.containers.map(({ lifecycle }) => hookSeconds(lifecycle)));
  return seconds(Math.min(longest, graceOf(pod) / 1_000_000));
}

function hookSeconds(lifecycle: unknown): number {
  const preStop = field(lifecycle, "preStop");
  const slept = Number(field(field(preStop, "sleep"), "seconds") ?? 0);
  if (slept > 0) return Math.trunc(slept);
  const command = field(field(preStop, "exec"), "command");
  const found = Array.isArray(command) ? /^(?:.* )?sleep (\d+)$/.exec(command.join(" ")) : null;
  return Number(found?.[1] ?? 0);
}

/** A field of a part of an object that is kept as it was given. */
export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
