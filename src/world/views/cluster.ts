/** Pods, Services and slices as the page shows them, from the newest page of the store. */
import type { EndpointSlice, Pod, Service } from "../../cluster/objects";
import { refOf } from "../../cluster/objects";
import { readApiTime } from "../../cluster/api-time";
import { isBackingOff, isReady, isTerminating, podIP } from "../../cluster/pods";
import type { ClusterView } from "../../cluster/store-types";
import { legacyEndpoints, showEndpoints } from "../../control-plane/endpoints";
import { podsMatching, SERVICE_NAME_LABEL, servicesSelecting, slicesOfService } from "../../control-plane/view-index";
import { ownerOf } from "../requests";
import type { PodRow } from "../rows";
import type { WorldState } from "../state";
import { nameOf } from "../told";
import type { EndpointView, PodState, PodView, ServiceView, SliceView } from "../view-types";

/** All Pods. */
export function podViews(state: WorldState, view: ClusterView): readonly PodView[] {
  return view.list("Pod").map((pod) => podView(state, view, pod));
}

function podView(state: WorldState, view: ClusterView, pod: Pod): PodView {
  const { namespace = "default", name, uid = "", labels = {} } = pod.metadata;
  const row = state.pods.get(uid);
  const ready = isReady(pod) && !isTerminating(pod);
  return {
    uid,
    namespace,
    name,
    owner: ownerOf(view, pod),
    node: pod.spec.nodeName ?? "",
    address: podIP(pod) ?? "",
    state: stateOf(pod, row),
    ready,
    readySince: ready ? writtenAt(state, pod, (one) => isReady(one)) : null,
    createdAt: state.store.historyOf("Pod", namespace, name).find((write) => write.object.metadata.uid === uid)?.at ?? 0,
    labels,
    veth: row?.links?.veth ?? "",
    services: servicesSelecting(view, namespace, labels).map((service) => nameOf(refOf(service))),
  };
}

/** When the store first had what still holds of an object: the API's own times have whole seconds only. */
function writtenAt(state: WorldState, pod: Pod, holds: (pod: Pod) => boolean): number {
  const { namespace = "default", name, uid } = pod.metadata;
  let since = readApiTime(pod.metadata.creationTimestamp) as number;
  const writes = state.store.historyOf("Pod", namespace, name);
  for (let index = writes.length - 1; index >= 0; index -= 1) {
    const write = writes[index];
    if (write?.object.kind !== "Pod" || write.object.metadata.uid !== uid || !holds(write.object)) break;
    since = write.at;
  }
  return since;
}

function stateOf(pod: Pod, row: PodRow | undefined): PodState {
  if (isTerminating(pod)) return "Terminating";
  switch (pod.status?.phase) {
    case "Succeeded":
      return "Completed";
    case "Failed":
      return "Failed";
    case "Running":
      if (isReady(pod)) return "Running";
      return isBackingOff(pod) ? "CrashLoopBackOff" : "Not ready";
    default:
      return pod.spec.nodeName !== undefined && row !== undefined ? "ContainerCreating" : "Pending";
  }
}

/** All Services. */
export function serviceViews(view: ClusterView): readonly ServiceView[] {
  return view.list("Service").map((service) => serviceView(view, service));
}

function serviceView(view: ClusterView, service: Service): ServiceView {
  const { namespace, name } = refOf(service);
  const { selector, ports = [], type = "ClusterIP", clusterIP = "" } = service.spec;
  const matching = selector === undefined ? [] : podsMatching(view, namespace, selector);
  const endpoints = slicesOfService(view, namespace, name).flatMap((slice) => slice.endpoints);
  const readyEndpoints = endpoints.filter((endpoint) => endpoint.conditions?.ready !== false).length;
  return {
    namespace,
    name,
    type,
    clusterIP,
    ports: ports.map((port) => ({
      name: port.name ?? "",
      port: port.port,
      protocol: port.protocol ?? "TCP",
      targetPort: `${port.targetPort ?? port.port}`,
    })),
    selector: selector ?? null,
    matchingPods: matching.map((pod) => pod.metadata.name),
    readyEndpoints,
    createdAt: readApiTime(service.metadata.creationTimestamp),
    remark: remarkOf(service, matching.length, readyEndpoints),
  };
}

function remarkOf({ spec }: Service, matching: number, ready: number): string {
  const isEmpty = Object.keys(spec.selector ?? {}).length === 0;
  if (isEmpty)
    return ready === 0
      ? "It has no selector, and nobody has written endpoints for it."
      : "It has no selector: its endpoints are written by somebody else.";
  if (matching === 0) return "Its selector matches no Pod, so connections to it are refused.";
  return ready === 0 ? "None of its Pods is ready, so connections to it are refused." : "";
}

/** All slices. */
export function sliceViews(view: ClusterView): readonly SliceView[] {
  return view.list("EndpointSlice").map((slice) => sliceView(view, slice));
}

function sliceView(view: ClusterView, slice: EndpointSlice): SliceView {
  const { namespace, name } = refOf(slice);
  const serviceName = slice.metadata.labels?.[SERVICE_NAME_LABEL] ?? "";
  const service = view.get("Service", namespace, serviceName);
  const hasSelector = Object.keys(service?.spec.selector ?? {}).length > 0;
  const legacy =
    service === undefined || !hasSelector
      ? ""
      : showEndpoints(legacyEndpoints(service, podsMatching(view, namespace, service.spec.selector ?? {})));
  return {
    namespace,
    name,
    service: `${namespace}/${serviceName}`,
    revision: Number(slice.metadata.resourceVersion ?? "0"),
    ports: (slice.ports ?? []).map(
      (port) => `${port.name === undefined || port.name === "" ? "" : `${port.name} `}${port.port ?? "*"}/${port.protocol ?? "TCP"}`,
    ),
    endpoints: slice.endpoints.flatMap((endpoint) => endpoint.addresses.map((address) => endpointView(endpoint, address))),
    legacyEndpoints: legacy,
  };
}

function endpointView({ conditions, targetRef, nodeName, zone }: EndpointSlice["endpoints"][number], address: string): EndpointView {
  return {
    address,
    pod: targetRef?.name ?? "",
    node: nodeName ?? "",
    zone: zone ?? "",
    ready: conditions?.ready !== false,
    serving: conditions?.serving !== false,
    terminating: conditions?.terminating === true,
  };
}
