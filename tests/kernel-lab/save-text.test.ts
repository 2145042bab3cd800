/**
 * What `iptables-save` prints after the kernel has taken our rules must be our text, byte for byte, counters at zero:
 * for the legacy kernel tables and for iptables over nftables. The text is first loaded as kube-proxy feeds it
 * (restore form) with the jumps and flannel's rules around it (save form), and read back.
 */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { nodeRuleset } from "../../src/node/agents/flannel-rules";
import { DEFAULT_PROXY_SETTINGS } from "../../src/node/agents/kube-proxy/settings";
import { restoreText } from "../../src/node/agents/kube-proxy/iptables/restore";
import { withNodeCache } from "../../src/node/agents/node-cache-rules";
import { saveText } from "../../src/node/kernel/netfilter/show";
import { storeFromText } from "../fixtures/cluster-from-text";

const CLUSTERS: Readonly<Record<string, string>> = {
  "two Services, one of them without endpoints": `
    node node-a 192.168.0.11 10.244.1.0/24 zone-a
    service shop/web 10.96.0.20 http:80->8080 app=web
    service shop/empty 10.96.0.30 80->8080 app=none
    slice shop/web-x1 web http:8080 10.244.1.2@node-a,10.244.1.3@node-a,10.244.2.2@node-b`,
  "seven endpoints, UDP and TCP, two ports": `
    node node-a 192.168.0.11 10.244.1.0/24 zone-a
    service kube-system/kube-dns 10.96.0.10 dns:53/UDP->53,dns-tcp:53->53 k8s-app=kube-dns
    service shop/seven 10.96.0.70 http:80->8080,admin:81->8081 app=seven
    slice kube-system/kube-dns-x1 kube-dns dns:53/UDP,dns-tcp:53 10.244.0.2@control-plane,10.244.0.3@control-plane
    slice shop/seven-x1 seven http:8080,admin:8081 10.244.1.2@node-a,10.244.1.3@node-a,10.244.1.4@node-a,10.244.1.10@node-a,10.244.2.2@node-b,10.244.2.3@node-b,10.244.2.4@node-b!terminating`,
};

const FLAVOURS = ["iptables-legacy", "iptables-nft"] as const;

/** Zeroes the counters of chain lines and drops the comments with the date. */
function plain(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith("#") && line.trim() !== "")
    .map((line) => line.replace(/\[\d+:\d+\]/, "[0:0]"))
    .join("\n");
}

function feed(command: string, text: string): void {
  execFileSync(command, ["--noflush"], { input: text, stdio: ["pipe", "pipe", "pipe"] });
}

function empty(flavour: string): void {
  for (const table of ["raw", "mangle", "nat", "filter"]) {
    execFileSync(flavour, ["-t", table, "-F"]);
    execFileSync(flavour, ["-t", table, "-X"]);
  }
}

for (const flavour of FLAVOURS) {
  for (const [name, text] of Object.entries(CLUSTERS)) {
    const input = {
      view: storeFromText(text).latest(),
      settings: DEFAULT_PROXY_SETTINGS,
      node: { name: "node-a", zone: "zone-a", addresses: ["192.168.0.11"] },
      podCIDR: "10.244.0.0/16",
      nodePodCIDR: "10.244.1.0/24",
    };
    test(`${flavour} prints back our save text: ${name}`, () => {
      empty(flavour);
      const ours = saveText(nodeRuleset(input));
      feed(`${flavour}-restore`, ours);
      const tables = [...ours.matchAll(/^\*(\w+)/gm)].map((match) => match[1] ?? "");
      const printed = tables.map((table) => execFileSync(`${flavour}-save`, ["-t", table], { encoding: "utf8" })).join("\n");
      expect(plain(printed)).toBe(plain(ours));
    });

    test(`${flavour} prints back the rules of NodeLocal DNSCache among the others: ${name}`, () => {
      empty(flavour);
      const ours = saveText(withNodeCache(nodeRuleset(input), ["169.254.20.10", "10.96.0.10"]));
      feed(`${flavour}-restore`, ours);
      const tables = [...ours.matchAll(/^\*(\w+)/gm)].map((match) => match[1] ?? "");
      expect(tables).toContain("raw");
      const printed = tables.map((table) => execFileSync(`${flavour}-save`, ["-t", table], { encoding: "utf8" })).join("\n");
      // The legacy tools print the target by its newer name.
      expect(plain(printed).replaceAll("-j CT --notrack", "-j NOTRACK")).toBe(plain(ours));
    });

    test(`${flavour} takes what kube-proxy would feed it, and holds the same rules: ${name}`, () => {
      empty(flavour);
      feed(`${flavour}-restore`, restoreText(input));
      const printed = plain(execFileSync(`${flavour}-save`, ["-t", "nat"], { encoding: "utf8" }));
      const ours = plain(saveText(nodeRuleset(input)));
      const rules = printed.split("\n").filter((line) => line.startsWith("-A KUBE-"));
      expect(rules.length).toBeGreaterThan(5);
      expect(rules.filter((line) => !ours.split("\n").includes(line))).toEqual([]);
    });
  }
}
