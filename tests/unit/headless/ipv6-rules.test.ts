/** `rules` for the IPv6 side of a dual-stack cluster. */
import { expect, test } from "vitest";
import { askBatch } from "../../fixtures/ask-batch";
import { service, slice } from "../kube-proxy/objects";

const node = {
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "node-a" },
  spec: { podCIDR: "10.244.1.0/24" },
  status: { addresses: ["192.168.0.11", "2001:db8::11"].map((address) => ({ type: "InternalIP", address })) },
};

const objects = [
  node,
  service("shop/web", "10.96.0.20", { clusterIPs: ["10.96.0.20", "fd00:10:96::20"] }),
  slice("shop/web", ["10.244.1.2"]),
  { ...slice("shop/web", ["fd00:10:244:1::2"], "v6"), addressType: "IPv6" },
];

function rules(mode: string, ipFamily: string): string {
  const config = { ipFamily, clusterCIDR: "10.244.0.0/16,fd00:10:244::/48" };
  return String(askBatch({ id: 1, do: "rules", mode, node: "node-a", format: "save", objects, config })["text"]);
}

function linesWith(text: string, word: string): readonly string[] {
  return text.split("\n").flatMap((line) => (line.includes(word) ? [line.trim().replaceAll(/(KUBE-S(?:VC|EP))-\w{16}/g, "$1-X")] : []));
}

test("each family's proxier writes the addresses of its own family and none of the other's", () => {
  expect(linesWith(rules("iptables", "IPv4"), "cluster IP")).toEqual([
    '-A KUBE-SERVICES -d 10.96.0.20/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-X',
    '-A KUBE-SVC-X ! -s 10.244.0.0/16 -d 10.96.0.20/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ',
  ]);
  const six = rules("iptables", "IPv6");
  expect(linesWith(six, "cluster IP")).toEqual([
    '-A KUBE-SERVICES -d fd00:10:96::20/128 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-X',
    '-A KUBE-SVC-X ! -s fd00:10:244::/48 -d fd00:10:96::20/128 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ',
  ]);
  expect(linesWith(six, "DNAT")).toEqual([
    '-A KUBE-SEP-X -p tcp -m comment --comment "shop/web:http" -m tcp -j DNAT --to-destination [fd00:10:244:1::2]:8080',
  ]);
});

test("in nftables mode it is a table of the family ip6 with the node's own IPv6 address", () => {
  const six = rules("nftables", "IPv6");
  expect(six).toMatch(/^table ip6 kube-proxy \{/);
  expect(linesWith(six, "elements")).toEqual([
    "elements = { fd00:10:96::20 }",
    "elements = { 2001:db8::11 }",
    expect.stringMatching(/^elements = \{ fd00:10:96::20 \. tcp \. 80 : goto service-/),
  ]);
  expect(six).not.toMatch(/ip saddr|ip daddr|10\.96/);
});
