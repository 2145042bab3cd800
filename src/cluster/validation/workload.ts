/** ValidateDeploymentSpec and its kin. Source: pkg/apis/apps/validation/validation.go. */
import type { FieldError } from "../field-error";
import { matchesLabelSelector } from "../labels";
import type { Deployment, LabelSelector, PodCount, ReplicaSet, StatefulSet } from "../objects";
import { checkCount, checkLabels, forbidden, invalid, invalidIf, required, unsupportedIf } from "./findings";
import { podSpecErrors } from "./pod";

const OPERATORS = ["DoesNotExist", "Exists", "In", "NotIn"];

/** What is wrong with a Deployment, ReplicaSet or StatefulSet. */
export function workloadErrors(object: Deployment | ReplicaSet | StatefulSet): readonly FieldError[] {
  const { kind, spec } = object;
  const { selector, template } = spec;
  const labels = template.metadata?.labels;
  const isEmpty = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
  return [
    ...checkCount("spec.replicas", spec.replicas),
    ...checkCount("spec.minReadySeconds", spec.minReadySeconds),
    ...(isEmpty ? [invalid("spec.selector", selector, `empty selector is invalid for ${kind.toLowerCase()}`)] : selectorErrors(selector)),
    ...(isEmpty || matchesLabelSelector(selector, labels)
      ? []
      : [invalid("spec.template.metadata.labels", labels ?? null, "`selector` does not match template `labels`")]),
    ...checkLabels("spec.template.metadata.labels", labels),
    ...podSpecErrors(template.spec, "spec.template.spec"),
    ...(object.kind === "Deployment" ? deploymentErrors(object) : []),
    ...(object.kind === "StatefulSet" ? statefulSetErrors(object) : []),
  ];
}

function deploymentErrors({ spec }: Deployment): readonly FieldError[] {
  const { strategy, progressDeadlineSeconds: deadline, minReadySeconds = 0 } = spec;
  const rolling = strategy?.rollingUpdate;
  const path = "spec.strategy.rollingUpdate";
  return [
    ...unsupportedIf("spec.strategy.type", strategy?.type, ["Recreate", "RollingUpdate"]),
    ...(strategy?.type === "Recreate" && rolling !== undefined
      ? [forbidden(path, "may not be specified when strategy `type` is 'Recreate'")]
      : []),
    ...podCountErrors(`${path}.maxUnavailable`, rolling?.maxUnavailable),
    ...podCountErrors(`${path}.maxSurge`, rolling?.maxSurge),
    ...(isNone(rolling?.maxUnavailable) && isNone(rolling?.maxSurge)
      ? [invalid(`${path}.maxUnavailable`, rolling?.maxUnavailable, "may not be 0 when `maxSurge` is 0")]
      : []),
    ...(isMoreThanAll(rolling?.maxUnavailable)
      ? [invalid(`${path}.maxUnavailable`, rolling?.maxUnavailable, "must not be greater than 100%")]
      : []),
    ...checkCount("spec.revisionHistoryLimit", spec.revisionHistoryLimit),
    ...checkCount("spec.progressDeadlineSeconds", deadline),
    ...invalidIf(
      "spec.progressDeadlineSeconds",
      deadline,
      deadline !== undefined && deadline <= minReadySeconds ? "must be greater than minReadySeconds" : undefined,
    ),
  ];
}

/** A number from 0 on, or a share in per cent. Source: ValidatePositiveIntOrPercent, IsValidPercent. */
function podCountErrors(path: string, count: PodCount | undefined): readonly FieldError[] {
  if (typeof count !== "string") return checkCount(path, count);
  if (/^[0-9]+%$/.test(count)) return [];
  const detail =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
  return [invalid(path, count, detail)];
}

function isNone(count: PodCount | undefined): boolean {
  return count === 0 || (typeof count === "string" && /^0+%$/.test(count));
}

function isMoreThanAll(count: PodCount | undefined): boolean {
  return typeof count === "string" && /^[0-9]+%$/.test(count) && Number.parseInt(count, 10) > 100;
}

function statefulSetErrors({ spec }: StatefulSet): readonly FieldError[] {
  return [
    ...unsupportedIf("spec.podManagementPolicy", spec.podManagementPolicy, ["OrderedReady", "Parallel"]),
    ...unsupportedIf("spec.updateStrategy.type", spec.updateStrategy?.type, ["OnDelete", "RollingUpdate"]),
    ...checkCount("spec.updateStrategy.rollingUpdate.partition", spec.updateStrategy?.rollingUpdate?.partition),
    ...checkCount("spec.ordinals.start", spec.ordinals?.start),
    ...checkCount("spec.revisionHistoryLimit", spec.revisionHistoryLimit),
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
