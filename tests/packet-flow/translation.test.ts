/** NAT as clients see it: replies come from where they asked, with bridge-nf and hairpin as they are set. */
import { assert, constantFrom, nat, property } from "fast-check";
import { expect, test } from "vitest";
import { millis } from "../../src/engine/time";
import { ip } from "../../src/network/address";
import type { Packet } from "../../src/network/packet";
import type { Step, Tap } from "../../src/node/kernel/hop";
import { showConntrack } from "../../src/node/kernel/conntrack/show";
import { connectTcp, listenSctp, listenTcp, openUdp, sendRaw, sendUdp } from "../../src/node/kernel/sockets";
import { Lab, THREE_NODES } from "../fixtures/kernel-lab";
import { stepsOf, tableOf } from "../fixtures/lab-tables";

const RUNS = Number(process.env.KUBEWALK_PROPERTY_RUNS ?? "50");
const PODS = ["a1", "b1", "a2", "b2", "a3", "b3"];

function withServers(settings: ConstructorParameters<typeof Lab>[1] = {}): Lab {
  const lab = new Lab(THREE_NODES, settings);
  for (const name of PODS) {
    const host = lab.host(name);
    listenTcp(host, { owner: `server ${name}`, port: 8080 });
    listenSctp(host, { owner: `server ${name}`, port: 8080 });
    const socket = openUdp(host, { owner: `echo ${name}`, port: 5353 }, lab.ctx);
    lab.programs.set(`echo ${name}`, (event) => {
      if (event.kind !== "datagram") return;
      sendUdp(host, socket, { to: event.from, port: event.fromPort, payload: event.payload, journey: event.journey }, lab.ctx);
    });
  }
  return lab;
}

function firstOutcome(lab: Lab): string {
  const event = lab.heard.find(({ owner }) => owner === "client")?.event;
  return event === undefined ? "nothing" : event.kind === "error" ? event.error : event.kind;
}

test("un-NAT undoes NAT: whoever asks whatever front, the answer comes from the address and port that were asked", () => {
  const from = constantFrom(...PODS, "n1", "n2", "n3", "ext");
  const front = constantFrom(
    { to: "10.96.0.20", port: 80, udp: false },
    { to: "10.96.0.10", port: 53, udp: true },
    { to: "192.168.1.11", port: 30080, udp: false },
    { to: "192.168.1.13", port: 30080, udp: false },
  );
  assert(
    property(from, front, nat(1_000_000), (name, { to, port, udp }, seed) => {
      if (name === "ext" && to.startsWith("10.")) return;
      const lab = withServers();
      lab.seed = seed;
      const host = lab.host(name);
      if (udp) {
        const socket = openUdp(host, { owner: "client", connected: { address: ip(to), port } }, lab.ctx);
        sendUdp(host, socket, { to: ip(to), port, payload: { kind: "data", length: 7 }, journey: "j" }, lab.ctx);
      } else connectTcp(host, { owner: "client", dst: ip(to), port, journey: "j" }, lab.ctx);
      lab.run(millis(500));
      expect(firstOutcome(lab)).toBe(udp ? "datagram" : "connected");
      expect(lab.notes.filter(({ kind }) => kind === "dropped")).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

test("hairpin off: the frame dies after cbr0 out, and the connection attempt hears nothing", () => {
  const lab = withServers({ hairpin: false });
  lab.choices = { endpoint: "10.244.1.2" };
  connectTcp(lab.host("a1"), { owner: "client", dst: ip("10.96.0.20"), port: 80, journey: "j" }, lab.ctx);
  lab.run(millis(900));
  const taps = lab.hops.filter((hop): hop is Tap => hop.kind === "tap").map(({ host, iface, way }) => `${host}.${iface} ${way}`);
  expect(taps).toEqual(["a1.eth0 out", "n1.p-a1 in", "n1.cbr0 out"]);
  expect(stepsOf(lab.hops)).toContain("The frame is dropped: hairpin mode of p-a1 is off.");
  expect(firstOutcome(lab)).toBe("nothing");
});

test("without bridge-nf hairpin works with the flag off: the packet is routed back, TTL 63", () => {
  const lab = withServers({ hairpin: false, bridgeNf: false });
  lab.choices = { endpoint: "10.244.1.2" };
  connectTcp(lab.host("a1"), { owner: "client", dst: ip("10.96.0.20"), port: 80, journey: "j" }, lab.ctx);
  lab.run(millis(900));
  expect(firstOutcome(lab)).toBe("connected");
  const last = lab.hops.find((hop): hop is Tap => hop.kind === "tap" && hop.host === "a1" && hop.way === "in");
  expect(last?.packet.ttl).toBe(63);
});

test("without bridge-nf a same-node reply is switched past conntrack, and the client resets it", () => {
  const lab = withServers({ bridgeNf: false });
  lab.choices = { endpoint: "10.244.1.3", srcPort: 40000 };
  connectTcp(lab.host("a1"), { owner: "client", dst: ip("10.96.0.20"), port: 80, journey: "j" }, lab.ctx);
  lab.run(millis(900));
  expect(tableOf(lab).split("\n").slice(4, 11)).toEqual([
    "|5|n1.p-b1|out|10.244.1.2:40000|10.244.1.3:8080|tcp S|n1.cbr0|b1.eth0|63|",
    "|6|b1.eth0|in|10.244.1.2:40000|10.244.1.3:8080|tcp S|n1.cbr0|b1.eth0|63|",
    "|7|b1.eth0|out|10.244.1.3:8080|10.244.1.2:40000|tcp SA|b1.eth0|a1.eth0|64|",
    "|8|n1.p-b1|in|10.244.1.3:8080|10.244.1.2:40000|tcp SA|b1.eth0|a1.eth0|64|",
    "|9|n1.p-a1|out|10.244.1.3:8080|10.244.1.2:40000|tcp SA|b1.eth0|a1.eth0|64|",
    "|10|a1.eth0|in|10.244.1.3:8080|10.244.1.2:40000|tcp SA|b1.eth0|a1.eth0|64|",
    "|11|a1.eth0|out|10.244.1.2:40000|10.244.1.3:8080|tcp R|a1.eth0|b1.eth0|64|",
  ]);
  expect(showConntrack(lab.host("n1"), lab.loop.now)[0]?.unreplied).toBe(true);
});

function wrongAddress(isConnected: boolean): string {
  const lab = withServers({ bridgeNf: false });
  lab.choices = { endpoint: "10.244.1.3" };
  const to = ip("10.96.0.10");
  const socket = openUdp(lab.host("a1"), { owner: "client", ...(isConnected ? { connected: { address: to, port: 53 } } : {}) }, lab.ctx);
  sendUdp(lab.host("a1"), socket, { to, port: 53, payload: { kind: "data", length: 7 }, journey: "j" }, lab.ctx);
  lab.run(millis(500));
  const hasError = lab.hops.some((hop) => hop.kind === "tap" && hop.packet.transport.kind === "ICMP");
  return `${firstOutcome(lab)}, ${hasError ? "3/3 sent" : "no ICMP"}`;
}

test("an unconnected UDP client takes an answer from the wrong address, a connected one answers it with 3/3", () => {
  expect([wrongAddress(false), wrongAddress(true)]).toEqual(["datagram, no ICMP", "nothing, 3/3 sent"]);
});

interface TtlCase {
  readonly path: string;
  readonly from: string;
  readonly src: string;
  readonly to: string;
  readonly port: number;
  readonly endpoint: string;
  readonly answers: readonly [string, string, string];
}

const A1 = { from: "a1", src: "10.244.1.2" } as const;
const TTL_CASES: readonly TtlCase[] = [
  {
    path: "same node, ClusterIP",
    ...A1,
    to: "10.96.0.10",
    port: 53,
    endpoint: "10.244.1.3",
    answers: ["delivered", "delivered", "delivered"],
  },
  {
    path: "other node, ClusterIP",
    ...A1,
    to: "10.96.0.10",
    port: 53,
    endpoint: "10.244.2.3",
    answers: ["11/0 from 10.96.0.10 ttl 64", "11/0 from 10.96.0.10 ttl 63", "delivered"],
  },
  {
    path: "other node, Pod address",
    ...A1,
    to: "10.244.2.3",
    port: 5353,
    endpoint: "",
    answers: ["11/0 from 10.244.1.1 ttl 64", "11/0 from 10.244.2.0 ttl 63", "delivered"],
  },
  {
    path: "external, node port, remote endpoint",
    from: "ext",
    src: "192.168.1.100",
    to: "192.168.1.11",
    port: 30053,
    endpoint: "10.244.2.3",
    answers: ["11/0 from 192.168.1.11 ttl 64", "11/0 from 192.168.1.11 ttl 63", "delivered"],
  },
];

test.each(TTL_CASES)("TTL 1, 2 and 3 on the way: $path", ({ from, src, to, port, endpoint, answers }) => {
  const seen = [1, 2, 3].map((ttl) => {
    const lab = withServers();
    if (endpoint !== "") lab.choices = { endpoint };
    const transport = { kind: "UDP", srcPort: 40000, dstPort: port, payload: { kind: "data", length: 7 } } as const;
    const packet: Packet = { src: ip(src), dst: ip(to), ttl, id: 1, dontFragment: false, transport, journey: "j" };
    openUdp(lab.host(from), { owner: "client", port: 40000 }, lab.ctx);
    sendRaw(lab.host(from), packet, lab.ctx);
    lab.run(millis(500));
    const error = lab.hops.find((hop): hop is Tap => hop.kind === "tap" && hop.host === from && hop.packet.transport.kind === "ICMP");
    const quoted = error?.packet.transport.kind === "ICMP" ? error.packet.transport.quoted : undefined;
    expect(quoted?.ttl ?? 1).toBe(1);
    if (error !== undefined) return `11/0 from ${error.packet.src} ttl ${error.packet.ttl}`;
    return firstOutcome(lab) === "datagram" ? "delivered" : "lost";
  });
  expect(seen).toEqual(answers);
});

test("a step names what it did in one sentence, with real addresses and rules", () => {
  const lab = withServers();
  lab.choices = { endpoint: "10.244.2.2", srcPort: 40007 };
  connectTcp(lab.host("a1"), { owner: "client", dst: ip("10.96.0.20"), port: 80, journey: "j" }, lab.ctx);
  lab.run(millis(1));
  const steps = lab.hops.filter((hop): hop is Step => hop.kind === "step");
  const told = stepsOf(steps.filter(({ host }) => host === "n1").slice(0, 6));
  expect(told).toContain("n1 prerouting: KUBE-SEP-web-10.244.2.2 rule 2 (DNAT) rewrites the destination 10.96.0.20:80 to 10.244.2.2:8080.");
  expect(told).toContain("n1 route: 10.244.2.0/24 goes by flannel.1, via 10.244.2.0. TTL 64 becomes 63.");
  const back = steps.findLast(({ host, hook, before }) => host === "n1" && hook === "POSTROUTING" && before.src === "10.244.2.2");
  expect(back?.did).toContain("no nat rule is asked");
  const caught = steps.find(({ hook, host }) => hook === "PREROUTING" && host === "n1");
  expect(caught?.rule).toBe("-A KUBE-SEP-web-10.244.2.2 -p tcp -j DNAT --to-destination 10.244.2.2:8080");
  expect(caught?.bridged).toBe(true);
});

test("SCTP through a ClusterIP is translated like the others, and its answer back", () => {
  const lab = new Lab(`${THREE_NODES}\n service sig sctp 10.96.0.40:2905 - -> 10.244.2.2:8080`);
  listenSctp(lab.host("a2"), { owner: "server", port: 8080 });
  const transport = { kind: "SCTP", srcPort: 40000, dstPort: 2905, payload: { kind: "none" } } as const;
  const packet: Packet = { src: ip("10.244.1.2"), dst: ip("10.96.0.40"), ttl: 64, id: 1, dontFragment: true, transport, journey: "j" };
  sendRaw(lab.host("a1"), packet, lab.ctx);
  lab.run(millis(500));
  const ends = tableOf(lab)
    .split("\n")
    .filter((line) => /^\|\d+\|a[12]\.eth0\|/.test(line));
  expect(ends.map((line) => line.split("|").slice(2, 6).join(" "))).toEqual([
    "a1.eth0 out 10.244.1.2:40000 10.96.0.40:2905",
    "a2.eth0 in 10.244.1.2:40000 10.244.2.2:8080",
    "a2.eth0 out 10.244.2.2:8080 10.244.1.2:40000",
    "a1.eth0 in 10.96.0.40:2905 10.244.1.2:40000",
  ]);
});
