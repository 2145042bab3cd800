import { describe, expect, test } from "vitest";
import type { Service } from "../../../src/cluster/objects";
import { portsOf } from "../../../src/node/agents/kube-proxy/service-ports";
import { service } from "./objects";

function namesOf(made: Service): readonly string[] {
  return portsOf(made).map(({ name, protocol, clusterIP, port }) => `${name} ${protocol} ${clusterIP}:${port}`);
}

describe("Service ports", () => {
  test("are named namespace/name:port, without a colon where the port has no name; TCP is the default", () => {
    const ports = [{ name: "dns", port: 53, protocol: "UDP" as const }, { port: 80 }];
    expect(namesOf(service("shop/web", "10.96.0.9", { ports }))).toEqual(["shop/web:dns udp 10.96.0.9:53", "shop/web tcp 10.96.0.9:80"]);
  });

  test("do not exist for headless Services, ExternalName (even with an address), none allocated yet, and another proxy's", () => {
    expect(namesOf(service("a/headless", "None"))).toEqual([]);
    expect(namesOf(service("a/empty", ""))).toEqual([]);
    expect(namesOf(service("a/name", "10.96.0.9", { type: "ExternalName", externalName: "x.example" }))).toEqual([]);
    const other = { "service.kubernetes.io/service-proxy-name": "mine" };
    expect(namesOf({ ...service("a/other", "10.96.0.9"), metadata: { namespace: "a", name: "other", labels: other } })).toEqual([]);
  });

  test("take the IPv4 address of a dual-stack Service, whichever comes first", () => {
    expect(namesOf(service("a/b", "fd00::9", { clusterIPs: ["fd00::9", "10.96.0.9"] }))).toEqual(["a/b:http tcp 10.96.0.9:80"]);
  });

  test("leave out load balancer addresses that are someone else's proxy, and trim source ranges", () => {
    const status = { loadBalancer: { ingress: [{ ip: "1.2.3.4" }, { ip: "5.6.7.8", ipMode: "Proxy" as const }, { hostname: "x" }] } };
    const [port] = portsOf(
      service("a/b", "10.96.0.9", { type: "LoadBalancer", loadBalancerSourceRanges: [" 203.0.113.0/25"] }, { status }),
    );
    expect(port?.loadBalancerVIPs).toEqual(["1.2.3.4"]);
    expect(port?.sourceRanges).toEqual(["203.0.113.0/25"]);
  });

  test("keep a health check port only with external policy Local, and an affinity timeout of three hours by default", () => {
    const base = { type: "LoadBalancer" as const, healthCheckNodePort: 30_000, sessionAffinity: "ClientIP" as const };
    const [cluster] = portsOf(service("a/b", "10.96.0.9", { ...base, externalTrafficPolicy: "Cluster" }));
    const [local] = portsOf(service("a/b", "10.96.0.9", { ...base, externalTrafficPolicy: "Local" }));
    expect([cluster?.healthCheckNodePort, local?.healthCheckNodePort]).toEqual([0, 30_000]);
    expect(local?.affinitySeconds).toBe(10_800);
  });
});
