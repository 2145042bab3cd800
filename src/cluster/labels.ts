/** Labels and selectors. Source: apimachinery/pkg/labels/selector.go, meta/v1 LabelSelectorAsSelector. */
import { compareText } from "../base/order";
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import { labelKeyProblem, labelValueProblem } from "./names";
import type { LabelSelector, Labels } from "./objects";

/**
 * Whether every pair of a Service's selector stands on the object (AND). A selector without pairs picks nothing:
 * the EndpointSlice controller skips such a Service, it never means "all Pods".
 */
export function matchesSelector(selector: Labels | undefined, labels: Labels | undefined): boolean {
  const pairs = Object.entries(selector ?? {});
  return pairs.length > 0 && pairs.every(([key, value]) => labels?.[key] === value);
}

/** Whether a workload's selector picks the labels. Without any requirement it picks everything (validation forbids that). */
export function matchesLabelSelector(selector: LabelSelector, labels: Labels | undefined): boolean {
  const pairs = Object.entries(selector.matchLabels ?? {});
  if (!pairs.every(([key, value]) => labels?.[key] === value)) return false;
  return (selector.matchExpressions ?? []).every((requirement) => meets(requirement, labels?.[requirement.key]));
}

type Requirement = NonNullable<LabelSelector["matchExpressions"]>[number];

/** NotIn is also met by objects that lack the key. */
function meets({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
  }
}

/** `a=b,c=d`, keys by code units; "" where there are none. As `kubectl get --show-labels` has it, which says `<none>` for "". */
export function showLabels(labels: Labels | undefined): string {
  const pairs = Object.entries(labels ?? {}).toSorted(([a], [b]) => compareText(a, b));
  return pairs.map(([key, value]) => `${key}=${value}`).join(",");
}

/** Reads `a=b,c=d` (spaces around pairs are allowed, "" is no labels). Fails with what is wrong with which pair. */
export function parseLabels(text: string): Result<Labels> {
  const labels = new Map<string, string>();
  for (const part of text.split(",").map((pair) => pair.trim())) {
    if (part === "" && text.trim() === "") break;
    const [key, value, ...more] = part.split("=").map((side) => side.trim());
    if (key === undefined || key === "" || value === undefined || more.length > 0) {
      return failAt(`"${part}" is not a pair: write key=value, pairs parted by commas`);
    }
    const problem = labelKeyProblem(key) ?? labelValueProblem(value);
    if (problem !== undefined) return failAt(`"${part}": ${problem}`);
    if (labels.has(key)) return failAt(`the key "${key}" stands twice; give each key once`);
    labels.set(key, value);
  }
  return ok(Object.fromEntries(labels));
}
