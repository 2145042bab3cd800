/** ValidateService and ValidateServiceCreate, as far as we act on Services. Source: pkg/apis/core/validation/validation.go. */
import type { FieldError } from "../field-error";
import { isIp } from "../ip-text";
import { portNameProblems, label1123Problem } from "../names";
import type { Service, ServicePort } from "../objects";
import { PROTOCOLS, checkLabels, checkPort, duplicate, forbidden, invalid, invalidIf, required, unsupportedIf } from "./findings";

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

/** What is wrong with a Service's spec, in the API's order. Addresses are only read as text; allocation.ts knows which may be had. */
export function serviceErrors({ spec }: Service): readonly FieldError[] {
  const ports = spec.ports ?? [];
  const headless = spec.clusterIP === "None";
  const needsPorts = !headless && spec.type !== "ExternalName";
  return [
    ...(ports.length === 0 && needsPorts ? [required("spec.ports")] : []),
    ...(headless && (spec.type === "NodePort" || spec.type === "LoadBalancer")
      ? [invalid("spec.clusterIPs[0]", "None", `may not be set to 'None' for ${spec.type} services`)]
      : []),
    ...(spec.type === "ExternalName" && (spec.externalName ?? "") === "" ? [required("spec.externalName")] : []),
    ...portsErrors(ports),
    ...checkLabels("spec.selector", spec.selector),
    ...unsupportedIf("spec.sessionAffinity", spec.sessionAffinity, ["ClientIP", "None"]),
    ...unsupportedIf("spec.type", spec.type, TYPES),
    ...clusterIPErrors(spec),
    ...nodePortErrors(spec.type ?? "ClusterIP", ports),
    ...samePortErrors(ports),
    ...sameNodePortErrors(ports),
    ...unsupportedIf("spec.internalTrafficPolicy", spec.internalTrafficPolicy, ["Cluster", "Local"]),
    ...unsupportedIf("spec.externalTrafficPolicy", spec.externalTrafficPolicy, ["Cluster", "Local"]),
  ];
}

function portsErrors(ports: readonly ServicePort[]): readonly FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const path = `spec.ports[${index}]`;
    const errors = [...portNameErrors(port, path, ports.length > 1, names), ...portErrors(port, path)];
    names.add(port.name ?? "");
    return errors;
  });
}

function portNameErrors({ name = "" }: ServicePort, path: string, needed: boolean, names: ReadonlySet<string>): readonly FieldError[] {
  if (name === "") return needed ? [required(`${path}.name`)] : [];
  const syntax = invalidIf(`${path}.name`, name, label1123Problem(name));
  return names.has(name) ? [...syntax, duplicate(`${path}.name`, name)] : syntax;
}

function portErrors({ port, protocol, targetPort }: ServicePort, path: string): readonly FieldError[] {
  return [
    ...checkPort(`${path}.port`, port),
    ...unsupportedIf(`${path}.protocol`, protocol, PROTOCOLS),
    ...(typeof targetPort === "number"
      ? checkPort(`${path}.targetPort`, targetPort)
      : (targetPort === undefined ? [] : portNameProblems(targetPort)).map((problem) =>
          invalid(`${path}.targetPort`, targetPort, problem),
        )),
  ];
}

function clusterIPErrors({ type, clusterIP }: Service["spec"]): readonly FieldError[] {
  if (clusterIP === undefined || clusterIP === "" || clusterIP === "None") return [];
  if (type === "ExternalName") return [forbidden("spec.clusterIPs[0]", "may not be set for ExternalName services")];
  return isIp(clusterIP) ? [] : [invalid("spec.clusterIPs[0]", clusterIP, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")];
}

function nodePortErrors(type: string, ports: readonly ServicePort[]): readonly FieldError[] {
  if (type === "NodePort" || type === "LoadBalancer") return [];
  return ports.flatMap(({ nodePort = 0 }, index) => {
    return nodePort === 0 ? [] : [forbidden(`spec.ports[${index}].nodePort`, `may not be used when \`type\` is '${type}'`)];
  });
}

/** The same protocol and port twice. The API shows a bare internal ServicePort as the value. */
function samePortErrors(ports: readonly ServicePort[]): readonly FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap(({ protocol = "TCP", port }, index) => {
    const key = `${protocol} ${port}`;
    const isFirst = !seen.has(key);
    seen.add(key);
    if (isFirst) return [];
    const value = { Name: "", Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
    return [duplicate(`spec.ports[${index}]`, value)];
  });
}

/** A node port twice for one protocol. */
function sameNodePortErrors(ports: readonly ServicePort[]): readonly FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap(({ protocol = "TCP", nodePort = 0 }, index) => {
    const key = `${protocol} ${nodePort}`;
    const isFirst = nodePort === 0 || !seen.has(key);
    seen.add(key);
    return isFirst ? [] : [duplicate(`spec.ports[${index}].nodePort`, nodePort)];
  });
}
