/** Random clusters: up to eight Services of every kind, with endpoints here, elsewhere, terminating, or none. */
import * as fc from "fast-check";
import type { EndpointSlice, Service } from "../../../src/cluster/objects";
import { service, slice } from "../kube-proxy/objects";

const protocol = fc.constantFrom("TCP" as const, "UDP" as const, "SCTP" as const);
const policy = fc.constantFrom("Cluster" as const, "Local" as const);
const range = fc
  .tuple(
    fc.constantFrom("203.0.113", "192.168.0", "10.244.1", "10.1.2"),
    fc.integer({ min: 0, max: 255 }),
    fc.integer({ min: 20, max: 32 }),
  )
  .map(([net, last, length]) => `${net}.${last}/${length}`);
const endpoint = fc
  .tuple(fc.integer({ min: 2, max: 30 }), fc.constantFrom("@node-a", "@node-b", ""), fc.constantFrom("", " unready", " terminating"))
  .map(([last, node, condition]) => `10.244.1.${last}${node}${condition}`);

const spec = fc.record({
  type: fc.constantFrom("ClusterIP" as const, "NodePort" as const, "LoadBalancer" as const),
  port: fc.integer({ min: 1, max: 65_535 }),
  protocol,
  internal: policy,
  external: policy,
  affinity: fc.constantFrom(0, 0, 90, 10_800),
  ranges: fc.array(range, { maxLength: 4 }),
  endpoints: fc.array(endpoint, { maxLength: 6 }),
});

/** One of them at a place of its own: address, NodePort and external addresses by its number. */
function objectsOf(one: typeof spec extends fc.Arbitrary<infer T> ? T : never, index: number): readonly (Service | EndpointSlice)[] {
  const key = `shop/web-${index}`;
  const isExternal = one.type !== "ClusterIP";
  const nodePort = isExternal ? { nodePort: 30_000 + index * 37 } : {};
  const made = service(
    key,
    `10.96.${index}.${17 * index + 3}`,
    {
      type: one.type,
      ports: [{ name: "http", port: one.port, protocol: one.protocol, ...nodePort }],
      internalTrafficPolicy: one.internal,
      ...(isExternal ? { externalTrafficPolicy: one.external, externalIPs: [`192.0.2.${index + 1}`] } : {}),
      ...(one.type === "LoadBalancer" ? { loadBalancerSourceRanges: one.ranges } : {}),
      ...(one.affinity === 0 ? {} : { sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds: one.affinity } } }),
    },
    one.type === "LoadBalancer" ? { status: { loadBalancer: { ingress: [{ ip: `198.51.100.${index + 1}` }] } } } : {},
  );
  const endpoints = slice(key, one.endpoints);
  return [made, { ...endpoints, ports: [{ name: "http", port: 8080, protocol: one.protocol }] }];
}

export function someServices(): fc.Arbitrary<readonly (Service | EndpointSlice)[]> {
  return fc.array(spec, { maxLength: 8 }).map((specs) => specs.flatMap(objectsOf));
}
