/** ValidatePodSpec, the part that we act on. Source: pkg/apis/core/validation/validation.go. */
import type { FieldError } from "../field-error";
import { isIp } from "../ip-text";
import { label1123Problem, portNameProblems } from "../names";
import type { Container, ContainerPort, Pod, PodSpec } from "../objects";
import { PROTOCOLS, checkCount, checkLabels, checkPort, duplicate, invalid, invalidIf, required, unsupportedIf } from "./findings";

const DNS_POLICIES = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"];
const EFFECTS = ["NoExecute", "NoSchedule", "PreferNoSchedule"];

/** What is wrong with a Pod. */
export function podErrors({ spec, status }: Pod): readonly FieldError[] {
  const address = status?.podIP ?? "";
  return [
    ...podSpecErrors(spec, "spec"),
    ...(address === "" || isIp(address)
      ? []
      : [invalid("status.podIP", address, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]),
  ];
}

/** What is wrong with a Pod's spec, standing at `path` (a template's stands deeper). */
export function podSpecErrors(spec: PodSpec, path: string): readonly FieldError[] {
  return [
    ...(spec.containers.length === 0 ? [required(`${path}.containers`)] : []),
    ...containersErrors(spec.containers, `${path}.containers`),
    ...unsupportedIf(`${path}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES),
    ...checkCount(`${path}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds),
    ...checkLabels(`${path}.nodeSelector`, spec.nodeSelector),
    ...(spec.tolerations ?? []).flatMap((toleration, index) => [
      ...unsupportedIf(`${path}.tolerations[${index}].operator`, toleration.operator, ["Equal", "Exists"]),
      ...unsupportedIf(`${path}.tolerations[${index}].effect`, toleration.effect, EFFECTS),
    ]),
    ...["hostname", "subdomain"].flatMap((field) => nameErrors(spec, field, path)),
  ];
}

function nameErrors(spec: PodSpec, field: string, path: string): readonly FieldError[] {
  const name = field === "hostname" ? spec.hostname : spec.subdomain;
  return name === undefined || name === "" ? [] : invalidIf(`${path}.${field}`, name, label1123Problem(name));
}

function containersErrors(containers: readonly Container[], path: string): readonly FieldError[] {
  const names = new Set<string>();
  return containers.flatMap((container, index) => {
    const at = `${path}[${index}]`;
    const name = names.has(container.name)
      ? [duplicate(`${at}.name`, container.name)]
      : invalidIf(`${at}.name`, container.name, label1123Problem(container.name));
    names.add(container.name);
    return [...name, ...containerPortsErrors(container.ports ?? [], `${at}.ports`)];
  });
}

function containerPortsErrors(ports: readonly ContainerPort[], path: string): readonly FieldError[] {
  const names = new Set<string>();
  return ports.flatMap(({ name = "", containerPort, protocol }, index) => {
    const at = `${path}[${index}]`;
    const named = name === "" ? [] : portNameProblems(name).map((problem) => invalid(`${at}.name`, name, problem));
    const again = name !== "" && names.has(name) ? [duplicate(`${at}.name`, name)] : [];
    names.add(name);
    return [
      ...named,
      ...again,
      ...checkPort(`${at}.containerPort`, containerPort),
      ...unsupportedIf(`${at}.protocol`, protocol, PROTOCOLS),
    ];
  });
}
