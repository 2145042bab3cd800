import { describe, expect, it } from "vitest";
import type { EndpointSlice, KubeObject, Service } from "../../../src/cluster/objects";
import type { DatagramFlow } from "../../../src/node/agents/kube-proxy/datagram-cleanup";
import { datagramFrontends, isStaleFlow } from "../../../src/node/agents/kube-proxy/datagram-cleanup";
import { viewOf } from "../../fixtures/view-of-objects";

const DNS: Service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "dns", namespace: "shop" },
  spec: {
    type: "NodePort",
    clusterIP: "10.96.0.10",
    externalIPs: ["203.0.113.5"],
    ports: [
      { name: "udp", port: 53, protocol: "UDP", nodePort: 30053 },
      { name: "tcp", port: 53, protocol: "TCP" },
    ],
  },
};

/** `10.244.1.2`, `10.244.1.3 terminating` (it still serves), `10.244.1.4 gone quiet` (it does not). */
function slice(...endpoints: readonly string[]): EndpointSlice {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "dns-1", namespace: "shop", labels: { "kubernetes.io/service-name": "dns" } },
    addressType: "IPv4",
    ports: [
      { name: "udp", port: 53, protocol: "UDP" },
      { name: "tcp", port: 53, protocol: "TCP" },
    ],
    endpoints: endpoints.map((text) => {
      const [address = "", ...words] = text.split(" ");
      const state = words.join(" ");
      return {
        addresses: [address],
        conditions: { ready: state === "", serving: state !== "gone quiet", terminating: state !== "" },
      };
    }),
  };
}

function isStale(objects: readonly KubeObject[], flow: DatagramFlow): boolean {
  return isStaleFlow(datagramFrontends(viewOf(objects)), flow);
}

describe("kube-proxy's clean-up of UDP flows", () => {
  const objects = [DNS, slice("10.244.1.2", "10.244.1.3 terminating", "10.244.1.4 gone quiet")];

  it.each([
    ["10.96.0.10", 53, "10.244.1.2", false, "it serves"],
    ["10.96.0.10", 53, "10.244.1.3", false, "it is terminating and still serves"],
    ["10.96.0.10", 53, "10.244.1.4", true, "it is terminating and serves no more"],
    ["10.96.0.10", 53, "10.244.9.9", true, "it is in no slice"],
    ["203.0.113.5", 53, "10.244.9.9", true, "an external address leads to it too"],
    ["192.168.0.11", 30053, "10.244.9.9", true, "a node port leads to it, whatever the address"],
    ["192.168.0.11", 30054, "10.244.9.9", false, "that port is no Service's"],
    ["10.96.0.99", 53, "10.244.9.9", false, "that address is no Service's"],
  ])("%s:%i answered from %s: stale %s, since %s", (dst, dstPort, answersFrom, stale) => {
    expect(isStale(objects, { dst, dstPort, answersFrom })).toBe(stale);
  });

  it("passes a port over that nobody serves, and a Service that was deleted: their flows stay", () => {
    const flow = { dst: "10.96.0.10", dstPort: 53, answersFrom: "10.244.1.2" };
    expect(isStale([DNS, slice()], flow)).toBe(false);
    expect(isStale([slice("10.244.1.7")], flow)).toBe(false);
  });
});
