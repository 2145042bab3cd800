/**
 * The IPv6 proxier's rules on the real kernel: `ip6tables-restore` and `nft` take our text as it is, and what
 * `ip6tables-save` and `nft list ruleset` print back is ours, byte for byte.
 */
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { EndpointSlice, Service } from "../../src/cluster/objects";
import { syncText } from "../../src/node/agents/kube-proxy/iptables/restore";
import { syncRules } from "../../src/node/agents/kube-proxy/iptables/sync";
import { nftListText, nftScript } from "../../src/node/agents/kube-proxy/nftables/text";
import { DEFAULT_PROXY_SETTINGS, type ProxySettings } from "../../src/node/agents/kube-proxy/settings";
import { parseRuleset } from "../../src/node/kernel/netfilter/parse";
import { saveText } from "../../src/node/kernel/netfilter/show";
import { viewOf } from "../packet-flow/kube-proxy/view-of";
import { service, slice } from "../unit/kube-proxy/objects";

const dualStack = (four: string, six: string): Partial<Service["spec"]> => ({ clusterIP: four, clusterIPs: [four, six] });

function sixes(key: string, addresses: readonly string[]): EndpointSlice {
  return { ...slice(key, addresses, "v6"), addressType: "IPv6" };
}

const OBJECTS: readonly (Service | EndpointSlice)[] = [
  service("shop/web", "10.96.0.20", {
    ...dualStack("10.96.0.20", "fd00:10:96::20"),
    sessionAffinity: "ClientIP",
    externalIPs: ["192.0.2.5", "2001:db8:5::5"],
  }),
  slice("shop/web", ["10.244.1.2", "10.244.1.3"]),
  sixes("shop/web", ["fd00:10:244:1::2", "fd00:10:244:1::3", "fd00:10:244:2::2"]),
  service("shop/empty", "10.96.0.30", dualStack("10.96.0.30", "fd00:10:96::30")),
  service(
    "shop/balanced",
    "fd00:10:96::40",
    {
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      ports: [{ name: "http", port: 80, protocol: "TCP", nodePort: 30_080 }],
      loadBalancerSourceRanges: ["203.0.113.0/24", "2001:db8:ff::/48", "2001:db8:fe::1/128"],
    },
    { status: { loadBalancer: { ingress: [{ ip: "198.51.100.5" }, { ip: "2001:db8:99::5" }] } } },
  ),
  sixes("shop/balanced", ["fd00:10:244:1::9@node-a", "fd00:10:244:2::9@node-b"]),
];

const SIX: ProxySettings = {
  ...DEFAULT_PROXY_SETTINGS,
  ipFamily: "IPv6",
  clusterCIDR: "fd00:10:244::/48",
  serviceCIDRs: ["fd00:10:96::/112", "fd00:10:97::/112"],
};

const CLUSTERS: Readonly<Record<string, ProxySettings>> = {
  "NodePorts by the mode's default": SIX,
  "NodePorts on ranges of both families": { ...SIX, nodePortAddresses: ["192.168.0.0/24", "2001:db8::/64"], masqueradeAll: true },
  "NodePorts on every address": { ...SIX, nodePortAddresses: ["0.0.0.0/0", "::/0"], serviceCIDRs: ["fd00:10:96::/112"] },
};

/** Chain lines' counters at zero; the comments with the date are left out. */
function plain(text: string): string {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => line.replace(/\[\d+:\d+\]/, "[0:0]")).join("\n");
}

function save(flavour: string, ours: string): string {
  const tables = [...ours.matchAll(/^\*(\w+)/gm)].map((match) => match[1] ?? "");
  return tables.map((table) => execFileSync(`${flavour}-save`, ["-t", table], { encoding: "utf8" })).join("\n");
}

function empty(flavour: string): void {
  for (const table of ["mangle", "nat", "filter"]) {
    execFileSync(flavour, ["-t", table, "-F"]);
    execFileSync(flavour, ["-t", table, "-X"]);
  }
}

describe.each(Object.entries(CLUSTERS))("%s", (_name, settings) => {
  const input = { view: viewOf(OBJECTS), settings, node: { name: "node-a", zone: "", addresses: ["2001:db8::11"] } };

  test.each(["ip6tables-legacy", "ip6tables-nft"])("%s takes what kube-proxy feeds it and prints back our save text", (flavour) => {
    empty(flavour);
    const state = syncRules(null, input);
    const ours = saveText(state.ruleset);
    execFileSync(`${flavour}-restore`, ["--noflush"], { input: syncText(state) });
    execFileSync(`${flavour}-restore`, ["--noflush"], { input: ours });
    expect(plain(save(flavour, ours))).toBe(plain(ours));
    expect(saveText(parseRuleset(ours))).toBe(ours);
  });

  test("nft takes our script and lists our text", () => {
    execFileSync("nft", ["flush", "ruleset"]);
    execFileSync("nft", ["-f", "-"], { input: nftScript(input) });
    expect(execFileSync("nft", ["list", "table", "ip6", "kube-proxy"], { encoding: "utf8" })).toBe(nftListText(input));
  });
});
