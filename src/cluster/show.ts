/**
 * Objects as `kubectl get` prints them. Source: pkg/printers/internalversion/printers.go, cli-runtime/pkg/printers.
 * Left out: how long ago the last restart was, versions of nodes' software, external addresses of nodes.
 */
import type { SimTime } from "../engine/time";
import { showAge } from "./api-time";
import { showLabels } from "./labels";
import type {
  ControllerRevision,
  Deployment,
  EndpointSlice,
  Kind,
  KubeObject,
  Node,
  Pod,
  ReplicaSet,
  Service,
  StatefulSet,
} from "./objects";
import { isClusterScoped } from "./objects";
import { isReady, isTerminating, podIP } from "./pods";
export { yamlOf } from "./yaml-text";

/** How wide a table is: `wide` as with `-o wide`, `allNamespaces` as with `-A`. */
export interface TableOptions {
  readonly wide?: boolean;
  readonly allNamespaces?: boolean;
}

type Row = Readonly<Record<string, string>>;

/** `kubectl get KIND`: a header line and a line an object, in the order given. Other kinds' objects are left out. */
export function kubectlGet(
  kind: Kind,
  objects: readonly KubeObject[],
  now: SimTime,
  { wide = false, allNamespaces = false }: TableOptions = {},
): string {
  const shown = objects.filter((object) => object.kind === kind);
  if (shown.length === 0) return "No resources found\n";
  const rows = shown.map((object): Row => ({
    ...(allNamespaces && !isClusterScoped(kind) ? { NAMESPACE: object.metadata.namespace ?? "default" } : {}),
    NAME: object.metadata.name,
    ...columns(object),
    AGE: showAge(object.metadata.creationTimestamp, now),
    ...(wide ? wideColumns(object) : {}),
  }));
  return table(rows);
}

/** Columns as text/tabwriter sets them: as wide as the widest cell and three spaces, six at least; the last one is not filled. */
export function table(rows: readonly Row[]): string {
  const headers = Object.keys(rows[0] ?? {});
  const lines = [headers, ...rows.map((row) => headers.map((header) => row[header] ?? ""))];
  const widths = headers.map((_, index) => Math.max(6, ...lines.map((cells) => (cells[index] ?? "").length + 3)));
  const set = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === headers.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join("");
  return lines.map((cells) => `${set(cells)}\n`).join("");
}

function columns(object: KubeObject): Row {
  switch (object.kind) {
    case "Pod":
      return { READY: readyContainers(object), STATUS: podStatus(object), RESTARTS: `${restartsOf(object)}` };
    case "Service":
      return serviceColumns(object);
    case "EndpointSlice":
      return { ADDRESSTYPE: object.addressType, PORTS: slicePorts(object), ENDPOINTS: sliceAddresses(object) };
    case "Node":
      return { STATUS: nodeStatus(object), ROLES: nodeRoles(object) };
    case "Deployment":
      return deploymentColumns(object);
    case "ReplicaSet":
      return replicaSetColumns(object);
    case "StatefulSet":
      return { READY: readyOf(object) };
    case "ControllerRevision":
      return revisionColumns(object);
    case "Namespace":
      return { STATUS: object.status?.phase ?? "Active" };
    case "ConfigMap":
      return { DATA: `${Object.keys(object.data ?? {}).length}` };
    case "Endpoints":
      return {};
  }
}

function wideColumns(object: KubeObject): Row {
  switch (object.kind) {
    case "Pod":
      return {
        IP: podIP(object) ?? "<none>",
        NODE: object.spec.nodeName ?? "<none>",
        "NOMINATED NODE": "<none>",
        "READINESS GATES": "<none>",
      };
    case "Service":
      return { SELECTOR: showLabels(object.spec.selector) || "<none>" };
    case "Node":
      return { "INTERNAL-IP": object.status?.addresses?.find(({ type }) => type === "InternalIP")?.address ?? "<none>" };
    default:
      return {};
  }
}

function readyContainers(pod: Pod): string {
  const count = pod.spec.containers.length;
  return `${isReady(pod) ? count : 0}/${count}`;
}

/** The word in the column STATUS: phase, or what stands in its way. */
function podStatus(pod: Pod): string {
  const phase = pod.status?.phase ?? "Pending";
  if (isTerminating(pod)) return "Terminating";
  if (phase === "Succeeded") return "Completed";
  if (phase === "Failed") return "Error";
  const waits = pod.status?.containerStatuses?.find(({ state }) => state?.waiting?.reason !== undefined)?.state?.waiting?.reason;
  if (waits !== undefined) return waits;
  return phase === "Pending" && (pod.spec.nodeName ?? "") !== "" ? "ContainerCreating" : phase;
}

/** The most that any container was restarted. */
function restartsOf(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));
}

function serviceColumns({ spec, status }: Service): Row {
  const ports = (spec.ports ?? []).map(
    ({ port, nodePort = 0, protocol = "TCP" }) => `${port}${nodePort === 0 ? "" : `:${nodePort}`}/${protocol}`,
  );
  return {
    TYPE: spec.type ?? "ClusterIP",
    "CLUSTER-IP": spec.clusterIP ?? "<none>",
    "EXTERNAL-IP": externalAddress({ spec, status: status ?? {} }),
    "PORT(S)": ports.join(",") || "<none>",
  };
}

function externalAddress({ spec, status }: Required<Pick<Service, "spec" | "status">>): string {
  if (spec.type === "ExternalName") return spec.externalName ?? "<none>";
  const balancer = (status.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? "");
  const all = [...balancer, ...(spec.externalIPs ?? [])];
  if (all.length > 0) return all.join(",");
  return spec.type === "LoadBalancer" ? "<pending>" : "<none>";
}

/** Three at most, then how many more. */
function firstThree(texts: readonly string[]): string {
  if (texts.length === 0) return "<unset>";
  const more = texts.length > 3 ? ` + ${texts.length - 3} more...` : "";
  return `${texts.slice(0, 3).join(",")}${more}`;
}

function slicePorts({ ports = [] }: EndpointSlice): string {
  return firstThree(ports.map(({ port }) => (port === undefined ? "*" : `${port}`)));
}

function sliceAddresses({ endpoints }: EndpointSlice): string {
  return firstThree(endpoints.flatMap(({ addresses }) => addresses));
}

function nodeStatus({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === "Ready")?.status;
  const word = ready === "True" ? "Ready" : ready === undefined ? "Unknown" : "NotReady";
  return spec?.unschedulable === true ? `${word},SchedulingDisabled` : word;
}

function nodeRoles({ metadata }: Node): string {
  const prefix = "node-role.kubernetes.io/";
  const roles = Object.keys(metadata.labels ?? {})
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
  return roles.toSorted().join(",") || "<none>";
}

function readyOf({ spec, status }: Deployment | StatefulSet): string {
  return `${status?.readyReplicas ?? 0}/${spec.replicas ?? 1}`;
}

function deploymentColumns(deployment: Deployment): Row {
  const { status } = deployment;
  return { READY: readyOf(deployment), "UP-TO-DATE": `${status?.updatedReplicas ?? 0}`, AVAILABLE: `${status?.availableReplicas ?? 0}` };
}

function revisionColumns({ metadata, revision }: ControllerRevision): Row {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return { CONTROLLER: owner === undefined ? "<none>" : `${owner.kind.toLowerCase()}.apps/${owner.name}`, REVISION: `${revision}` };
}

function replicaSetColumns({ spec, status }: ReplicaSet): Row {
  return { DESIRED: `${spec.replicas ?? 1}`, CURRENT: `${status?.replicas ?? 0}`, READY: `${status?.readyReplicas ?? 0}` };
}
