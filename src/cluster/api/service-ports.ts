/**
 * The node ports of creating and changing a Service. Source: pkg/registry/core/service/storage/alloc.go (initNodePorts,
 * updateNodePorts, findRequestedNodePort), storage.go (patchAllocatedValues). Left out: healthCheckNodePort.
 */
import type { Result } from "../../base/result";
import { fail, ok } from "../../base/result";
import { allocateNodePort, checkNodePort } from "../node-ports";
import type { Service, ServicePort } from "../objects";
import type { ClusterView } from "../store-types";
import { invalid } from "../validation/findings";
import type { StageContext } from "./context";
import type { ApiError } from "./errors";
import { internalError, invalidObject } from "./errors";

/** Whether the ports of a Service are open on every node. */
export function needsNodePorts({ spec }: Service): boolean {
  return spec.type === "NodePort" || spec.type === "LoadBalancer";
}

/** A new Service with a node port for every port: those that it asks for where it may have them, else free ones. */
export function withNodePorts(service: Service, context: StageContext): Result<Service, ApiError> {
  if (!needsNodePorts(service)) return ok(service);
  return portsInTurn(service, { context, own: new Set() });
}

/** A changed Service with its node ports: those that it had stay its own, by port name where it names none. */
export function keepNodePorts(old: Service, next: Service, context: StageContext): Result<Service, ApiError> {
  if (!needsNodePorts(next)) return ok(needsNodePorts(old) ? released(next, old) : next);
  const had = numbersOf(old);
  if (!needsNodePorts(old)) return portsInTurn(next, { context, own: had });
  const used = new Set([...numbersOf(next)].filter((port) => had.has(port)));
  const byName = new Map((old.spec.ports ?? []).map(({ name = "", nodePort = 0 }) => [name, nodePort]));
  const ports = (next.spec.ports ?? []).map((port) => {
    const before = byName.get(port.name ?? "") ?? 0;
    return (port.nodePort ?? 0) !== 0 || before === 0 || used.has(before) ? port : { ...port, nodePort: before };
  });
  return portsInTurn({ ...next, spec: { ...next.spec, ports } }, { context, own: had });
}

interface Turn {
  readonly context: StageContext;
  /** Ports that are this Service's already. */
  readonly own: ReadonlySet<number>;
}

/** One port number of a Service with two protocols shares one node port. */
function portsInTurn(service: Service, { context, own }: Turn): Result<Service, ApiError> {
  const { view, draw, asGiven = false } = context;
  const held = heldPorts(view);
  const mine = new Set<number>();
  const byPort = new Map<number, number>();
  const taken = (port: number): boolean => mine.has(port) || (held.has(port) && !own.has(port));
  const ports: ServicePort[] = [];
  const given = service.spec.ports ?? [];
  for (const [index, port] of given.entries()) {
    const shared = byPort.get(port.port);
    const asked = port.nodePort ?? 0;
    const wanted = asked === 0 ? (shared ?? requestedFor(port.port, given)) : asked;
    if (wanted !== 0 && wanted !== shared && !own.has(wanted) && !asGiven) {
      const checked = checkNodePort(wanted, { taken });
      if (!checked.ok) return fail(refused(service, index, wanted, checked.problem.message));
    }
    const had = wanted === 0 ? allocateNodePort({ taken, draw: (n) => draw("api-server", `node port ${n}`) }) : ok(wanted);
    if (!had.ok) return fail(internalError(`failed to allocate a nodePort: ${had.problem.message}`));
    mine.add(had.value);
    if (!byPort.has(port.port)) byPort.set(port.port, had.value);
    ports.push({ ...port, nodePort: had.value });
  }
  return ok(given.length === 0 ? service : { ...service, spec: { ...service.spec, ports } });
}

function refused({ metadata }: Service, index: number, port: number, detail: string): ApiError {
  return invalidObject("Service", metadata.name, [invalid(`spec.ports[${index}].nodePort`, port, detail)]);
}

function requestedFor(port: number, ports: readonly ServicePort[]): number {
  return ports.find((one) => one.port === port && (one.nodePort ?? 0) !== 0)?.nodePort ?? 0;
}

function numbersOf({ spec }: Service): Set<number> {
  return new Set((spec.ports ?? []).flatMap(({ nodePort = 0 }) => (nodePort === 0 ? [] : [nodePort])));
}

function heldPorts(view: ClusterView): ReadonlySet<number> {
  return new Set(view.list("Service").flatMap((service) => [...numbersOf(service)]));
}

/** Who needs no node ports any more gives them back, unless it asks for others (which validation then forbids). */
function released(next: Service, old: Service): Service {
  const had = numbersOf(old);
  const ports = (next.spec.ports ?? []).map(({ nodePort, ...port }): ServicePort => {
    return nodePort === undefined || had.has(nodePort) ? port : { ...port, nodePort };
  });
  return { ...next, spec: { ...next.spec, ports } };
}
