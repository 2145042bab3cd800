/** The programs that run in Pods, as one union, and which of them a Pod runs. */
import type { Pod } from "../cluster/objects";
import { containerPorts, resolveTargetPort } from "../cluster/pods";
import type { ClusterView } from "../cluster/store-types";
import { servicesSelecting } from "../control-plane/view-index";
import { seconds } from "../engine/time";
import type { BrowserState } from "../workloads/browser-like";
import type { CorednsState } from "../workloads/coredns";
import { makeCoredns } from "../workloads/coredns";
import type { CurlState } from "../workloads/curl-like";
import type { DigState } from "../workloads/dig-like";
import type { EchoState } from "../workloads/echo";
import { makeEcho } from "../workloads/echo";
import type { JvmState } from "../workloads/jvm-like";
import type { HealthCheckState } from "../workloads/health-check";
import type { NameLookupState } from "../workloads/name-lookup";
import type { OutsideDnsState } from "../workloads/outside-dns";
import type { ServerState } from "../workloads/server";
import { makeServer } from "../workloads/server";
import type { Termination } from "../workloads/termination";
import { ON_TERM, USUAL_SHUTDOWN } from "../workloads/termination";

/** A program as it stands. */
export type Program =
  | ServerState
  | EchoState
  | CorednsState
  | CurlState
  | BrowserState
  | NameLookupState
  | DigState
  | OutsideDnsState
  | JvmState
  | HealthCheckState;

/** Whether a Pod runs CoreDNS: by its image. */
export function isCoredns(pod: Pod): boolean {
  return pod.spec.containers.some(({ image = "" }) => /(^|\/)coredns(:|@|$)/.test(image));
}

/** Annotation by which a manifest says how a Pod's programs take SIGTERM: `close`, `drain` or `ignore`. */
export const ON_SIGTERM = "kubewalk/on-sigterm";

/** Annotation by which it says how long they take to end then, in seconds. */
export const SHUTDOWN_SECONDS = "kubewalk/shutdown-seconds";

/** How a Pod's programs take SIGTERM, by its annotations; what is not said, or not understood, is as usual. */
export function terminationOf({ metadata: { annotations = {} } }: Pick<Pod, "metadata">): Termination {
  const onTerm = ON_TERM.find((one) => one === annotations[ON_SIGTERM]) ?? "close";
  const asked = Number(annotations[SHUTDOWN_SECONDS] ?? "");
  const isGiven = annotations[SHUTDOWN_SECONDS] !== undefined && Number.isFinite(asked) && asked >= 0;
  return { onTerm, shutdown: isGiven ? seconds(asked) : USUAL_SHUTDOWN[onTerm] };
}

/** Ports that a Pod listens on: those that it declares, and those that a Service which selects it leads to. */
export interface Ports {
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
  readonly sctp: readonly number[];
}

/** The ports of a Pod in a view, ascending. */
export function portsOf(pod: Pod, view: ClusterView): Ports {
  const declared = containerPorts(pod).map(({ containerPort, protocol = "TCP" }) => ({ number: containerPort, protocol }));
  const services = servicesSelecting(view, pod.metadata.namespace ?? "default", pod.metadata.labels ?? {});
  const led = services.flatMap((service) =>
    (service.spec.ports ?? []).map((port) => ({ number: resolveTargetPort(pod, port) ?? 0, protocol: port.protocol ?? "TCP" })),
  );
  const of = (wanted: string): readonly number[] => {
    const numbers = [...declared, ...led].filter(({ protocol, number }) => protocol === wanted && number > 0).map(({ number }) => number);
    return [...new Set(numbers)].toSorted((a, b) => a - b);
  };
  return { tcp: of("TCP"), udp: of("UDP"), sctp: of("SCTP") };
}

/** A program to start, by the name under which it owns its sockets. */
export interface ToStart {
  readonly name: string;
  readonly program: Program;
}

/** What a name server in a Pod works by. */
export type NameServer = Pick<CorednsState, "config" | "resolvers" | "role" | "own">;

/** What a Pod runs. CoreDNS answers port 53 and leaves the rest to a server beside it; a node's cache is alone. */
export function programsOf(pod: Pod, ports: Ports, dns: NameServer | null): readonly ToStart[] {
  const { name } = pod.metadata;
  const isDns = dns !== null;
  if (dns?.role === "node cache") return [{ name: "coredns", program: makeCoredns({ pod: name, ...dns }) }];
  const rest = (numbers: readonly number[]): readonly number[] => (isDns ? numbers.filter((port) => port !== 53) : numbers);
  const udp = rest(ports.udp);
  const termination = terminationOf(pod);
  return [
    ...(dns === null ? [] : [{ name: "coredns", program: makeCoredns({ pod: name, ...dns }) }]),
    { name: "server", program: makeServer(name, rest(ports.tcp), termination) },
    ...(udp.length === 0 ? [] : [{ name: "echo", program: makeEcho(udp, termination) }]),
  ];
}
