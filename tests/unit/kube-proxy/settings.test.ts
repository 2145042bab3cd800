import { describe, expect, test } from "vitest";
import { localTraffic } from "../../../src/node/agents/kube-proxy/local-detector";
import { restoreText } from "../../../src/node/agents/kube-proxy/iptables/restore";
import {
  DEFAULT_PROXY_SETTINGS,
  nodePortAddresses,
  servesLocalhost,
  type ProxySettings,
} from "../../../src/node/agents/kube-proxy/settings";
import { inputOf, NODE, service, slice } from "./objects";

function withSettings(more: Partial<ProxySettings>): ProxySettings {
  return { ...DEFAULT_PROXY_SETTINGS, ...more };
}

/** The lines of one chain of the first full sync's text. */
function linesOf(chain: string, more: Partial<ProxySettings>): readonly string[] {
  const objects = [
    service("shop/web", "10.96.0.50", {
      type: "NodePort",
      ports: [{ name: "http", port: 80, nodePort: 30_080 }],
      sessionAffinity: "ClientIP",
    }),
    slice("shop/web", ["10.244.1.2"]),
  ];
  return restoreText(inputOf(objects, more))
    .split("\n")
    .filter((line) => line.startsWith(`-A ${chain}`));
}

/** The end of nat KUBE-SERVICES, comments off. */
function tail(more: Partial<ProxySettings>): readonly string[] {
  return linesOf("KUBE-SERVICES", more)
    .slice(1)
    .map((line) => line.replace(/.*this chain" /, ""));
}

describe("settings", () => {
  test("node ports on loopback are given up where no range holds loopback", () => {
    expect(servesLocalhost(withSettings({}))).toBe(true);
    expect(servesLocalhost(withSettings({ nodePortAddresses: ["0.0.0.0/0"] }))).toBe(true);
    expect(servesLocalhost(withSettings({ nodePortAddresses: ["192.168.0.0/24"] }))).toBe(false);
    expect(servesLocalhost(withSettings({ nodePortAddresses: ["127.0.0.0/8"] }))).toBe(true);
    expect(servesLocalhost(withSettings({ localhostNodePorts: false }))).toBe(false);
  });

  test("node port addresses are those of the node that a range holds", () => {
    expect(nodePortAddresses(withSettings({ nodePortAddresses: ["192.168.0.0/24", "127.0.0.1/32"] }), NODE)).toEqual([
      "192.168.0.11",
      "127.0.0.1",
    ]);
  });

  test("local traffic is told by range, bridge or interface names", () => {
    expect(localTraffic(withSettings({}), NODE)).toEqual({ kind: "source", text: "10.244.0.0/16" });
    expect(localTraffic(withSettings({ clusterCIDR: "" }), NODE)).toBeNull();
    expect(localTraffic(withSettings({ detectLocalMode: "NodeCIDR" }), { ...NODE, podCIDR: "10.244.1.0/24" })).toEqual({
      kind: "source",
      text: "10.244.1.0/24",
    });
    expect(localTraffic(withSettings({ detectLocalMode: "BridgeInterface", detectLocalInterface: "cni0" }), NODE)).toEqual({
      kind: "in-interface",
      name: "cni0",
    });
    expect(localTraffic(withSettings({ detectLocalMode: "InterfaceNamePrefix", detectLocalInterface: "veth" }), NODE)).toEqual({
      kind: "in-interface",
      name: "veth+",
    });
    expect(localTraffic(withSettings({ detectLocalMode: "None" }), NODE)).toBeNull();
  });

  test("affinity puts a look at the endpoint's list before the choice and an entry before DNAT", () => {
    const [entry, seen, choice] = linesOf("KUBE-SVC-", {}).map((line) => line.replace(/KUBE-(SVC|SEP)-\w+/g, "$1"));
    expect(entry).toContain("-j KUBE-MARK-MASQ");
    expect(seen).toBe(
      '-A SVC -m comment --comment "shop/web:http -> 10.244.1.2:8080" -m recent --name SEP --rcheck --seconds 10800 --reap -j SEP',
    );
    expect(choice).toBe('-A SVC -m comment --comment "shop/web:http -> 10.244.1.2:8080" -j SEP');
    expect(linesOf("KUBE-SEP-", {})[1]).toContain("--set -m tcp -p tcp -j DNAT --to-destination 10.244.1.2:8080");
  });

  test("counters on the host add their rules and conditions", () => {
    const counted = { nfacctCounters: ["localhost_nps_accepted_pkts", "ct_state_invalid_dropped_pkts"] };
    expect(linesOf("KUBE-NODEPORTS", {}).length).toBe(1);
    expect(linesOf("KUBE-NODEPORTS", counted)[0]).toContain(
      "-d 127.0.0.0/8 --dport 30080 -m nfacct --nfacct-name localhost_nps_accepted_pkts",
    );
    expect(linesOf("KUBE-NODEPORTS", { ...counted, localhostNodePorts: false }).length).toBe(1);
    expect(linesOf("KUBE-FORWARD", counted)[0]).toBe(
      "-A KUBE-FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name ct_state_invalid_dropped_pkts -j DROP",
    );
  });

  test("the NodePorts rule comes last, one for each address where not all serve", () => {
    expect(tail({})).toEqual(["-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS"]);
    expect(tail({ localhostNodePorts: false })).toEqual(["-m addrtype --dst-type LOCAL ! -d 127.0.0.0/8 -j KUBE-NODEPORTS"]);
    expect(tail({ nodePortAddresses: ["192.168.0.0/24"] })).toEqual(["-d 192.168.0.11 -j KUBE-NODEPORTS"]);
  });
});
