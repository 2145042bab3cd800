/**
 * The EndpointSlice controller: desired endpoints against existing slices → creates, updates, deletes.
 * Sources: pkg/controller/endpointslice/endpointslice_controller.go, staging/src/k8s.io/endpointslice/reconciler.go,
 * KEP-752. Slices that others manage (by hand, by mirroring) are never touched.
 */
import type { ApiWrite } from "../cluster/api-write";
import { sameJson } from "../cluster/api-write";
import type { EndpointPort, EndpointSlice, Node, Service } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import type { ClusterView } from "../cluster/store-types";
import { compareText } from "../base/order";
import type { SimTime } from "../engine/time";
import type { AddressFamily, EndpointGroup } from "./desired-endpoints";
import { desiredEndpoints, familiesOf, newestTurn, portsKey } from "./desired-endpoints";
import { parseKey } from "./keys";
import { controllerRef, isBeingDeleted, revisionOf, uidOf } from "./ownership";
import { pack } from "./slice-packing";
import { podsMatching, SERVICE_NAME_LABEL, slicesOfService } from "./view-index";

export type { AddressFamily, EndpointGroup } from "./desired-endpoints";
export { desiredEndpoints } from "./desired-endpoints";

const MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
const CONTROLLER = "endpointslice-controller.k8s.io";
const HEADLESS = "service.kubernetes.io/headless";
const TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";

/**
 * Brings the slices of one Service (`NAMESPACE/NAME`) in line with its Pods. Nothing for a Service that is gone or
 * going (its slices fall to garbage collection), of type ExternalName, or without a selector.
 * `now` is not needed: all times come from the objects.
 */
export function reconcileEndpointSlices({
  view,
  key,
}: {
  readonly view: ClusterView;
  readonly key: string;
  readonly now?: SimTime;
}): readonly ApiWrite[] {
  const { namespace, name } = parseKey(key);
  const service = view.get("Service", namespace, name);
  if (service === undefined || isBeingDeleted(service) || !hasSlices(service)) return [];
  const pods = podsMatching(view, namespace, service.spec.selector ?? {});
  const nodes = nodesByName(view);
  const existing = slicesOfService(view, namespace, name).filter(isOurs);
  const families = familiesOf(service);
  const sync: Sync = { service, labels: labelsOf(service), trigger: triggerTime(service, newestTurn(service, pods, nodes, families[0])) };
  const changes = families.map((family) => {
    const groups = desiredEndpoints(service, pods, nodes, family);
    return reconcileFamily({ sync, family, groups, existing: existing.filter((slice) => slice.addressType === family) });
  });
  const orphaned = existing.filter((slice) => !families.some((family) => family === slice.addressType));
  return inOrder([...changes, { create: [], update: [], remove: orphaned }]);
}

/** Whether the controller makes slices for a Service at all. An empty selector never means "every Pod". */
function hasSlices(service: Service): boolean {
  return service.spec.type !== "ExternalName" && Object.keys(service.spec.selector ?? {}).length > 0;
}

interface Sync {
  readonly service: Service;
  readonly labels: Readonly<Record<string, string>>;
  readonly trigger: string | undefined;
}

interface Changes {
  readonly create: readonly EndpointSlice[];
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly EndpointSlice[];
}

function reconcileFamily({
  sync,
  family,
  groups,
  existing,
}: {
  readonly sync: Sync;
  readonly family: AddressFamily;
  readonly groups: readonly EndpointGroup[];
  readonly existing: readonly EndpointSlice[];
}): Changes {
  const wanted = new Set(groups.map((group) => group.key));
  const unwanted = existing.filter((slice) => !wanted.has(portsKey(slice.ports ?? [])));
  const packed = groups.map((group) => {
    const own = existing.filter((slice) => portsKey(slice.ports ?? []) === group.key);
    return reconcileGroup({ sync, family, group, existing: own });
  });
  const changes: Changes = {
    create: packed.flatMap((change) => change.create),
    update: packed.flatMap((change) => change.update),
    remove: [...unwanted, ...packed.flatMap((change) => change.remove)],
  };
  return reuseNames(withPlaceholder(changes, existing, newSlice(sync, family, [], [])));
}

function reconcileGroup({
  sync,
  family,
  group,
  existing,
}: {
  readonly sync: Sync;
  readonly family: AddressFamily;
  readonly group: EndpointGroup;
  readonly existing: readonly EndpointSlice[];
}): Changes {
  const byName = new Map(existing.map((slice) => [slice.metadata.name, slice]));
  const packing = pack(
    existing.map((slice) => ({ name: slice.metadata.name, endpoints: slice.endpoints })),
    group.endpoints,
  );
  const touched = new Map(packing.update.map((slice) => [slice.name, slice.endpoints]));
  const removed = new Set(packing.remove);
  const update = [...byName.values()]
    .filter((slice) => !removed.has(slice.metadata.name))
    .filter((slice) => touched.has(slice.metadata.name) || !sameJson(slice.metadata.labels, sync.labels))
    .map((slice) => rewritten(sync, slice, touched.get(slice.metadata.name) ?? slice.endpoints));
  return {
    create: packing.create.map((endpoints) => newSlice(sync, family, group.ports, endpoints)),
    update,
    remove: existing.filter((slice) => removed.has(slice.metadata.name)),
  };
}

/** A Service with a selector has at least one slice a family, if need be an empty one. */
function withPlaceholder(changes: Changes, existing: readonly EndpointSlice[], placeholder: EndpointSlice): Changes {
  if (changes.create.length > 0 || changes.remove.length < existing.length) return changes;
  const [only] = changes.remove;
  if (changes.remove.length === 1 && only !== undefined && isPlaceholder(only, placeholder)) {
    return { ...changes, remove: [] };
  }
  return { ...changes, create: [placeholder] };
}

function isPlaceholder(slice: EndpointSlice, placeholder: EndpointSlice): boolean {
  return slice.endpoints.length === 0 && (slice.ports ?? []).length === 0 && sameJson(slice.metadata.labels, placeholder.metadata.labels);
}

/** A slice that would be deleted beside one that would be made is rewritten instead: one write, and it keeps its name. */
function reuseNames(changes: Changes): Changes {
  const pairs = Math.min(changes.create.length, changes.remove.length);
  const reused = changes.create.slice(0, pairs).map((slice, index) => {
    const old = changes.remove[index];
    return old === undefined ? slice : { ...slice, metadata: { ...slice.metadata, ...identityOf(old) } };
  });
  return {
    create: changes.create.slice(pairs),
    update: [...changes.update, ...reused],
    remove: changes.remove.slice(pairs),
  };
}

function identityOf(slice: EndpointSlice): Partial<EndpointSlice["metadata"]> {
  const { name, generateName, uid, resourceVersion, generation, creationTimestamp } = slice.metadata;
  return {
    name,
    ...(generateName === undefined ? {} : { generateName }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(generation === undefined ? {} : { generation }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
  };
}

/** Creates, then updates, then deletes: an endpoint is rather listed twice for a moment than missing. */
function inOrder(changes: readonly Changes[]): readonly ApiWrite[] {
  return [
    ...changes.flatMap((change) => change.create).map((object): ApiWrite => ({ verb: "create", object })),
    ...changes.flatMap((change) => change.update).map((object): ApiWrite => ({ verb: "update", object, basedOn: revisionOf(object) })),
    ...changes.flatMap((change) => change.remove).map((object): ApiWrite => ({ verb: "delete", ref: refOf(object), uid: uidOf(object) })),
  ];
}

function isOurs(slice: EndpointSlice): boolean {
  return slice.metadata.labels?.[MANAGED_BY] === CONTROLLER && !isBeingDeleted(slice);
}

function labelsOf(service: Service): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(service.metadata.labels ?? {})) {
    if (key !== HEADLESS && key !== MANAGED_BY && key !== SERVICE_NAME_LABEL) labels[key] = value;
  }
  if (service.spec.clusterIP === "None") labels[HEADLESS] = "";
  labels[MANAGED_BY] = CONTROLLER;
  labels[SERVICE_NAME_LABEL] = service.metadata.name;
  return labels;
}

function newSlice(sync: Sync, family: AddressFamily, ports: readonly EndpointPort[], endpoints: EndpointSlice["endpoints"]): EndpointSlice {
  const { namespace = "default", name } = sync.service.metadata;
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: "",
      generateName: `${name}-`,
      namespace,
      labels: sync.labels,
      ...annotations(sync.trigger),
      ownerReferences: [controllerRef(sync.service)],
    },
    addressType: family,
    endpoints,
    ports,
  };
}

function rewritten(sync: Sync, slice: EndpointSlice, endpoints: EndpointSlice["endpoints"]): EndpointSlice {
  return { ...slice, metadata: { ...slice.metadata, labels: sync.labels, ...annotations(sync.trigger) }, endpoints };
}

function annotations(trigger: string | undefined): Partial<EndpointSlice["metadata"]> {
  return trigger === undefined ? {} : { annotations: { [TRIGGER_TIME]: trigger } };
}

/**
 * When the newest change that these endpoints reflect happened: the Service's creation or a Pod's turn of readiness.
 * Source: endpointslice/util trigger_time_tracker.go (which also remembers what it has told; it is only a metric's input).
 */
function triggerTime(service: Service, turn: string): string | undefined {
  const { creationTimestamp } = service.metadata;
  return turn === "" || (creationTimestamp !== undefined && compareText(creationTimestamp, turn) > 0) ? creationTimestamp : turn;
}

const nodeMaps = new WeakMap<readonly Node[], ReadonlyMap<string, Node>>();

function nodesByName(view: ClusterView): ReadonlyMap<string, Node> {
  const list = view.list("Node");
  const known = nodeMaps.get(list);
  if (known !== undefined) return known;
  const made = new Map(list.map((node) => [node.metadata.name, node]));
  nodeMaps.set(list, made);
  return made;
}
