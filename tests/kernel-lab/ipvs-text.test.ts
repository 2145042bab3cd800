/**
 * IPVS mode's sets and rules on the real kernel: `ipset restore` and `iptables-restore` take our text as it is, and what
 * `ipset save` and `iptables-save` print back is ours. Masked: the random seed and bucket size of hashes, which newer
 * tools print, and the order of a hash's entries. This kernel has no IPVS: virtual servers and the rules that ask
 * `-m ipvs` are not loaded, and are held against ipvsadm's and iptables' sources alone.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { EndpointSlice, Service } from "../../src/cluster/objects";
import { syncIpvs } from "../../src/node/agents/kube-proxy/ipvs/sync";
import { ipvsRestoreText, setsText } from "../../src/node/agents/kube-proxy/ipvs/text";
import type { ProxySettings } from "../../src/node/agents/kube-proxy/settings";
import { parseRuleset } from "../../src/node/kernel/netfilter/parse";
import { saveText } from "../../src/node/kernel/netfilter/show";
import { inputOf, service, slice } from "../unit/kube-proxy/objects";

const missing = ["ipset", "iptables-legacy-save"].filter((tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0);
if (missing.length > 0) console.info(`IPVS mode's text is not compared: ${missing.join(" and ")} not installed`);

const PORTS = [
  { name: "http", port: 80, protocol: "TCP", nodePort: 30_080 },
  { name: "dns", port: 53, protocol: "UDP", nodePort: 30_053 },
  { name: "s", port: 99, protocol: "SCTP", nodePort: 30_099 },
] as const;

function everyKind(externalTrafficPolicy: "Cluster" | "Local", ranges: readonly string[]): readonly (Service | EndpointSlice)[] {
  const balanced = service(
    "shop/web",
    "10.96.0.20",
    {
      type: "LoadBalancer",
      externalIPs: ["192.0.2.5"],
      externalTrafficPolicy,
      loadBalancerSourceRanges: ranges,
      healthCheckNodePort: 31_111,
      ports: PORTS,
    },
    { status: { loadBalancer: { ingress: [{ ip: "198.51.100.5" }] } } },
  );
  const ends = slice("shop/web", ["10.244.1.2@node-a", "10.244.2.2@node-b"]);
  return [balanced, { ...ends, ports: PORTS.map(({ name, protocol }) => ({ name, port: 8080, protocol })) }];
}

const CLUSTERS: Readonly<Record<string, readonly [readonly (Service | EndpointSlice)[], Partial<ProxySettings>]>> = {
  "no Services": [[], {}],
  "a Service with endpoints and one without": [
    [service("shop/web", "10.96.0.20"), service("shop/empty", "10.96.0.30"), slice("shop/web", ["10.244.1.2@node-a"])],
    {},
  ],
  "every kind of address, policy Cluster": [everyKind("Cluster", ["203.0.113.0/24", "203.0.113.7/32"]), { masqueradeAll: true }],
  "every kind of address, policy Local, the node let in": [everyKind("Local", ["192.168.0.0/16"]), { detectLocalMode: "None" }],
};

function run(command: string, args: readonly string[], input = ""): string {
  return execFileSync(command, args, { input, encoding: "utf8" });
}

/** `ipset save` without what only new tools print, the entries of a set in order. */
function plainSets(text: string): readonly string[] {
  const lines = text.split("\n").map((line) => line.replace(/ bucketsize \d+ initval \w+$/, ""));
  return lines.filter((line) => line !== "").toSorted();
}

function plainRules(text: string): string {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#") && !line.includes("-m ipvs"));
  return lines.map((line) => line.replace(/\[\d+:\d+\]/, "[0:0]")).join("\n");
}

function savedRules(flavour: string): string {
  return plainRules(["mangle", "filter", "nat"].map((table) => run(`${flavour}-save`, ["-t", table])).join("\n"));
}

describe.skipIf(missing.length > 0).each(Object.entries(CLUSTERS))("%s", (_name, [objects, settings]) => {
  const state = syncIpvs(inputOf(objects, settings));
  const rules = ipvsRestoreText(state).slice(ipvsRestoreText(state).indexOf("*nat"));
  const withoutIpvs = rules.replaceAll(/^.*-m ipvs .*\n/gm, "");

  test.each(["iptables-legacy", "iptables-nft"])("ipset and %s take our text and print it back", (flavour) => {
    for (const table of ["mangle", "nat", "filter"]) {
      run(flavour, ["-t", table, "-F"]);
      run(flavour, ["-t", table, "-X"]);
    }
    run("ipset", ["destroy"]);
    run("ipset", ["restore"], setsText(state.ruleset));
    expect(plainSets(run("ipset", ["save"]))).toEqual(plainSets(setsText(state.ruleset)));

    const saved = saveText(state.ruleset);
    run(`${flavour}-restore`, ["--noflush"], withoutIpvs);
    const own = savedRules(flavour)
      .split("\n")
      .filter((line) => line.startsWith("-A KUBE-"));
    expect(own.toSorted()).toEqual(
      plainRules(saved)
        .split("\n")
        .filter((line) => line.startsWith("-A KUBE-"))
        .toSorted(),
    );
    run(`${flavour}-restore`, ["--noflush"], saved.replaceAll(/^.*-m ipvs .*\n/gm, ""));
    expect(savedRules(flavour)).toBe(plainRules(saved));
    for (const table of ["nat", "filter"]) {
      run(flavour, ["-t", table, "-F"]);
      run(flavour, ["-t", table, "-X"]);
    }
  });

  test("the text read back says the same", () => {
    const saved = saveText(state.ruleset);
    expect(saveText(parseRuleset(saved))).toBe(saved);
  });
});
