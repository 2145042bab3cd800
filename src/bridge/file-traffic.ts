/** Who asks whom in a cluster file: the main story's two where the file has them, else the first that fit. */
import { matchesSelector } from "../cluster/labels";
import type { Deployment, KubeObject, Service } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import type { Traffic } from "../world/settings";

/** Traffic of a file, and a sentence that says it. Without a client or a Service nobody asks (`perSecond` 0). */
export interface FileTraffic {
  readonly traffic: Traffic;
  readonly sentence: string;
}

const NOBODY: FileTraffic = {
  traffic: { from: "", to: "", perSecond: 0 },
  sentence: "Nobody asks anybody here: that takes a Deployment outside kube-system, and a Service with a selector and a TCP port.",
};

/**
 * The client is my-app or the first Deployment; it asks your-app-svc or the first Service of other Pods, else its own.
 * Where the file has no DNS, by the address that the file gives.
 */
export function fileTraffic(objects: readonly KubeObject[]): FileTraffic {
  const deployments = objects.filter((object) => object.kind === "Deployment").filter(isOutside);
  const client = deployments.find(({ metadata }) => metadata.name === "my-app") ?? deployments[0];
  const services = objects.filter((object) => object.kind === "Service").filter(canBeAsked);
  const target =
    services.find(({ metadata }) => metadata.name === "your-app-svc") ??
    services.find((service) => client !== undefined && !picks(service, client)) ??
    services[0];
  if (client === undefined || target === undefined) return NOBODY;
  const hasDns = objects.some((object) => object.kind === "Service" && nameOf(object) === "kube-system/kube-dns");
  const address = hasDns ? undefined : addressOf(target);
  const to = urlOf(target, address ?? hostOf(target, refOf(client).namespace));
  const from = nameOf(client);
  const remark = hasDns || address !== undefined ? "" : " The file has no Service kube-system/kube-dns, so names are not found.";
  return { traffic: { from, to, perSecond: 1 }, sentence: `Pods of ${from} ask ${to}, once a second.${remark}` };
}

function addressOf({ spec }: Service): string | undefined {
  return spec.clusterIP === "" || spec.clusterIP === "None" ? undefined : spec.clusterIP;
}

function nameOf(object: KubeObject): string {
  const { namespace, name } = refOf(object);
  return `${namespace}/${name}`;
}

function isOutside(object: KubeObject): boolean {
  return refOf(object).namespace !== "kube-system";
}

function canBeAsked(service: Service): boolean {
  return isOutside(service) && Object.keys(service.spec.selector ?? {}).length > 0 && portOf(service) !== undefined;
}

function picks(service: Service, { metadata, spec }: Deployment): boolean {
  const isNear = (service.metadata.namespace ?? "default") === (metadata.namespace ?? "default");
  return isNear && matchesSelector(service.spec.selector, spec.template.metadata?.labels);
}

/** 80 where the Service has it, else its first TCP port. */
function portOf({ spec }: Service): number | undefined {
  const ports = (spec.ports ?? []).filter(({ protocol = "TCP" }) => protocol === "TCP").map(({ port }) => port);
  return ports.includes(80) ? 80 : ports[0];
}

/** As a Pod of a namespace writes it: the short name in its own. */
function hostOf(service: Service, from: string): string {
  const { namespace, name } = refOf(service);
  return namespace === from ? name : `${name}.${namespace}`;
}

/** Without a port where it is HTTP's. */
function urlOf(service: Service, host: string): string {
  const port = portOf(service);
  return port === undefined || port === 80 ? `http://${host}` : `http://${host}:${port}`;
}
