/** Taints and tolerations. Source: core/v1 Toleration.ToleratesTaint. Gt and Lt operators are left out. */
import type { Node, Taint, Toleration } from "../cluster/objects";

/** Whether one toleration covers a taint: an empty key with `Exists` covers all, an empty effect every effect. */
function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== taint.effect) return false;
  const key = toleration.key ?? "";
  if (key !== "" && key !== taint.key) return false;
  if (toleration.operator === "Exists") return true;
  return key !== "" && (toleration.value ?? "") === (taint.value ?? "");
}

const NONE: readonly Taint[] = [];

/** Taints of the given effects that no toleration covers. */
export function untolerated(node: Node, tolerations: readonly Toleration[], effects: readonly Taint["effect"][]): readonly Taint[] {
  if (node.spec?.taints === undefined) return NONE;
  return node.spec.taints.filter(
    (taint) => effects.includes(taint.effect) && !tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}

/** `key=value:effect`, as `kubectl describe node` prints a taint. */
export function showTaint(taint: Taint): string {
  const value = taint.value === undefined || taint.value === "" ? "" : `=${taint.value}`;
  return `${taint.key}${value}:${taint.effect}`;
}
