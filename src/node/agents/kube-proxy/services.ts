/**
 * Services with their endpoints as one kube-proxy has them from its informers, before rules are made.
 * Reading is remembered by object identity: an unchanged Service with unchanged slices costs a look-up.
 * Source: pkg/proxy/servicechangetracker.go, endpointschangetracker.go.
 */
import type { EndpointSlice, KubeObject, Service } from "../../../cluster/objects";
import type { ClusterView } from "../../../cluster/store-types";
import type { IpFamily } from "../../../network/address";
import { endpointsOf, SERVICE_NAME_LABEL, type ProxyEndpoint } from "./endpoints";
import { portsOf, type ServicePort } from "./service-ports";

/** One Service port and everything behind it. */
export interface BackedPort {
  readonly port: ServicePort;
  readonly endpoints: readonly ProxyEndpoint[];
  /** Says all of it: two with the same text are the same. */
  readonly text: string;
}

/** One Service as kube-proxy has it. */
export interface BackedService {
  readonly ports: readonly BackedPort[];
  readonly endpointCount: number;
  readonly text: string;
}

/** `namespace/name` of the Service that an object belongs to, for Services and their slices; null for others. */
export function serviceKeyOf(object: KubeObject): string | null {
  const namespace = object.metadata.namespace ?? "default";
  if (object.kind === "Service") return `${namespace}/${object.metadata.name}`;
  const name = object.kind === "EndpointSlice" ? object.metadata.labels?.[SERVICE_NAME_LABEL] : undefined;
  return name === undefined ? null : `${namespace}/${name}`;
}

/** All Services of a view by key, in the view's order; ports that kube-proxy skips are not in it. */
export function backedServices(view: ClusterView, family: IpFamily = "IPv4"): ReadonlyMap<string, BackedService> {
  const services = view.list("Service");
  const slices = slicesByService(view, null);
  return new Map(
    services.map((service) => {
      const key = `${service.metadata.namespace ?? "default"}/${service.metadata.name}`;
      return [key, backedService(service, slices.get(key) ?? [], family)];
    }),
  );
}

/** The Services of some keys; undefined where the view has none. */
export function someBackedServices(
  view: ClusterView,
  keys: ReadonlySet<string>,
  family: IpFamily = "IPv4",
): ReadonlyMap<string, BackedService | undefined> {
  const slices = slicesByService(view, keys);
  return new Map(
    [...keys].map((key) => {
      const [namespace = "", name = ""] = key.split("/");
      const service = view.get("Service", namespace, name);
      return [key, service && backedService(service, slices.get(key) ?? [], family)];
    }),
  );
}

const keyOfSlice = new WeakMap<EndpointSlice, string>();

function sliceKey(slice: EndpointSlice): string {
  const known = keyOfSlice.get(slice);
  if (known !== undefined) return known;
  const key = serviceKeyOf(slice) ?? "";
  keyOfSlice.set(slice, key);
  return key;
}

function slicesByService(view: ClusterView, wanted: ReadonlySet<string> | null): ReadonlyMap<string, readonly EndpointSlice[]> {
  const found = new Map<string, EndpointSlice[]>();
  // Most slices of a large cluster are nobody's business in a partial sync: their label alone says so.
  const names = wanted === null ? null : new Set([...wanted].map((key) => key.slice(key.indexOf("/") + 1)));
  for (const slice of view.list("EndpointSlice")) {
    if (names !== null && !names.has(slice.metadata.labels?.[SERVICE_NAME_LABEL] ?? "")) continue;
    const key = sliceKey(slice);
    if (key === "" || wanted?.has(key) === false) continue;
    const list = found.get(key);
    if (list === undefined) found.set(key, [slice]);
    else list.push(slice);
  }
  return found;
}

interface Reading {
  readonly family: IpFamily;
  readonly slices: readonly EndpointSlice[];
  readonly backed: BackedService;
}

/** Several readers hold several ages of the same Service's slices, so a few readings are kept. */
const READINGS_KEPT = 4;
const readings = new WeakMap<Service, readonly Reading[]>();

function backedService(service: Service, slices: readonly EndpointSlice[], family: IpFamily): BackedService {
  const kept = readings.get(service) ?? [];
  const known = kept.find((reading) => reading.family === family && sameItems(reading.slices, slices));
  if (known !== undefined) return known.backed;
  const backed = readService(service, slices, family);
  readings.set(service, [{ family, slices, backed }, ...kept].slice(0, READINGS_KEPT));
  return backed;
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function readService(service: Service, slices: readonly EndpointSlice[], family: IpFamily): BackedService {
  const ports = portsOf(service, family).map((port) => {
    const endpoints = endpointsOf(port, slices, family);
    return { port, endpoints, text: JSON.stringify([port, endpoints]) };
  });
  return {
    ports,
    endpointCount: ports.reduce((sum, { endpoints }) => sum + endpoints.length, 0),
    text: ports.map(({ text }) => text).join("\n"),
  };
}
