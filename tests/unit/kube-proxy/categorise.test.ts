import { describe, expect, test } from "vitest";
import type { Service } from "../../../src/cluster/objects";
import { categorise } from "../../../src/node/agents/kube-proxy/categorise";
import { endpointsOf } from "../../../src/node/agents/kube-proxy/endpoints";
import { portsOf } from "../../../src/node/agents/kube-proxy/service-ports";
import { NODE, service, slice } from "./objects";

/** `cluster …; local …; reachable/rejected/dropped inside/outside`. */
function seen(spec: Partial<Service["spec"]>, endpoints: readonly string[], node = NODE): string {
  const [port] = portsOf(service("shop/web", "10.96.0.9", spec));
  if (port === undefined) throw new Error("no port");
  const found = categorise(port, endpointsOf(port, [slice("shop/web", endpoints)]), node);
  const fate = (reachable: boolean) => (reachable ? "yes" : found.hasEndpoints ? "drop" : "reject");
  return `cluster ${list(found.cluster)}; local ${list(found.local)}; inside ${fate(found.hasInternal)}, outside ${fate(found.hasExternal)}`;
}

/** The last numbers of the addresses. */
function list(of: readonly { readonly address: string }[]): string {
  return of.map(({ address }) => address.split(".").at(-1)).join(" ") || "-";
}

const INTERNAL_LOCAL = { internalTrafficPolicy: "Local" } as const;
const EXTERNAL_LOCAL = { type: "NodePort", externalTrafficPolicy: "Local", ports: [{ name: "http", port: 80, nodePort: 30_080 }] } as const;

describe("which endpoints a node may use", () => {
  test("ready ones, in the order of their text", () => {
    expect(seen({}, ["10.0.0.10", "10.0.0.2", "10.0.0.3 unready"])).toBe("cluster 10 2; local -; inside yes, outside yes");
  });

  test("none at all: the Service is rejected", () => {
    expect(seen({}, [])).toBe("cluster -; local -; inside reject, outside reject");
    expect(seen({}, ["10.0.0.3 unready", "10.0.0.4 unready terminating"])).toBe("cluster -; local -; inside reject, outside reject");
  });

  test("those that still serve while they terminate, only if none is ready", () => {
    expect(seen({}, ["10.0.0.1", "10.0.0.2 terminating"])).toBe("cluster 1; local -; inside yes, outside yes");
    expect(seen({}, ["10.0.0.1 unready", "10.0.0.2 terminating"])).toBe("cluster 2; local -; inside yes, outside yes");
  });

  test("internal policy Local: this node's; none here but some elsewhere is a drop", () => {
    expect(seen(INTERNAL_LOCAL, ["10.0.0.1@node-a", "10.0.0.2@node-b"])).toBe("cluster -; local 1; inside yes, outside yes");
    expect(seen(INTERNAL_LOCAL, ["10.0.0.2@node-b", "10.0.0.3"])).toBe("cluster -; local -; inside drop, outside yes");
    expect(seen(INTERNAL_LOCAL, [])).toBe("cluster -; local -; inside reject, outside reject");
  });

  test("external policy Local keeps the whole list for traffic of this cluster", () => {
    expect(seen(EXTERNAL_LOCAL, ["10.0.0.1@node-a", "10.0.0.2@node-b"])).toBe("cluster 1 2; local 1; inside yes, outside yes");
    expect(seen(EXTERNAL_LOCAL, ["10.0.0.2@node-b"])).toBe("cluster 2; local -; inside yes, outside drop");
  });

  test("the two lists fall back to terminating endpoints each on its own", () => {
    expect(seen(EXTERNAL_LOCAL, ["10.0.0.1@node-a terminating", "10.0.0.2@node-b"])).toBe("cluster 2; local 1; inside yes, outside yes");
  });

  test("zone hints: this zone's, if every ready endpoint has one and some name this zone", () => {
    expect(seen({}, ["10.0.0.1 zone=zone-a", "10.0.0.2 zone=zone-b"])).toBe("cluster 1; local -; inside yes, outside yes");
    expect(seen({}, ["10.0.0.1 zone=zone-a", "10.0.0.2"])).toBe("cluster 1 2; local -; inside yes, outside yes");
    expect(seen({}, ["10.0.0.1 zone=zone-c", "10.0.0.2 zone=zone-b"])).toBe("cluster 1 2; local -; inside yes, outside yes");
    expect(seen({}, ["10.0.0.1 zone=zone-a", "10.0.0.2 zone=zone-b"], { ...NODE, zone: "" })).toBe(
      "cluster 1 2; local -; inside yes, outside yes",
    );
  });

  test("node hints come before zone hints", () => {
    const hinted = ["10.0.0.1 zone=zone-a node=node-b", "10.0.0.2 zone=zone-b node=node-a"];
    expect(seen({}, hinted)).toBe("cluster 2; local -; inside yes, outside yes");
    expect(seen({}, hinted, { ...NODE, name: "node-c" })).toBe("cluster 1; local -; inside yes, outside yes");
  });
});

describe("endpoints of a port", () => {
  const [port] = portsOf(service("shop/web", "10.96.0.9"));

  test("missing conditions mean ready, and doubles of several slices collapse", () => {
    const slices = [slice("shop/web", [{ addresses: ["10.0.0.1"] }]), slice("shop/web", ["10.0.0.1", "10.0.0.2"], "b")];
    expect(port && endpointsOf(port, slices).map(({ text, ready }) => `${text} ${ready}`)).toEqual([
      "10.0.0.1:8080 true",
      "10.0.0.2:8080 true",
    ]);
  });

  test("slices agree with the Service by port name and protocol; IPv6 slices and headless Services' are not watched", () => {
    const one = slice("shop/web", ["10.0.0.1"]);
    const others = [
      { ...one, ports: [{ name: "other", port: 8080 }] },
      { ...one, ports: [{ name: "http", port: 8080, protocol: "UDP" as const }] },
      { ...one, ports: [{ name: "http" }] },
      { ...one, addressType: "IPv6" as const },
      { ...one, metadata: { ...one.metadata, labels: { "service.kubernetes.io/headless": "" } } },
    ];
    expect(port && others.map((other) => endpointsOf(port, [other]).length)).toEqual([0, 0, 0, 0, 0]);
  });
});
