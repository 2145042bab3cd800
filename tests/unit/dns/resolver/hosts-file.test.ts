import { describe, expect, it } from "vitest";
import type { HostsPod } from "../../../../src/dns/resolver/hosts-file";
import { podHosts } from "../../../../src/dns/resolver/hosts-file";
import { askBatch } from "../../../fixtures/ask-batch";

const lines = (spec: HostsPod["spec"]): readonly string[] =>
  podHosts({ metadata: { name: "web-0", namespace: "shop" }, spec }, { address: "10.244.1.7", clusterDomain: "cluster.local" })
    .filter(({ address }) => !address.includes(":") && address !== "127.0.0.1")
    .map(({ address, names }) => `${address} ${names.join(" ")}`);

describe("a Pod's /etc/hosts", () => {
  it.each([
    ["its own name", {}, ["10.244.1.7 web-0"]],
    ["its hostname", { hostname: "first" }, ["10.244.1.7 first"]],
    [
      "its full name, where it has a subdomain",
      { hostname: "web-0", subdomain: "web" },
      ["10.244.1.7 web-0.web.shop.svc.cluster.local web-0"],
    ],
    [
      "its hostAliases after it",
      { hostAliases: [{ ip: "192.0.2.9", hostnames: ["db", "db.corp.example"] }] },
      ["10.244.1.7 web-0", "192.0.2.9 db db.corp.example"],
    ],
    ["nothing of its own on the host network", { hostNetwork: true }, []],
  ] as const)("has %s", (_, spec, wanted) => {
    expect(lines(spec)).toEqual(wanted);
  });

  it("is read before any query is sent", () => {
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "client", namespace: "shop" },
      spec: { containers: [{ name: "c" }], hostAliases: [{ ip: "192.0.2.9", hostnames: ["db"] }] },
    };
    const answer = askBatch({ id: "1", do: "resolve", objects: [pod], from: "shop/client", name: "db" });
    expect(answer).toMatchObject({ ok: true, result: "192.0.2.9", queries: [] });
  });
});
