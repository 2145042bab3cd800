/** First packets to every address of a Service, for comparing two modes. */
import type { Service } from "../../../src/cluster/objects";

/** The node that they are sent from or come to. */
export const NODE_ADDRESS = "192.168.0.11";

export type Place = "cluster" | "other port" | "unallocated" | "node port" | "external" | "balancer";

/** One first packet. */
export interface Probe {
  readonly place: Place;
  readonly service: Service;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly protocol: string;
}

/** From each source to each place. */
export function probesOf(one: Service, sources: readonly string[]): readonly Probe[] {
  const [first] = one.spec.ports ?? [];
  const port = first?.port ?? 0;
  const places: readonly (readonly [Place, string, number])[] = [
    ["cluster", one.spec.clusterIP ?? "", port],
    ["other port", one.spec.clusterIP ?? "", (port % 65_535) + 1],
    ["unallocated", "10.100.200.250", port],
    ...(first?.nodePort === undefined ? [] : [["node port", NODE_ADDRESS, first.nodePort] as const]),
    ...(one.spec.externalIPs ?? []).map((address) => ["external", address, port] as const),
    ...(one.status?.loadBalancer?.ingress ?? []).map(({ ip = "" }) => ["balancer", ip, port] as const),
  ];
  return sources.flatMap((source) =>
    places.map(([place, destination, to]) => ({ place, service: one, source, destination, port: to, protocol: first?.protocol ?? "TCP" })),
  );
}
