import { expect, test } from "vitest";
import { millis, seconds, simTime } from "../../../src/engine/time";
import { ip } from "../../../src/network/address";
import { addInterface, addRoute, announce, makeHost, receive, removeNeighbour, setNeighbour } from "../../../src/node/kernel/host";
import { ipNeigh } from "../../../src/node/kernel/routing/show";
import { connectTcp, listenTcp } from "../../../src/node/kernel/sockets";
import { joinVeth } from "../../../src/network/links";
import { COSTS, Lab, THREE_NODES } from "../../fixtures/kernel-lab";

function entry(lab: Lab, host: string, address: string): string {
  const lines = ipNeigh(lab.host(host), lab.loop.now).split("\n");
  return (
    lines
      .find((line) => line.startsWith(`${address} `))
      ?.trimEnd()
      .split(" ")
      .at(-1) ?? "none"
  );
}

function connect(lab: Lab, owner = "client"): void {
  connectTcp(lab.host("a1"), { owner, dst: ip("10.96.0.20"), port: 80, journey: owner }, lab.ctx);
}

test("a used STALE entry is delayed for 5 s, asked by unicast, and REACHABLE again for 15 to 45 s", () => {
  const lab = new Lab(THREE_NODES);
  lab.choices = { endpoint: "10.244.1.3" };
  listenTcp(lab.host("b1"), { owner: "server", port: 8080 });
  connect(lab);
  const seen: string[] = [];
  for (const moment of [1, 5.2, 19, 51]) lab.at(seconds(moment), () => seen.push(entry(lab, "n1", "10.244.1.3")));
  lab.run(seconds(60));
  expect(seen).toEqual(["DELAY", "REACHABLE", "REACHABLE", "STALE"]);
});

test("an unanswered STALE entry: DELAY, PROBE from 5.1 s, FAILED at 8.2 s", () => {
  const lab = new Lab(THREE_NODES);
  lab.killPod("b1", "n1");
  lab.choices = { endpoint: "10.244.1.3" };
  connect(lab);
  const seen: string[] = [];
  for (const moment of [0.1, 5.0, 5.2, 8.1, 8.3, 11.5]) lab.at(seconds(moment), () => seen.push(entry(lab, "n1", "10.244.1.3")));
  connectTcp(lab.host("a1"), { owner: "later", dst: ip("10.96.0.20"), port: 80, journey: "k", timeout: seconds(60) }, lab.ctx);
  lab.run(seconds(12));
  expect(seen).toEqual(["DELAY", "DELAY", "PROBE", "PROBE", "FAILED", "INCOMPLETE"]);
});

test("FAILED is no immediate error: the next packet starts a round, a later one of it waits only for the rest (A5)", () => {
  const lab = new Lab(THREE_NODES);
  lab.killPod("b1", "n1");
  lab.choices = { endpoint: "10.244.1.3" };
  setNeighbour(lab.host("n1"), { device: "cbr0", address: ip("10.244.1.3"), mac: lab.macOf("b1.eth0"), state: "FAILED" }, simTime(0));
  connect(lab, "first");
  lab.at(millis(550), () => connect(lab, "second"));
  lab.run(seconds(4));
  const outcome = lab.heard.map(({ owner, event, at }) => `${owner} ${event.kind === "error" ? event.error : ""} ${(at / 1e6).toFixed(2)}`);
  expect(outcome).toEqual(["first EHOSTUNREACH 3.06", "second EHOSTUNREACH 3.06"]);
});

test("packets that waited go out when the address answers", () => {
  const lab = new Lab(THREE_NODES);
  lab.choices = { endpoint: "10.244.1.3" };
  listenTcp(lab.host("b1"), { owner: "server", port: 8080 });
  removeNeighbour(lab.host("n1"), "cbr0", "10.244.1.3");
  connect(lab);
  lab.run(millis(10));
  expect(lab.heard.map(({ event }) => event.kind)).toEqual(["connected", "accepted"]);
  expect(entry(lab, "n1", "10.244.1.3")).toBe("REACHABLE");
});

/** b1 is deleted and a new Pod with its address and another MAC stands on the same bridge. */
function reusedAddress(): Lab {
  const lab = new Lab(THREE_NODES);
  lab.choices = { endpoint: "10.244.1.3" };
  lab.killPod("b1", "n1");
  lab.warm("n1", "cbr0", "10.244.1.3", lab.macOf("b1.eth0"));
  const pod = makeHost({ name: "d", settings: { forwarding: false, bridgeNfCallIptables: false }, costs: COSTS });
  lab.hosts.set("d", pod);
  const eth0 = { name: "eth0", role: "pod-eth0", mac: lab.macOf("d.eth0"), mtu: 1450, addresses: ["10.244.1.3/24"] } as const;
  addInterface(pod, eth0);
  addRoute(pod, { to: "default", via: ip("10.244.1.1"), device: "eth0" });
  const port = { name: "p-d", role: "veth", mac: lab.macOf("n1.p-d"), mtu: 1450, addresses: [] } as const;
  addInterface(lab.host("n1"), { ...port, bridge: "cbr0", hairpin: true });
  joinVeth(lab.links, { host: "d", iface: "eth0" }, { host: "n1", iface: "p-d" });
  listenTcp(pod, { owner: "server", port: 8080 });
  return lab;
}

test("a reused address is dead while the node believes the old MAC: its frames are flooded and nobody takes them", () => {
  const lab = reusedAddress();
  connect(lab);
  lab.run(millis(900));
  expect(lab.heard).toEqual([]);
  const floodedTo = lab.hops.flatMap((hop) => (hop.kind === "tap" && hop.way === "in" && hop.role === "pod-eth0" ? [hop.host] : []));
  // The sender's own port is flooded too, as hairpin is on (A12).
  expect(floodedTo.toSorted()).toEqual(["a1", "d"]);
});

test("a gratuitous ARP of the new Pod moves the entry at once, STALE, and the next SYN connects", () => {
  const lab = reusedAddress();
  announce(lab.host("d"), "eth0", lab.ctx);
  lab.run(millis(1));
  expect(entry(lab, "n1", "10.244.1.3")).toBe("STALE");
  connect(lab);
  lab.run(millis(900));
  expect(lab.heard.map(({ event }) => event.kind)).toEqual(["connected", "accepted"]);
});

test("an ordinary ARP question from an unchanged MAC does not weaken a REACHABLE entry", () => {
  const lab = new Lab(THREE_NODES);
  lab.warm("n1", "cbr0", "10.244.1.3", lab.macOf("b1.eth0"));
  announce(lab.host("b1"), "eth0", lab.ctx);
  lab.run(millis(1));
  expect(entry(lab, "n1", "10.244.1.3")).toBe("REACHABLE");
});

test("a frame to an interface that is gone is lost without a word", () => {
  const lab = new Lab(THREE_NODES);
  const arp = {
    operation: "request",
    senderIp: ip("10.244.1.3"),
    senderMac: lab.macOf("b1.eth0"),
    targetIp: ip("10.244.1.1"),
    targetMac: lab.macOf("x"),
  } as const;
  receive(lab.host("n1"), "p-gone", { srcMac: arp.senderMac, dstMac: lab.macOf("n1.cbr0"), etherType: "ARP", arp }, lab.ctx);
  lab.run();
  expect(lab.loop.count).toBe(0);
});
