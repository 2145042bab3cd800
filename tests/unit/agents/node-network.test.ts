import { describe, expect, it } from "vitest";
import { simTime } from "../../../src/engine/time";
import { ip, ipv4Text } from "../../../src/network/address";
import { makeLinks, receivers } from "../../../src/network/links";
import type { Frame } from "../../../src/network/packet";
import type { Host } from "../../../src/node/kernel/host";
import { makeHost } from "../../../src/node/kernel/host";
import { macOf, vethName } from "../../../src/node/agents/link-names";
import type { NodeLinks, PodLinks } from "../../../src/node/agents/node-network";
import {
  addPeer,
  removePeer,
  settleMachines,
  settlePod,
  setUpMachine,
  setUpNode,
  setUpPod,
  tearDownPod,
  unplugNode,
} from "../../../src/node/agents/node-network";
import { KERNEL_COSTS } from "../../../src/node/agents/timings";

const NOW = simTime(0);
const host = (name: string): Host => makeHost({ name, settings: { forwarding: true, bridgeNfCallIptables: true }, costs: KERNEL_COSTS });

function nodeLinks(name: string, last: number, range: string): NodeLinks {
  const mac = (what: string) => macOf(1, `${name} ${what}`);
  return {
    name,
    address: ip(`192.168.0.${last}`),
    podRange: range,
    nicMac: mac("eth0"),
    bridgeMac: mac("cni0"),
    vtepMac: mac("flannel.1"),
  };
}

const A = nodeLinks("node-a", 11, "10.244.1.0/24");
const B = nodeLinks("node-b", 12, "10.244.2.0/24");
const POD: PodLinks = { address: ip("10.244.1.2"), mac: macOf(1, "pod u1"), veth: vethName(1, "u1"), vethMac: macOf(1, "veth u1") };

/** What a host has, as lines; MACs by their owners' names. */
function shown(of: Host): readonly string[] {
  const names = new Map<string, string>([
    [A.nicMac, "node-a.eth0"],
    [A.bridgeMac, "node-a.cni0"],
    [A.vtepMac, "node-a.flannel.1"],
    [B.nicMac, "node-b.eth0"],
    [B.bridgeMac, "node-b.cni0"],
    [B.vtepMac, "node-b.flannel.1"],
    [POD.mac, "pod.eth0"],
    [POD.vethMac, "pod.veth"],
    [macOf(1, "gateway"), "gateway"],
  ]);
  const named = (mac: string | null): string => names.get(mac ?? "") ?? `${mac}`;
  return [
    ...[...of.interfaces.values()]
      .filter(({ role }) => role !== "lo")
      .map((iface) =>
        `link ${iface.role === "veth" ? "veth" : iface.name} ${named(iface.mac)} mtu ${iface.mtu} ${iface.addresses.join(" ")}${iface.hairpin === true ? `bridge ${iface.bridge} hairpin` : ""}`.trim(),
      ),
    ...[...of.routes.values()].map(
      (route) =>
        `route ${ipv4Text(route.to.base)}/${route.to.length}${route.via === undefined ? "" : ` via ${route.via}`} dev ${route.device}${route.onlink === true ? " onlink" : ""}`,
    ),
    ...[...of.neighbours.values()].map((entry) => `neigh ${entry.address} dev ${entry.device} ${named(entry.mac)} ${entry.state}`),
    ...[...of.fdb.values()].map(
      (entry) => `fdb ${named(entry.mac)} dev ${entry.device} ${entry.remote ?? "port"}${entry.permanent ? " permanent" : ""}`,
    ),
  ].toSorted();
}

describe("a node", () => {
  it("has its NIC, the bridge with the range's first address, and the overlay device with the range's own", () => {
    const node = host("node-a");
    setUpNode(node, makeLinks(), A);
    expect(shown(node)).toEqual([
      "link cni0 node-a.cni0 mtu 1450 10.244.1.1/24",
      "link eth0 node-a.eth0 mtu 1500 192.168.0.11/24",
      "link flannel.1 node-a.flannel.1 mtu 1450 10.244.1.0/32",
      "route 0.0.0.0/0 via 192.168.0.1 dev eth0",
      "route 10.244.1.0/24 dev cni0",
      "route 192.168.0.0/24 dev eth0",
    ]);
  });

  it("reaches a peer's Pods by three entries on the overlay, and forgets them without a trace", () => {
    const node = host("node-a");
    setUpNode(node, makeLinks(), A);
    const before = shown(node);
    addPeer(node, B, NOW);
    expect(shown(node).filter((line) => !before.includes(line))).toEqual([
      "fdb node-b.flannel.1 dev flannel.1 192.168.0.12 permanent",
      "neigh 10.244.2.0 dev flannel.1 node-b.flannel.1 PERMANENT",
      "route 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink",
    ]);
    removePeer(node, B);
    expect(shown(node)).toEqual(before);
  });
});

describe("a Pod", () => {
  const links = makeLinks();
  const nodeHost = host("node-a");
  const podHost = host("pod:shop/web-1");
  setUpNode(nodeHost, links, A);
  const bare = shown(nodeHost);
  setUpPod({ nodeHost, podHost, links, pod: POD, podRange: A.podRange, clusterRange: "10.244.0.0/16" });

  it("has one interface, and leaves by the bridge", () => {
    expect(shown(podHost)).toEqual([
      "link eth0 pod.eth0 mtu 1450 10.244.1.2/24",
      "route 0.0.0.0/0 via 10.244.1.1 dev eth0",
      "route 10.244.0.0/16 via 10.244.1.1 dev eth0",
      "route 10.244.1.0/24 dev eth0",
    ]);
  });

  it("hangs on a bridge port with the hairpin flag, joined to it by a veth pair", () => {
    expect(shown(nodeHost).filter((line) => !bare.includes(line))).toEqual(["link veth pod.veth mtu 1450 bridge cni0 hairpin"]);
    const frame: Frame = {
      srcMac: POD.mac,
      dstMac: A.bridgeMac,
      etherType: "ARP",
      arp: { operation: "request", senderIp: POD.address, senderMac: POD.mac, targetIp: ip("10.244.1.1"), targetMac: A.bridgeMac },
    };
    expect(receivers(links, { host: "pod:shop/web-1", iface: "eth0" }, frame)).toEqual([{ host: "node-a", iface: POD.veth }]);
  });

  it("once settled knows its node and is known by it, and the bridge has learned its port", () => {
    settlePod({ nodeHost, podHost, pod: POD, node: A, now: NOW });
    expect(shown(podHost)).toContain("neigh 10.244.1.1 dev eth0 node-a.cni0 STALE");
    expect(shown(nodeHost)).toContain("neigh 10.244.1.2 dev cni0 pod.eth0 STALE");
    expect(shown(nodeHost)).toContain("fdb pod.eth0 dev cni0 port");
  });

  it("takes its port and the bridge's memory of it along, but not the node's neighbour entry", () => {
    tearDownPod({ nodeHost, links, veth: POD.veth });
    expect(shown(nodeHost).filter((line) => !bare.includes(line))).toEqual(["neigh 10.244.1.2 dev cni0 pod.eth0 STALE"]);
    expect(links.veths.size).toBe(0);
  });
});

describe("machines on the node network", () => {
  it("once settled know each other, and a node that is unplugged hears nothing more", () => {
    const links = makeLinks();
    const [a, b, gateway] = [host("node-a"), host("node-b"), host("gateway")];
    setUpNode(a, links, A);
    setUpNode(b, links, B);
    const router = { address: ip("192.168.0.1"), mac: macOf(1, "gateway") };
    setUpMachine(gateway, links, router);
    settleMachines(
      [
        { host: a, address: A.address, mac: A.nicMac },
        { host: b, address: B.address, mac: B.nicMac },
        { host: gateway, ...router },
      ],
      NOW,
    );
    expect(shown(gateway)).toEqual([
      "link eth0 gateway mtu 1500 192.168.0.1/24",
      "neigh 192.168.0.11 dev eth0 node-a.eth0 STALE",
      "neigh 192.168.0.12 dev eth0 node-b.eth0 STALE",
      "route 192.168.0.0/24 dev eth0",
    ]);
    expect(shown(a).filter((line) => line.startsWith("neigh"))).toEqual([
      "neigh 192.168.0.1 dev eth0 gateway STALE",
      "neigh 192.168.0.12 dev eth0 node-b.eth0 STALE",
    ]);
    unplugNode(links, B);
    expect(links.segment.has(B.nicMac)).toBe(false);
  });
});
