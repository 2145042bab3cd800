/** ValidateDeploymentSpec and its kin. Source: pkg/apis/apps/validation/validation.go. */
import type { FieldError } from "../field-error";
import { matchesLabelSelector } from "../labels";
import type { Deployment, LabelSelector, ReplicaSet, StatefulSet } from "../objects";
import { checkCount, checkLabels, invalid, required, unsupportedIf } from "./findings";
import { podSpecErrors } from "./pod";

const OPERATORS = ["DoesNotExist", "Exists", "In", "NotIn"];

/** What is wrong with a Deployment, ReplicaSet or StatefulSet. */
export function workloadErrors({ kind, spec }: Deployment | ReplicaSet | StatefulSet): readonly FieldError[] {
  const { selector, template } = spec;
  const labels = template.metadata?.labels;
  const isEmpty = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
  return [
    ...checkCount("spec.replicas", spec.replicas),
    ...(isEmpty ? [invalid("spec.selector", selector, `empty selector is invalid for ${kind.toLowerCase()}`)] : selectorErrors(selector)),
    ...(isEmpty || matchesLabelSelector(selector, labels)
      ? []
      : [invalid("spec.template.metadata.labels", labels ?? null, "`selector` does not match template `labels`")]),
    ...checkLabels("spec.template.metadata.labels", labels),
    ...podSpecErrors(template.spec, "spec.template.spec"),
  ];
}

function selectorErrors(selector: LabelSelector): readonly FieldError[] {
  return [
    ...checkLabels("spec.selector.matchLabels", selector.matchLabels),
    ...(selector.matchExpressions ?? []).flatMap(({ operator, values = [] }, index) => {
      const path = `spec.selector.matchExpressions[${index}]`;
      const needsValues = operator === "In" || operator === "NotIn";
      return [
        ...unsupportedIf(`${path}.operator`, operator, OPERATORS),
        ...(needsValues && values.length === 0 ? [required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")] : []),
      ];
    }),
  ];
}
