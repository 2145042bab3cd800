/** A Pod's state as a sign: filled, hollow, half or crossed; never by colour alone. */
import type { ReactNode } from "react";
import type { PodView } from "../../bridge/protocol";

function signOf(pod: PodView): string {
  switch (pod.state) {
    case "Running":
      return "●";
    case "Terminating":
      return "◐";
    case "Failed":
      return "✕";
    case "Pending":
    case "ContainerCreating":
    case "Not ready":
    case "CrashLoopBackOff":
    case "Completed":
      return "○";
  }
}

export function PodSign({ pod }: { readonly pod: PodView }): ReactNode {
  return (
    <span aria-hidden="true" style={{ color: pod.state === "Failed" ? "var(--drop-line)" : "var(--pod-line)" }}>
      {signOf(pod)}
    </span>
  );
}
