/** Validation of any object: names and labels, then what its kind asks for. Source: pkg/apis validation, ValidateObjectMeta. */
import { unreachable } from "../../base/assert";
import type { FieldError } from "../field-error";
import { isIp, isRange } from "../ip-text";
import { label1035Problem, label1123Problem, subdomainProblem } from "../names";
import type { Kind, KubeObject, Node } from "../objects";
import { isClusterScoped } from "../objects";
import { endpointsErrors, sliceErrors } from "./endpoints";
import { checkCount, checkLabels, forbidden, invalidIf, required, unsupportedIf } from "./findings";
import { podErrors } from "./pod";
import { serviceErrors } from "./service";
import { workloadErrors } from "./workload";

/** What is wrong with an object, [] where nothing is. Expects defaults to be filled in; is lenient where they are not. */
export function validate(object: KubeObject): readonly FieldError[] {
  return [...metadataErrors(object), ...kindErrors(object)];
}

function metadataErrors({ kind, metadata }: KubeObject): readonly FieldError[] {
  const { name, namespace } = metadata;
  return [
    ...(name === ""
      ? [required("metadata.name", "name or generateName is required")]
      : invalidIf("metadata.name", name, nameProblem(kind, name))),
    ...namespaceErrors(kind, namespace),
    ...checkLabels("metadata.labels", metadata.labels),
  ];
}

function namespaceErrors(kind: Kind, namespace: string | undefined): readonly FieldError[] {
  if (namespace === undefined) return [];
  if (isClusterScoped(kind)) return namespace === "" ? [] : [forbidden("metadata.namespace", "not allowed on this type")];
  return invalidIf("metadata.namespace", namespace, label1123Problem(namespace));
}

function nameProblem(kind: Kind, name: string): string | undefined {
  if (kind === "Service") return label1035Problem(name);
  if (kind === "Namespace") return name.includes(".") ? "must not contain dots" : label1123Problem(name);
  return subdomainProblem(name);
}

function kindErrors(object: KubeObject): readonly FieldError[] {
  switch (object.kind) {
    case "Service":
      return serviceErrors(object);
    case "Pod":
      return podErrors(object);
    case "Deployment":
    case "ReplicaSet":
    case "StatefulSet":
      return workloadErrors(object);
    case "EndpointSlice":
      return sliceErrors(object);
    case "Endpoints":
      return endpointsErrors(object);
    case "Node":
      return nodeErrors(object);
    case "ControllerRevision":
      return checkCount("revision", object.revision);
    case "Namespace":
    case "ConfigMap":
      return [];
    default:
      return unreachable(object);
  }
}

function nodeErrors({ spec, status }: Node): readonly FieldError[] {
  const ranges = spec?.podCIDRs ?? (spec?.podCIDR === undefined ? [] : [spec.podCIDR]);
  const path = spec?.podCIDRs === undefined ? () => "spec.podCIDR" : (index: number) => `spec.podCIDRs[${index}]`;
  const addresses = status?.addresses ?? [];
  return [
    ...ranges.flatMap((range, index) =>
      invalidIf(path(index), range, isRange(range) ? undefined : "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
    ),
    ...(spec?.taints ?? []).flatMap(({ effect }, index) =>
      unsupportedIf(`spec.taints[${index}].effect`, effect, ["NoExecute", "NoSchedule", "PreferNoSchedule"]),
    ),
    ...addresses.flatMap(({ type, address }, index) =>
      invalidIf(
        `status.addresses[${index}].address`,
        address,
        type !== "InternalIP" || isIp(address) ? undefined : "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
      ),
    ),
  ];
}
