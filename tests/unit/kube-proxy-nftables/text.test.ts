import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { syncNft } from "../../../src/node/agents/kube-proxy/nftables/sync";
import { nftListText, nftScript } from "../../../src/node/agents/kube-proxy/nftables/text";
import { evaluateBaseChain } from "../../../src/node/kernel/nftables/evaluate";
import { listedRule, listText } from "../../../src/node/kernel/nftables/show";
import { factsOf } from "../../packet-flow/kube-proxy/outcome";
import { service, slice } from "../kube-proxy/objects";
import { nftInputOf } from "./input";
import { someServices } from "./some-services";

const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50");

const OBJECTS = [
  service("shop/web", "10.96.0.20", {
    type: "NodePort",
    ports: [{ name: "http", port: 80, protocol: "TCP", nodePort: 30_080 }],
    externalTrafficPolicy: "Local",
    sessionAffinity: "ClientIP",
  }),
  service("shop/empty", "10.96.0.30"),
  slice("shop/web", ["10.244.1.2@node-a", "10.244.2.2@node-b"]),
];

/** Chains of a listing whose names say that they belong to a Service. */
function serviceChains(text: string): readonly string[] {
  return text.split("\n\n").filter((block) => /^\tchain \S+\//.test(block));
}

describe("the listing of a node", () => {
  const text = nftListText(nftInputOf(OBJECTS));

  test("shows a Service's chains as nft does", () => {
    const [first = "", , third = "", fourth = "", fifth = ""] = serviceChains(text);
    const here = "VSIOAOE4-shop/web/tcp/http__10.244.1.2/8080";
    const there = /endpoint-(\w+-shop\/web\/tcp\/http__10\.244\.2\.2\/8080)/.exec(text)?.[1] ?? "";
    expect([first, third, fourth, fifth].map((block) => block.replace(/\n}\n$/, "").trimEnd())).toEqual([
      `	chain endpoint-${here} {
		ip saddr 10.244.1.2 jump mark-for-masquerade
		update @affinity-${here} { ip saddr }
		meta l4proto tcp dnat to 10.244.1.2:8080
	}`,
      `	chain service-KHN6ECMT-shop/web/tcp/http {
		ip daddr 10.96.0.20 ip saddr != 10.244.0.0/16 jump mark-for-masquerade
		ip saddr @affinity-${here} goto endpoint-${here}
		ip saddr @affinity-${there} goto endpoint-${there}
		numgen random mod 2 vmap { 0 : goto endpoint-${here}, 1 : goto endpoint-${there} }
	}`,
      `	chain local-KHN6ECMT-shop/web/tcp/http {
		ip saddr @affinity-${here} goto endpoint-${here}
		numgen random mod 1 vmap { 0 : goto endpoint-${here} }
	}`,
      `	chain external-KHN6ECMT-shop/web/tcp/http {
		ip saddr 10.244.0.0/16 goto service-KHN6ECMT-shop/web/tcp/http comment "short-circuit pod traffic"
		fib saddr type local jump mark-for-masquerade comment "masquerade local traffic"
		fib saddr type local goto service-KHN6ECMT-shop/web/tcp/http comment "short-circuit local traffic"
		goto local-KHN6ECMT-shop/web/tcp/http
	}`,
    ]);
  });

  test("shows where addresses lead, and which lead nowhere", () => {
    expect(text).toContain("elements = { 10.96.0.20 . tcp . 80 : goto service-KHN6ECMT-shop/web/tcp/http }");
    expect(text).toContain('elements = { 10.96.0.30 . tcp . 80 comment "shop/empty:http" : goto reject-chain }');
    expect(text).toContain("elements = { tcp . 30080 : goto external-KHN6ECMT-shop/web/tcp/http }");
    expect(text).toContain("elements = { 10.96.0.20, 10.96.0.30 }");
    expect(text).toContain("elements = { 192.168.0.11 }");
  });
});

test("the script of a first sync begins with the table and makes every base chain anew", () => {
  const lines = nftScript(nftInputOf([])).split("\n");
  expect(lines.slice(0, 3)).toEqual([
    'add table ip kube-proxy { comment "rules for kube-proxy" ; }',
    "add chain ip kube-proxy filter-prerouting-pre-dnat",
    "delete chain ip kube-proxy filter-prerouting-pre-dnat",
  ]);
  expect(lines).toContain("add chain ip kube-proxy nat-postrouting { type nat hook postrouting priority 100 ; }");
});

describe("NodePort addresses", () => {
  const destinations = (nodePortAddresses: readonly string[] | null): string =>
    /chain services \{\n.*\n\t\t(.*) meta l4proto/.exec(nftListText(nftInputOf([], { nodePortAddresses })))?.[1] ?? "";

  test("are the node's primary one unless told otherwise, or all but loopback", () => {
    expect([null, [], ["primary"]].map(destinations)).toEqual([
      "ip daddr @nodeport-ips",
      "ip daddr @nodeport-ips",
      "ip daddr @nodeport-ips",
    ]);
    expect(destinations(["0.0.0.0/0"])).toBe("fib daddr type local ip daddr != 127.0.0.0/8");
  });

  test("of ranges are those in them, loopback never", () => {
    const listed = (nodePortAddresses: readonly string[]): string => nftListText(nftInputOf([], { nodePortAddresses }));
    expect(listed(["192.168.0.0/24", "127.0.0.0/8"])).toContain("elements = { 192.168.0.11 }");
    expect(listed(["10.0.0.0/8"])).not.toContain("elements = { 192.168.0.11 }");
  });
});

test("a packet never meets a rule that is not in the printed text", () => {
  fc.assert(
    fc.property(someServices(), fc.constantFrom("10.244.1.9", "192.168.0.11", "203.0.113.7"), (objects, source) => {
      const { table } = syncNft(null, nftInputOf(objects));
      const printed = new Set(listText(table).split("\n"));
      for (const one of objects) {
        if (one.kind !== "Service") continue;
        const facts = factsOf({ protocol: "TCP", source, destination: one.spec.clusterIP ?? "", port: one.spec.ports?.[0]?.port ?? 0 });
        for (const chain of ["nat-prerouting", "filter-forward", "filter-prerouting-pre-dnat"]) {
          const { walk = [] } = evaluateBaseChain({
            table,
            chain,
            facts,
            host: { isLocal: () => false, drawNumgen: () => 0 },
            recordWalk: true,
          });
          for (const step of walk) {
            expect(printed).toContain(`\tchain ${step.chain} {`);
            for (const { number } of step.tries) {
              const rule = table.chains.get(step.chain)?.rules[number - 1];
              expect(printed).toContain(rule === undefined ? "no rule" : `\t\t${listedRule(rule)}`);
            }
          }
        }
      }
    }),
    { numRuns: RUNS },
  );
}, 120_000);
