/**
 * Packets to endpoints that are no more: what connect() sees, and when, as observed on a real kernel.
 * Only the age of the node's neighbour entry decides whether it is 3 s, 14 s, 39 s or never.
 */
import { expect, test } from "vitest";
import type { Micros } from "../../src/engine/time";
import { millis, seconds, simTime } from "../../src/engine/time";
import { ip } from "../../src/network/address";
import type { Step, Tap } from "../../src/node/kernel/hop";
import { setNeighbour } from "../../src/node/kernel/host";
import { conntrackText, showConntrack } from "../../src/node/kernel/conntrack/show";
import { CONNECT_GIVES_UP, connectTcp, listenTcp, openUdp, sendUdp } from "../../src/node/kernel/sockets";
import { removeNeighbour } from "../../src/node/kernel/host";
import { Lab, THREE_NODES } from "../fixtures/kernel-lab";

const VIP = ip("10.96.0.20");

type NeighbourAge = "none" | "STALE" | { readonly reachable: number };

/** The lab after b1 (or a2) has been deleted, with the entry of its node as given. */
function labWithout(pod: "b1" | "a2", age: NeighbourAge, settings: { readonly bridgeNf?: boolean } = {}): Lab {
  const lab = new Lab(THREE_NODES, settings);
  const [node, address] = pod === "b1" ? ["n1", "10.244.1.3"] : ["n2", "10.244.2.2"];
  const host = lab.host(node);
  const own = lab.macOf(`${pod}.eth0`);
  lab.killPod(pod, node);
  lab.choices = { endpoint: address };
  if (age === "none") removeNeighbour(host, "cbr0", address);
  else {
    const state = age === "STALE" ? "STALE" : "REACHABLE";
    const until = age === "STALE" ? 0 : age.reachable;
    const spec = { device: "cbr0", address: ip(address), mac: own, state, reachableUntil: simTime(seconds(until)) } as const;
    setNeighbour(host, spec, simTime(0));
  }
  return lab;
}

/** Connects with a kernel's own patience and tells the outcome with its time in seconds. */
function connect(lab: Lab, from: string, to = VIP, port = 80, timeout: Micros = CONNECT_GIVES_UP): string {
  connectTcp(lab.host(from), { owner: "client", dst: to, port, journey: "j", timeout }, lab.ctx);
  lab.run();
  const heard = lab.heard.find(({ owner }) => owner === "client");
  if (heard === undefined) return "nothing";
  const what = heard.event.kind === "error" ? heard.event.error : heard.event.kind;
  return `${what} ${(heard.at / 1_000_000).toFixed(2)}`;
}

test.each([
  { title: "same node, unresolved", pod: "b1", age: "none", from: "a1", outcome: "EHOSTUNREACH 3.06" },
  { title: "same node, STALE", pod: "b1", age: "STALE", from: "a1", outcome: "EHOSTUNREACH 14.35" },
  { title: "same node, REACHABLE for 16 s more", pod: "b1", age: { reachable: 16 }, from: "a1", outcome: "EHOSTUNREACH 38.56" },
  {
    title: "same node, REACHABLE for 44 s more: no SYN falls right",
    pod: "b1",
    age: { reachable: 44 },
    from: "a1",
    outcome: "ETIMEDOUT 133.80",
  },
  { title: "the node itself asks, unresolved", pod: "b1", age: "none", from: "n1", outcome: "EHOSTUNREACH 3.06" },
  { title: "other node, unresolved there", pod: "a2", age: "none", from: "a1", outcome: "EHOSTUNREACH 3.06" },
  { title: "other node, STALE there", pod: "a2", age: "STALE", from: "a1", outcome: "EHOSTUNREACH 14.35" },
  { title: "other node, REACHABLE for 16 s more", pod: "a2", age: { reachable: 16 }, from: "a1", outcome: "EHOSTUNREACH 38.56" },
] as const)("$title: $outcome", ({ pod, age, from, outcome }) => {
  expect(connect(labWithout(pod, age), from)).toBe(outcome);
});

test("an external client hears of an unresolved endpoint from the node that it asked", () => {
  const lab = labWithout("b1", "none");
  expect(connect(lab, "ext", ip("192.168.1.11"), 30080)).toBe("EHOSTUNREACH 3.06");
  const last = lab.hops.findLast((hop): hop is Tap => hop.kind === "tap" && hop.host === "ext");
  const about = last?.packet.transport.kind === "ICMP" ? last.packet.transport.quoted : undefined;
  expect([last?.packet.src, about?.dst, about?.transport.kind === "TCP" ? about.transport.dstPort : 0]).toEqual([
    "192.168.1.11",
    "192.168.1.11",
    30080,
  ]);
});

test("the error comes from the ClusterIP and quotes it, once per SYN that waited (A1)", () => {
  const lab = labWithout("b1", "none");
  connect(lab, "a1");
  const errors = lab.hops.filter((hop): hop is Tap => hop.kind === "tap" && hop.host === "a1" && hop.packet.transport.kind === "ICMP");
  const shown = errors.map(({ packet }) => {
    const quoted = packet.transport.kind === "ICMP" ? packet.transport.quoted : undefined;
    return `${packet.src} > ${packet.dst} ttl ${packet.ttl} <${quoted?.src} -> ${quoted?.dst} ttl ${quoted?.ttl}>`;
  });
  const one = "10.96.0.20 > 10.244.1.2 ttl 64 <10.244.1.2 -> 10.96.0.20 ttl 64>";
  expect(shown).toEqual([one, one, one]);
});

test("from another node it comes with that node's hop taken off, as if the ClusterIP had sent it", () => {
  const lab = labWithout("a2", "none");
  connect(lab, "a1");
  const error = lab.hops.find((hop): hop is Tap => hop.kind === "tap" && hop.host === "a1" && hop.packet.transport.kind === "ICMP");
  const made = lab.hops.find((hop): hop is Tap => hop.kind === "tap" && hop.host === "n2" && hop.packet.transport.kind === "ICMP");
  expect([made?.packet.src, made?.iface, made?.packet.ttl]).toEqual(["10.244.2.0", "flannel.1", 64]);
  expect([error?.packet.src, error?.packet.ttl]).toEqual(["10.96.0.20", 63]);
});

test("a queued bridged SYN leaves no conntrack entry, so that the next SYN draws again and may get through (A2)", () => {
  const lab = labWithout("b1", "none");
  listenTcp(lab.host("a2"), { owner: "server", port: 8080 });
  connectTcp(lab.host("a1"), { owner: "client", dst: VIP, port: 80, journey: "j" }, lab.ctx);
  lab.run(millis(500));
  expect(showConntrack(lab.host("n1"), lab.loop.now)).toEqual([]);
  lab.choices = { endpoint: "10.244.2.2" };
  lab.run(seconds(4));
  const heard = lab.heard.find(({ owner }) => owner === "client");
  expect([heard?.event.kind, ((heard?.at ?? 0) / 1e6).toFixed(2)]).toEqual(["connected", "1.02"]);
});

test("without bridge-nf the same SYN is routed, and its entry is there at once", () => {
  const lab = labWithout("b1", "none", { bridgeNf: false });
  connectTcp(lab.host("a1"), { owner: "client", dst: VIP, port: 80, journey: "j" }, lab.ctx);
  lab.run(millis(500));
  expect(showConntrack(lab.host("n1"), lab.loop.now).map(({ state, unreplied }) => [state, unreplied])).toEqual([["SYN_SENT", true]]);
});

test("SYNs go at 1, 2, 3, 4, 5, 7, 11, 19, 35 and 68 s, and the entry dies 120 s after the first (A3, A4)", () => {
  const lab = new Lab("node n1 192.168.1.11 10.244.1.0/24\n pod a1 n1 10.244.1.2\n machine ext 192.168.1.100");
  lab.killPod("a1", "n1");
  const nowhere = ip("192.168.1.100");
  lab.hosts.delete("ext");
  const timeouts: number[] = [];
  for (const at of [0.3, 67.7, 119.9, 120.1])
    lab.at(seconds(at), () => timeouts.push(showConntrack(lab.host("n1"), lab.loop.now)[0]?.timeout ?? -1));
  expect(connect(lab, "n1", nowhere)).toBe("ETIMEDOUT 133.80");
  const times = lab.hops.filter((hop) => hop.kind === "tap" && hop.way === "out").map(({ at }) => (at / 1e6).toFixed(1));
  expect(times).toEqual(["0.0", "1.0", "2.0", "3.1", "4.1", "5.1", "7.1", "11.3", "19.4", "35.5", "68.3"]);
  expect(timeouts).toEqual([119, 52, 0, -1]);
});

test("the program's own patience ends a connect earlier: 5 s unless it asks for more", () => {
  const lab = labWithout("b1", { reachable: 40 });
  connectTcp(lab.host("a1"), { owner: "client", dst: VIP, port: 80, journey: "j" }, lab.ctx);
  lab.run();
  const [heard] = lab.heard;
  expect([heard?.event.kind === "error" ? heard.event.error : "", heard?.at]).toEqual(["ETIMEDOUT", 5_000_000]);
});

test("a closed port refuses by RST from the ClusterIP, and the entry is gone at once on both nodes (A10)", () => {
  const lab = new Lab(THREE_NODES);
  lab.choices = { endpoint: "10.244.2.2" };
  expect(connect(lab, "a1")).toBe("ECONNREFUSED 0.00");
  const inner = (node: string) => showConntrack(lab.host(node), simTime(1)).filter(({ protocol }) => protocol === "tcp");
  expect([inner("n1"), inner("n2")]).toEqual([[], []]);
});

test("a closed UDP port answers 3/3 from the ClusterIP: connected sockets see ECONNREFUSED, the entry stays", () => {
  const lab = new Lab(THREE_NODES);
  lab.choices = { endpoint: "10.244.2.3", srcPort: 40000 };
  const client = lab.host("a1");
  const socket = openUdp(client, { owner: "client", connected: { address: ip("10.96.0.10"), port: 53 } }, lab.ctx);
  sendUdp(client, socket, { to: ip("10.96.0.10"), port: 53, payload: { kind: "data", length: 9 }, journey: "j" }, lab.ctx);
  lab.run(millis(100));
  expect(lab.heard.map(({ event }) => (event.kind === "error" ? event.error : event.kind))).toEqual(["ECONNREFUSED"]);
  const entries = showConntrack(lab.host("n1"), lab.loop.now).filter(({ original }) => original.dstPort === 53);
  expect(conntrackText(entries)).toBe(
    "udp      17 29 src=10.244.1.2 dst=10.96.0.10 sport=40000 dport=53 [UNREPLIED] src=10.244.2.3 dst=10.244.1.2 sport=5353 dport=40000 mark=0 use=1\n",
  );
});

test("a dead node gives the client nothing: the tunnel's own host unreachable stays on the sending node's loopback (A7)", () => {
  const lab = new Lab(THREE_NODES);
  lab.choices = { endpoint: "10.244.2.2" };
  lab.hosts.delete("n2");
  removeNeighbour(lab.host("n1"), "eth0", "192.168.1.12");
  expect(connect(lab, "a1", VIP, 80, seconds(20))).toBe("ETIMEDOUT 20.00");
  const icmp = lab.hops.filter((hop): hop is Tap => hop.kind === "tap" && hop.packet.transport.kind === "ICMP");
  expect(new Set(icmp.map(({ host, iface, packet }) => `${host}.${iface} ${packet.src} > ${packet.dst}`))).toEqual(
    new Set(["n1.lo 192.168.1.11 > 192.168.1.11"]),
  );
});

test("ARP is told as a step of the waiting packet and never as a tap", () => {
  const lab = labWithout("b1", "none");
  connect(lab, "a1");
  const asked = lab.hops.filter((hop): hop is Step => hop.kind === "step" && hop.frame !== undefined);
  expect(asked[0]?.did).toBe("Who has 10.244.1.3? cbr0 asks by ARP, question 1 of 3.");
  expect(asked[0]?.frame?.etherType).toBe("ARP");
});
