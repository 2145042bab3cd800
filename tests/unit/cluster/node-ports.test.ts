import { describe, expect, it } from "vitest";
import { commit } from "../../../src/cluster/api-server";
import { allocateNodePort, checkNodePort, portBandsOf } from "../../../src/cluster/node-ports";
import type { Service } from "../../../src/cluster/objects";
import type { Store } from "../../../src/cluster/store";
import { simTime } from "../../../src/engine/time";
import { storeFromText } from "../../fixtures/cluster-from-text";

const FULL = (): boolean => true;

describe("node port bands", () => {
  it("are 86 static and 2,682 dynamic ports of the usual range; small ranges have none", () => {
    expect(portBandsOf({ first: 30_000, last: 32_767 })).toEqual({
      lower: { first: 30_000, last: 30_085 },
      upper: { first: 30_086, last: 32_767 },
    });
    expect(portBandsOf({ first: 30_000, last: 30_015 }).upper).toEqual({ first: 30_000, last: 30_015 });
    expect(portBandsOf({ first: 30_000, last: 30_099 }).lower).toEqual({ first: 30_000, last: 30_015 });
    expect(portBandsOf({ first: 20_000, last: 32_767 }).lower).toEqual({ first: 20_000, last: 20_127 });
  });

  it("are searched upper first, round from a drawn start, then lower", () => {
    const range = { first: 100, last: 131 };
    const got: number[] = [];
    const taken = (port: number): boolean => got.includes(port);
    for (let n = 0; n < 32; n += 1) {
      const port = allocateNodePort({ range, taken, draw: () => 0x8000_0000 });
      got.push(port.ok ? port.value : 0);
    }
    expect(got.slice(0, 3)).toEqual([124, 125, 126]);
    expect(got[15]).toBe(123);
    expect(got[16]).toBe(108);
    expect(allocateNodePort({ range, taken, draw: () => 0 })).toEqual({ ok: false, problem: { message: "range is full" } });
  });

  it("give an asked-for port of either band, unless it is taken or outside", () => {
    expect(checkNodePort(30_001, { taken: () => false })).toEqual({ ok: true, value: 30_001 });
    expect(checkNodePort(30_001, { taken: FULL })).toMatchObject({ problem: { message: "provided port is already allocated" } });
    expect(checkNodePort(32_768, { taken: FULL })).toMatchObject({
      problem: { message: "provided port is not in the valid range. The range of valid ports is 30000-32767" },
    });
  });
});

describe("a Service's node ports", () => {
  const base = { at: simTime(0), event: 0, serviceCIDRs: ["10.96.0.0/12"], draw: () => 0 };
  const service = (spec: Service["spec"], name = "web"): Service => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "shop" },
    spec,
  });
  const portsOf = (store: Store, name = "web") =>
    (store.latest().get("Service", "shop", name)?.spec.ports ?? []).map(
      ({ port, protocol, nodePort }) => `${port}/${protocol} ${nodePort ?? "-"}`,
    );
  function put(store: Store, object: Service): string {
    const stands = store.latest().get("Service", "shop", object.metadata.name) !== undefined;
    const done = commit(store, stands ? { verb: "update", object, basedOn: 0 } : { verb: "create", object }, base);
    return done.ok ? "ok" : done.problem.message;
  }

  it("are one for both protocols of one port number, and two otherwise", () => {
    const store = storeFromText("namespace shop");
    put(store, service({ type: "NodePort", ports: [{ name: "a", port: 53, protocol: "UDP" }, { name: "b", port: 53 }, { name: "c", port: 80 }] })); // prettier-ignore
    expect(portsOf(store)).toEqual(["53/UDP 30086", "53/TCP 30086", "80/TCP 30087"]);
  });

  it("stay where a change names none, come where a Service becomes one of type NodePort, go where it is none any more", () => {
    const store = storeFromText("namespace shop");
    put(store, service({ ports: [{ port: 80 }] }));
    put(store, service({ type: "NodePort", ports: [{ port: 80 }] }));
    expect(portsOf(store)).toEqual(["80/TCP 30086"]);
    put(store, service({ type: "NodePort", ports: [{ port: 8080 }] }));
    expect(portsOf(store)).toEqual(["8080/TCP 30086"]);
    put(store, service({ type: "ClusterIP", ports: [{ port: 8080, nodePort: 30_086 }] }));
    expect(portsOf(store)).toEqual(["8080/TCP -"]);
  });

  it("may be changed to a free one, and to no other Service's", () => {
    const store = storeFromText("namespace shop");
    put(store, service({ type: "NodePort", ports: [{ port: 80, nodePort: 30_001 }] }));
    put(store, service({ type: "NodePort", ports: [{ port: 80, nodePort: 30_002 }] }, "other"));
    expect(put(store, service({ type: "NodePort", ports: [{ port: 80, nodePort: 30_002 }] }))).toBe(
      'Service "web" is invalid: spec.ports[0].nodePort: Invalid value: 30002: provided port is already allocated',
    );
    expect(put(store, service({ type: "NodePort", ports: [{ port: 80, nodePort: 30_003 }] }))).toBe("ok");
    expect(portsOf(store)).toEqual(["80/TCP 30003"]);
  });

  it("are refused as one is on a real cluster when none is left", () => {
    const store = storeFromText("namespace shop");
    for (let first = 30_000; first <= 32_767; first += 346) {
      const ports = Array.from({ length: Math.min(346, 32_768 - first) }, (_, n) => ({ name: `p${n}`, port: n + 1, nodePort: first + n }));
      expect(put(store, service({ type: "NodePort", ports }, `s${first}`))).toBe("ok");
    }
    expect(put(store, service({ type: "NodePort", ports: [{ port: 80 }] }))).toBe(
      "Internal error occurred: failed to allocate a nodePort: range is full",
    );
  });
});
