/** Rule text of either engine, taken apart for folding, and names in it that lead somewhere. */
import { describe, expect, test } from "vitest";
import { chainsOf, partsOf } from "../../../src/panels/inspector/rules/rules-text";
import { twoApps } from "../../fixtures/world";

const LISTING = `table ip kube-proxy {
	comment "rules for kube-proxy"
	set cluster-ips {
		type ipv4_addr
		comment "Active ClusterIPs"
		elements = { 10.96.0.1, 10.96.0.10,
			     10.96.0.20 }
	}

	map service-nodeports {
		type inet_proto . inet_service : verdict
		comment "NodePort traffic"
		elements = { tcp . 30080 : goto external-X-shop/web/tcp/http,
			     udp . 30053 : goto external-X-kube-system/dns/udp/dns }
	}

	chain services {
		ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
		jump external-X-shop/web/tcp/http
	}

	chain external-X-shop/web/tcp/http {
	}

	chain nat-output {
		type nat hook output priority -100; policy accept;
		jump services
	}
}
`;

function shown(text: string): readonly string[] {
  return chainsOf(text).flatMap(({ table, kind, chain, heading, lines }) => [
    `${table} ${kind} ${chain}: ${heading}`,
    ...lines.map((line) => `  ${line.number} ${line.text}`),
  ]);
}

/** A line with every name that leads somewhere in brackets. */
function linked(line: string, ...known: readonly string[]): string {
  return partsOf(line, new Set(known))
    .map(({ text, to }) => (to === "" ? text : `[${to}]`))
    .join("");
}

describe("a listing of nftables", () => {
  test("folds by set, map and chain; rules are numbered, elements are not", () => {
    expect(shown(LISTING)).toEqual([
      'kube-proxy set cluster-ips: type ipv4_addr; comment "Active ClusterIPs"',
      "  0 elements = { 10.96.0.1, 10.96.0.10,",
      "  0 10.96.0.20 }",
      'kube-proxy map service-nodeports: type inet_proto . inet_service : verdict; comment "NodePort traffic"',
      "  0 elements = { tcp . 30080 : goto external-X-shop/web/tcp/http,",
      "  0 udp . 30053 : goto external-X-kube-system/dns/udp/dns }",
      "kube-proxy chain services: ",
      "  1 ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports",
      "  2 jump external-X-shop/web/tcp/http",
      "kube-proxy chain external-X-shop/web/tcp/http: ",
      "kube-proxy chain nat-output: type nat hook output priority -100; policy accept;",
      "  1 jump services",
    ]);
  });

  test("of a whole node loses no line", () => {
    const world = twoApps({ config: { mode: "nftables" } });
    const { text = "" } = world.view({ at: 0, ahead: 0, follow: null, rulesOf: "node-a" }).rules ?? {};
    const table = world.inside.rulesets.nftOf("node-a");
    const rules = [...(table?.chains.values() ?? [])].reduce((sum, chain) => sum + chain.rules.length, 0);
    const blocks = chainsOf(text);
    expect(blocks.filter(({ kind }) => kind === "chain").reduce((sum, { lines }) => sum + lines.length, 0)).toBe(rules);
    expect(blocks).toHaveLength((table?.chains.size ?? 0) + (table?.sets.size ?? 0));
  });
});

describe("names in a line", () => {
  test("lead to chains, sets and maps that stand, as many as there are", () => {
    expect(linked("numgen random mod 2 vmap { 0 : goto endpoint-A, 1 : goto endpoint-B }", "endpoint-A", "endpoint-B")).toBe(
      "numgen random mod 2 vmap { 0 : goto [endpoint-A], 1 : goto [endpoint-B] }",
    );
    expect(linked("ip daddr @nodeport-ips th dport vmap @service-nodeports", "service-nodeports")).toBe(
      "ip daddr @nodeport-ips th dport vmap @[service-nodeports]",
    );
    expect(linked("-A KUBE-SERVICES -d 10.96.0.1/32 -j KUBE-SVC-X", "KUBE-SVC-X")).toBe("-A KUBE-SERVICES -d 10.96.0.1/32 -j [KUBE-SVC-X]");
    expect(linked("-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000", "KUBE-SVC-X")).toBe(
      "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
    );
  });
});
