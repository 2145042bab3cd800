import * as oracle from "@leichtgewicht/dns-packet";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Endpoint, KubeObject } from "../../src/cluster/objects";
import { encodeMessage } from "../../src/dns/message/wire";
import { viewOf } from "../fixtures/view-of-objects";
import { RUNS } from "../unit/dns/message/arbitraries";
import { ask, corefile, linesOf } from "./zone-fixture";

const endpoint: fc.Arbitrary<Endpoint> = fc.record(
  {
    addresses: fc.tuple(fc.integer({ min: 1, max: 9 })).map(([last]) => [`10.244.1.${last}`]),
    conditions: fc.record({ ready: fc.constantFrom(true, false, null), serving: fc.boolean(), terminating: fc.boolean() }),
    hostname: fc.constantFrom("db-0", "db-1"),
  },
  { requiredKeys: ["addresses", "conditions"] },
);

/** Slices of one headless Service. */
const slices = fc.array(fc.array(endpoint, { maxLength: 5 }), { maxLength: 4 });

function clusterWith(groups: readonly (readonly Endpoint[])[]): readonly KubeObject[] {
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "db", namespace: "shop" },
      spec: { clusterIP: "None", ports: [{ name: "sql", port: 5432 }] },
    },
    ...groups.map((endpoints, index): KubeObject => ({
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: `db-${index}`, namespace: "shop", labels: { "kubernetes.io/service-name": "db" } },
      addressType: "IPv4",
      endpoints,
      ports: [{ name: "sql", port: 15_432 }],
    })),
  ];
}

function readyAddresses(groups: readonly (readonly Endpoint[])[]): readonly string[] {
  const ready = groups.flat().filter((item) => item.conditions?.ready !== false);
  return [...new Set(ready.flatMap((item) => item.addresses))].toSorted();
}

describe("over random clusters", () => {
  it("a headless name has exactly the addresses that the view holds ready, and does not exist without one", () => {
    fc.assert(
      fc.property(slices, (groups) => {
        const lines = linesOf(ask("db.shop.svc.cluster.local. A", { view: viewOf(clusterWith(groups)), config: corefile("kubeadm") }));
        const ready = readyAddresses(groups);
        const wanted = ready.map((address) => `db.shop.svc.cluster.local. 30 IN A ${address}`);
        expect(lines.toSorted()).toEqual(ready.length === 0 ? ["NXDOMAIN"] : wanted);
      }),
      RUNS,
    );
  });

  it("every target of an SRV answer has an address, and the name of every PTR leads back", () => {
    fc.assert(
      fc.property(slices, (groups) => {
        const view = viewOf(clusterWith(groups));
        const srv = ask("_sql._tcp.db.shop.svc.cluster.local. SRV", { view });
        for (const record of srv.answers) {
          if (record.type === "SRV") expect(linesOf(ask(`${record.target} A`, { view }))).not.toEqual(["NXDOMAIN"]);
        }
        for (const address of readyAddresses(groups)) {
          const pointers = ask(`${address.split(".").toReversed().join(".")}.in-addr.arpa. PTR`, { view }).answers;
          expect(pointers.length).toBeGreaterThan(0);
          for (const record of pointers) {
            const back = record.type === "PTR" ? ask(`${record.target} A`, { view }).answers : [];
            expect(back.map((item) => item.type === "A" && item.address)).toContain(address);
          }
        }
      }),
      RUNS,
    );
  });

  it("every answer is read by another library, and keeps to the size that was asked for", () => {
    const questions = fc.constantFrom(
      "db.shop.svc.cluster.local. A",
      "db.shop.svc.cluster.local. AAAA",
      "db-0.db.shop.svc.cluster.local. A",
      "_sql._tcp.db.shop.svc.cluster.local. SRV",
      "1.1.244.10.in-addr.arpa. PTR",
      "shop.svc.cluster.local. TXT",
      "cluster.local. NS",
    );
    fc.assert(
      fc.property(slices, questions, fc.constantFrom(512, 1232, 65_535), (groups, question, size) => {
        const reply = ask(question, { view: viewOf(clusterWith(groups)), config: corefile("kubeadm") });
        const wire = encodeMessage(reply, { limit: size });
        const read = oracle.decode(wire);
        expect(wire.length).toBeLessThanOrEqual(size);
        if (read.flag_tc !== true)
          expect(read.answers?.map(({ name, type }) => `${name}. ${type}`)).toEqual(
            reply.answers.map(({ name, type }) => `${name} ${type}`),
          );
      }),
      RUNS,
    );
  });
});
