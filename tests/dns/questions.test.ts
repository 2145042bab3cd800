import { describe, expect, it } from "vitest";
import type { RecordType } from "../../src/dns/message/types";
import { makeQuery } from "../../src/dns/message/types";
import { showRecord } from "../../src/dns/message/show";
import { parseRecord } from "../../src/dns/message/zone-text";
import { DnsCache } from "../../src/dns/server/cache-store";
import { answerQuery } from "../../src/dns/server/chain";
import { zoneRecords } from "../../src/dns/server/kubernetes/zone";
import { START } from "../../src/engine/time";
import { ask, clusterOf, corefile, linesOf } from "./zone-fixture";

const CLUSTER = clusterOf(`
{kind: Namespace, metadata: {name: shop}}
---
{kind: Namespace, metadata: {name: pay}}
---
{kind: Namespace, metadata: {name: kube-system}}
---
{kind: Service, metadata: {name: kube-dns, namespace: kube-system}, spec: {clusterIP: 10.96.0.10, ports: [{name: dns, port: 53, protocol: UDP}]}}
---
{kind: EndpointSlice, metadata: {name: kube-dns-x, namespace: kube-system, labels: {kubernetes.io/service-name: kube-dns}}, addressType: IPv4, endpoints: [{addresses: [10.244.0.2]}], ports: [{name: dns, port: 53, protocol: UDP}]}
---
{kind: Service, metadata: {name: web, namespace: shop}, spec: {clusterIP: 10.96.0.50, ports: [{name: http, port: 80}, {port: 443}]}}
---
{kind: Service, metadata: {name: both, namespace: shop}, spec: {clusterIPs: [10.96.0.51, "fd00::51"], ports: [{name: http, port: 80}]}}
---
{kind: Service, metadata: {name: db, namespace: shop}, spec: {clusterIP: None, ports: [{name: sql, port: 5432}]}}
---
{kind: EndpointSlice, metadata: {name: db-a, namespace: shop, labels: {kubernetes.io/service-name: db}}, addressType: IPv4, ports: [{name: sql, port: 15432}], endpoints: [
  {addresses: [10.244.1.5], hostname: db-0, conditions: {ready: true}}, {addresses: [10.244.2.6], conditions: {}}, {addresses: [10.244.2.7], conditions: {ready: false, serving: true}}]}
---
{kind: Service, metadata: {name: idle, namespace: shop}, spec: {clusterIP: None}}
---
{kind: Service, metadata: {name: out, namespace: shop}, spec: {type: ExternalName, externalName: www.example.com}}
---
{kind: Service, metadata: {name: in, namespace: shop}, spec: {type: ExternalName, externalName: web.shop.svc.cluster.local}}
---
{kind: Service, metadata: {name: nowhere, namespace: shop}, spec: {type: ExternalName, externalName: none.shop.svc.cluster.local}}
---
{kind: Service, metadata: {name: loop-a, namespace: shop}, spec: {type: ExternalName, externalName: loop-b.shop.svc.cluster.local}}
---
{kind: Service, metadata: {name: loop-b, namespace: shop}, spec: {type: ExternalName, externalName: loop-a.shop.svc.cluster.local}}
---
{kind: Service, metadata: {name: literal, namespace: shop}, spec: {type: ExternalName, externalName: 192.0.2.1}}
---
{kind: Pod, metadata: {name: p, namespace: shop}, spec: {containers: []}, status: {phase: Running, podIP: 10.244.1.9}}
---
{kind: Pod, metadata: {name: done, namespace: shop}, spec: {containers: []}, status: {phase: Succeeded, podIP: 10.244.1.10}}
`);

function record(text: string): Parameters<typeof linesOf>[0]["answers"][number] {
  const read = parseRecord(text);
  if (!read.ok) throw new Error(read.problem.message);
  return read.value;
}

const OUTSIDE = { records: [record("www.example.com. 300 IN A 192.0.2.7")] };

function linesFor(question: string, fields: unknown = {}, runtime: object = {}): readonly string[] {
  return linesOf(ask(question, { view: CLUSTER, config: corefile(fields), upstream: OUTSIDE, runtime }));
}

describe.each([
  [
    "a ClusterIP Service",
    [
      ["web.shop.svc.cluster.local. A", "web.shop.svc.cluster.local. 5 IN A 10.96.0.50"],
      ["web.shop.svc.cluster.local. AAAA", "NODATA"],
      ["web.shop.svc.cluster.local. MX", "NODATA"],
      ["web.shop.svc.cluster.local. HTTPS", "NODATA"],
      ["WEB.shop.SVC.cluster.local. A", "WEB.shop.SVC.cluster.local. 5 IN A 10.96.0.50"],
      ["both.shop.svc.cluster.local. AAAA", "both.shop.svc.cluster.local. 5 IN AAAA fd00::51"],
      ["*.shop.svc.cluster.local. A", "NXDOMAIN"],
      ["none.shop.svc.cluster.local. A", "NXDOMAIN"],
      ["web.nosuch.svc.cluster.local. A", "NXDOMAIN"],
      ["a.b.c.web.shop.svc.cluster.local. A", "NXDOMAIN"],
    ],
  ],
  [
    "ports of a Service",
    [
      [
        "_http._tcp.web.shop.svc.cluster.local. SRV",
        "_http._tcp.web.shop.svc.cluster.local. 5 IN SRV 0 100 80 web.shop.svc.cluster.local.",
        "+ web.shop.svc.cluster.local. 5 IN A 10.96.0.50",
      ],
      ["http.tcp.web.shop.svc.cluster.local. A", "http.tcp.web.shop.svc.cluster.local. 5 IN A 10.96.0.50"],
      ["_http._udp.web.shop.svc.cluster.local. SRV", "NXDOMAIN"],
      [
        "web.shop.svc.cluster.local. SRV",
        "web.shop.svc.cluster.local. 5 IN SRV 0 50 80 web.shop.svc.cluster.local.",
        "web.shop.svc.cluster.local. 5 IN SRV 0 50 443 web.shop.svc.cluster.local.",
        "+ web.shop.svc.cluster.local. 5 IN A 10.96.0.50",
      ],
    ],
  ],
  [
    "a headless Service: ready is true or absent, serving does not count",
    [
      ["db.shop.svc.cluster.local. A", "db.shop.svc.cluster.local. 5 IN A 10.244.1.5", "db.shop.svc.cluster.local. 5 IN A 10.244.2.6"],
      ["db.shop.svc.cluster.local. AAAA", "NODATA"],
      ["db-0.db.shop.svc.cluster.local. A", "db-0.db.shop.svc.cluster.local. 5 IN A 10.244.1.5"],
      ["10-244-1-5.db.shop.svc.cluster.local. A", "NXDOMAIN"],
      ["10-244-2-6.db.shop.svc.cluster.local. A", "10-244-2-6.db.shop.svc.cluster.local. 5 IN A 10.244.2.6"],
      [
        "_sql._tcp.db.shop.svc.cluster.local. SRV",
        "_sql._tcp.db.shop.svc.cluster.local. 5 IN SRV 0 50 15432 db-0.db.shop.svc.cluster.local.",
        "_sql._tcp.db.shop.svc.cluster.local. 5 IN SRV 0 50 15432 10-244-2-6.db.shop.svc.cluster.local.",
        "+ db-0.db.shop.svc.cluster.local. 5 IN A 10.244.1.5",
        "+ 10-244-2-6.db.shop.svc.cluster.local. 5 IN A 10.244.2.6",
      ],
      ["idle.shop.svc.cluster.local. A", "NXDOMAIN"],
    ],
  ],
  [
    "an ExternalName Service",
    [
      ["out.shop.svc.cluster.local. A", "out.shop.svc.cluster.local. 5 IN CNAME www.example.com.", "www.example.com. 300 IN A 192.0.2.7"],
      ["out.shop.svc.cluster.local. AAAA", "out.shop.svc.cluster.local. 5 IN CNAME www.example.com."],
      [
        "in.shop.svc.cluster.local. A",
        "in.shop.svc.cluster.local. 5 IN CNAME web.shop.svc.cluster.local.",
        "web.shop.svc.cluster.local. 5 IN A 10.96.0.50",
      ],
      ["nowhere.shop.svc.cluster.local. A", "NODATA"],
      ["loop-a.shop.svc.cluster.local. A", "NODATA"],
      ["literal.shop.svc.cluster.local. A", "NXDOMAIN"],
      ["out.shop.svc.cluster.local. SRV", "NODATA"],
      ["x.out.shop.svc.cluster.local. A", "NXDOMAIN"],
    ],
  ],
  [
    "names that only stand on the way",
    [
      ["cluster.local. A", "NODATA"],
      ["svc.cluster.local. A", "NODATA"],
      ["pay.svc.cluster.local. A", "NODATA"],
      ["nosuch.svc.cluster.local. A", "NXDOMAIN"],
      ["pay.svc.cluster.local. SOA", "NODATA"],
      ["nosuch.cluster.local. SOA", "NODATA"],
    ],
  ],
  [
    "addresses",
    [
      ["50.0.96.10.in-addr.arpa. PTR", "50.0.96.10.in-addr.arpa. 5 IN PTR web.shop.svc.cluster.local."],
      ["5.1.244.10.in-addr.arpa. PTR", "5.1.244.10.in-addr.arpa. 5 IN PTR db-0.db.shop.svc.cluster.local."],
      ["9.1.244.10.in-addr.arpa. PTR", "NXDOMAIN"],
      [`1.5.${"0.".repeat(26)}0.0.d.f.ip6.arpa. PTR`, `1.5.${"0.".repeat(26)}0.0.d.f.ip6.arpa. 5 IN PTR both.shop.svc.cluster.local.`],
    ],
  ],
  [
    "outside the zone",
    [
      ["www.example.com. A", "www.example.com. 300 IN A 192.0.2.7"],
      ["www.example.com. AAAA", "NODATA"],
      ["none.example.com. A", "NXDOMAIN"],
    ],
  ],
  ["zone transfers", [["cluster.local. AXFR", "REFUSED"]]],
])("%s", (_, table) => {
  it.each(table.map((row) => [row[0] ?? "", row.slice(1)] as const))("%s", (question, lines) => {
    expect(linesFor(question)).toEqual(lines);
  });
});

describe("Pod names", () => {
  it.each([
    ["disabled", "10-244-1-9.shop.pod.cluster.local. A", "NXDOMAIN"],
    ["insecure", "10-244-1-99.shop.pod.cluster.local. A", "10-244-1-99.shop.pod.cluster.local. 5 IN A 10.244.1.99"],
    ["insecure", "x.10-244-1-99.shop.pod.cluster.local. A", "x.10-244-1-99.shop.pod.cluster.local. 5 IN A 10.244.1.99"],
    ["insecure", "10-244-1-99.shop.pod.cluster.local. AAAA", "NODATA"],
    ["insecure", "p.shop.pod.cluster.local. A", "NXDOMAIN"],
    ["insecure", "fd00--1.shop.pod.cluster.local. AAAA", "fd00--1.shop.pod.cluster.local. 5 IN AAAA fd00::1"],
    ["verified", "10-244-1-9.shop.pod.cluster.local. A", "10-244-1-9.shop.pod.cluster.local. 5 IN A 10.244.1.9"],
    ["verified", "10-244-1-10.shop.pod.cluster.local. A", "NXDOMAIN"],
    ["verified", "10-244-1-9.pay.pod.cluster.local. A", "NXDOMAIN"],
  ])("pods %s: %s", (pods, question, line) => {
    expect(linesFor(question, { pods })).toEqual([line]);
  });
});

describe("options of the kubernetes plugin", () => {
  it("ignore empty_service hides ClusterIP Services without a ready endpoint", () => {
    expect(linesFor("web.shop.svc.cluster.local. A", { ignore_empty_service: true })).toEqual(["NXDOMAIN"]);
  });

  it("namespaces hides the others", () => {
    expect(linesFor("web.shop.svc.cluster.local. A", { namespaces: ["pay"] })).toEqual(["NXDOMAIN"]);
  });

  it("noendpoints hides headless Services", () => {
    expect(linesFor("db.shop.svc.cluster.local. A", { noendpoints: true })).toEqual(["NXDOMAIN"]);
  });

  it("fallthrough hands a missing name on", () => {
    expect(
      linesOf(
        ask("x.cluster.local. A", {
          view: CLUSTER,
          config: corefile({ fallthrough: ["."] }),
          upstream: { records: [record("x.cluster.local. 9 IN A 192.0.2.9")] },
        }),
      ),
    ).toEqual(["x.cluster.local. 9 IN A 192.0.2.9"]);
  });

  it("an apex NS names the Service whose slice holds this CoreDNS's address", () => {
    expect(linesFor("cluster.local. NS", {}, { localIPs: ["10.244.0.2"] })).toEqual([
      "cluster.local. 5 IN NS kube-dns.kube-system.svc.cluster.local.",
      "+ kube-dns.kube-system.svc.cluster.local. 5 IN A 10.96.0.10",
    ]);
    expect(linesFor("Cluster.local. NS", {}, { localIPs: ["10.244.0.2"] })).toEqual(["NODATA"]);
  });

  it("until the informers have synced, a missing name is SERVFAIL and a found one is answered", () => {
    expect(linesFor("none.shop.svc.cluster.local. A", {}, { hasSynced: false })).toEqual(["SERVFAIL"]);
    expect(linesFor("web.shop.svc.cluster.local. A", {}, { hasSynced: false })).toEqual(["web.shop.svc.cluster.local. 5 IN A 10.96.0.50"]);
  });
});

describe("the zone as a list", () => {
  const { kubernetes } = corefile({});
  const records = kubernetes === null ? [] : zoneRecords(CLUSTER, kubernetes, 7);

  it("shows what stands in it, Service by Service", () => {
    expect(records.map(showRecord)).toEqual([
      "cluster.local. 5 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 7 7200 1800 86400 5",
      "kube-dns.kube-system.svc.cluster.local. 5 IN A 10.96.0.10",
      "_dns._udp.kube-dns.kube-system.svc.cluster.local. 5 IN SRV 0 100 53 kube-dns.kube-system.svc.cluster.local.",
      "both.shop.svc.cluster.local. 5 IN A 10.96.0.51",
      "both.shop.svc.cluster.local. 5 IN AAAA fd00::51",
      "_http._tcp.both.shop.svc.cluster.local. 5 IN SRV 0 50 80 both.shop.svc.cluster.local.",
      "db.shop.svc.cluster.local. 5 IN A 10.244.1.5",
      "db.shop.svc.cluster.local. 5 IN A 10.244.2.6",
      "db-0.db.shop.svc.cluster.local. 5 IN A 10.244.1.5",
      "10-244-2-6.db.shop.svc.cluster.local. 5 IN A 10.244.2.6",
      "_sql._tcp.db.shop.svc.cluster.local. 5 IN SRV 0 50 15432 db-0.db.shop.svc.cluster.local.",
      "_sql._tcp.db.shop.svc.cluster.local. 5 IN SRV 0 50 15432 10-244-2-6.db.shop.svc.cluster.local.",
      "in.shop.svc.cluster.local. 5 IN CNAME web.shop.svc.cluster.local.",
      "loop-a.shop.svc.cluster.local. 5 IN CNAME loop-b.shop.svc.cluster.local.",
      "loop-b.shop.svc.cluster.local. 5 IN CNAME loop-a.shop.svc.cluster.local.",
      "nowhere.shop.svc.cluster.local. 5 IN CNAME none.shop.svc.cluster.local.",
      "out.shop.svc.cluster.local. 5 IN CNAME www.example.com.",
      "web.shop.svc.cluster.local. 5 IN A 10.96.0.50",
      "_http._tcp.web.shop.svc.cluster.local. 5 IN SRV 0 100 80 web.shop.svc.cluster.local.",
    ]);
  });

  it("says of every name what a question says", () => {
    for (const item of records.filter((one) => one.type !== "SOA"))
      expect(linesFor(`${item.name} ${item.type}`)).toContain(showRecord(item));
  });
});

function askClass(type: RecordType, recordClass: "CH" | "IN", opcode = 0): string {
  const name = "web.shop.svc.cluster.local.";
  const query = { ...makeQuery(1, name, type), opcode, questions: [{ name, type, class: recordClass }] };
  return answerQuery({ query, view: CLUSTER, config: corefile({}), cache: new DnsCache(), now: START, draw: () => 0 }).reply.rcode;
}

describe("the server", () => {
  it("refuses classes other than IN, and operations other than QUERY", () => {
    expect([askClass("A", "CH"), askClass("A", "IN"), askClass("A", "IN", 5)]).toEqual(["REFUSED", "NOERROR", "NOTIMP"]);
  });

  it("answers with authority, copies RD, and says on which revisions it decided", () => {
    const answer = answerQuery({
      query: makeQuery(9, "web.shop.svc.cluster.local.", "A"),
      view: CLUSTER,
      config: corefile({}),
      cache: new DnsCache(),
      now: START,
      draw: () => 0,
    });
    expect(answer).toMatchObject({
      cache: "",
      forwarded: false,
      read: { Service: 1, EndpointSlice: 1, Namespace: 1 },
      reply: { id: 9, flags: { response: true, authoritative: true, recursionDesired: true, recursionAvailable: false } },
    });
  });

  it("sends an OPT back where the query had one", () => {
    const edns = { udpSize: 1232, version: 0, dnssecOk: true, options: new Uint8Array() };
    const { reply } = answerQuery({
      query: makeQuery(9, "www.example.com.", "A", edns),
      view: CLUSTER,
      config: corefile("kubeadm"),
      cache: new DnsCache(),
      now: START,
      draw: () => 0,
    });
    expect(reply.edns).toMatchObject({ udpSize: 1232, dnssecOk: true });
  });
});
