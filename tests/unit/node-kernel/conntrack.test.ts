import { expect, test } from "vitest";
import { millis, seconds, simTime } from "../../../src/engine/time";
import { ip } from "../../../src/network/address";
import { conntrackText, showConntrack } from "../../../src/node/kernel/conntrack/show";
import { findEntry, insertEntry, makeConntrackTable } from "../../../src/node/kernel/conntrack/table";
import { transition } from "../../../src/node/kernel/conntrack/tcp-states";
import { invert, makeTuple } from "../../../src/node/kernel/conntrack/tuple";
import { connectTcp, openUdp, sendRaw, sendUdp } from "../../../src/node/kernel/sockets";
import { Lab, THREE_NODES } from "../../fixtures/kernel-lab";

/** The states that segments lead through, from an open SYN. */
function walk(steps: readonly (readonly ["original" | "reply", Parameters<typeof transition>[1]])[]): string {
  let state: Parameters<typeof transition>[2] = "SYN_SENT";
  const seen: string[] = [];
  for (const [direction, flags] of steps) {
    const next = transition(direction, flags, state);
    if (next !== "IGNORE" && next !== "INVALID") state = next;
    seen.push(next);
  }
  return seen.join(" ");
}

test("TCP as conntrack follows it: handshake, close and what it ignores", () => {
  expect(
    walk([
      ["reply", "SA"],
      ["original", "A"],
      ["original", "PA"],
      ["reply", "A"],
    ]),
  ).toBe("SYN_RECV ESTABLISHED ESTABLISHED ESTABLISHED");
  expect(
    walk([
      ["reply", "SA"],
      ["original", "A"],
      ["original", "FA"],
      ["reply", "A"],
      ["reply", "FA"],
      ["original", "A"],
    ]),
  ).toBe("SYN_RECV ESTABLISHED FIN_WAIT CLOSE_WAIT LAST_ACK TIME_WAIT");
  expect(
    walk([
      ["original", "S"],
      ["original", "A"],
      ["reply", "RA"],
    ]),
  ).toBe("SYN_SENT INVALID CLOSE");
});

/** n1's entry of a UDP client that sends at the given seconds; the server answers or not. */
function udpTimers(sendAt: readonly number[], answers: boolean, lookAt: readonly number[]): readonly string[] {
  const lab = new Lab(THREE_NODES);
  lab.choices = { endpoint: "10.244.2.3" };
  const server = lab.host("b2");
  const echo = openUdp(server, { owner: "echo", port: 5353 }, lab.ctx);
  lab.programs.set("echo", (event) => {
    if (event.kind !== "datagram" || !answers) return;
    sendUdp(server, echo, { to: event.from, port: event.fromPort, payload: event.payload, journey: "j" }, lab.ctx);
  });
  const client = lab.host("a1");
  const socket = openUdp(client, { owner: "client" }, lab.ctx);
  for (const moment of sendAt) {
    lab.at(seconds(moment), () =>
      sendUdp(client, socket, { to: ip("10.96.0.10"), port: 53, payload: { kind: "data", length: 9 }, journey: "j" }, lab.ctx),
    );
  }
  const seen: string[] = [];
  for (const moment of lookAt) {
    lab.at(seconds(moment), () => {
      const entry = showConntrack(lab.host("n1"), lab.loop.now).find(({ original }) => original.dst === "10.96.0.10");
      seen.push(entry === undefined ? "none" : `${entry.timeout}${entry.unreplied ? " unreplied" : ""}${entry.assured ? " assured" : ""}`);
    });
  }
  lab.run(seconds(300));
  return seen;
}

test("a UDP flow lives 30 s unreplied, and each packet of the client starts that anew", () => {
  expect(udpTimers([0, 20, 40], false, [0.1, 19, 41, 71])).toEqual(["29 unreplied", "11 unreplied", "29 unreplied", "none"]);
});

test("a replied UDP flow lives 30 s in its first two seconds, then 120 s and is assured", () => {
  expect(udpTimers([0, 1, 3], true, [0.1, 1.1, 3.1, 100, 124])).toEqual(["29", "29", "119 assured", "23 assured", "none"]);
});

test("an echo through a masquerading node comes back to its sender", () => {
  const lab = new Lab(THREE_NODES);
  const transport = { kind: "ICMP", type: 8, code: 0, id: 7, sequence: 1 } as const;
  const packet = { src: ip("10.244.1.2"), dst: ip("192.168.1.100"), ttl: 64, id: 1, dontFragment: false, transport, journey: "j" } as const;
  lab.choices = { snatPort: 999 };
  sendRaw(lab.host("a1"), packet, lab.ctx);
  lab.run(millis(100));
  const arrived = lab.notes.filter((note) => note.kind === "delivered" && note.host === "a1");
  expect(arrived.length).toBe(1);
  expect(conntrackText(showConntrack(lab.host("n1"), lab.loop.now))).toBe(
    "icmp     1 29 src=10.244.1.2 dst=192.168.1.100 type=8 code=0 id=7 src=192.168.1.100 dst=192.168.1.11 type=0 code=0 id=999 mark=0 use=1\n",
  );
});

test("a connection is printed as conntrack -L prints it", () => {
  const lab = new Lab(THREE_NODES);
  lab.choices = { endpoint: "10.244.2.2", srcPort: 40000, snatPort: 46127 };
  lab.hosts.delete("a2");
  connectTcp(lab.host("n1"), { owner: "client", dst: ip("10.96.0.20"), port: 80, journey: "j" }, lab.ctx);
  lab.run(millis(100));
  const tcp = showConntrack(lab.host("n1"), lab.loop.now).filter(({ protocol }) => protocol === "tcp");
  expect(conntrackText(tcp)).toBe(
    "tcp      6 119 SYN_SENT src=192.168.1.11 dst=10.96.0.20 sport=40000 dport=80 [UNREPLIED] src=10.244.2.2 dst=10.244.1.0 sport=8080 dport=46127 mark=0 use=1\n",
  );
});

test("each direction of a tunnelled connection has an outer entry of its own on each node, unreplied", () => {
  const lab = new Lab(THREE_NODES);
  lab.choices = { endpoint: "10.244.2.2" };
  connectTcp(lab.host("a1"), { owner: "client", dst: ip("10.96.0.20"), port: 80, journey: "j" }, lab.ctx);
  lab.run(millis(100));
  for (const node of ["n1", "n2"]) {
    const outer = showConntrack(lab.host(node), lab.loop.now).filter(({ original }) => original.dstPort === 8472);
    expect(outer.map(({ unreplied }) => unreplied)).toEqual([true, true]);
    expect(new Set(outer.map(({ original }) => original.srcPort)).size).toBe(2);
  }
});

test("the table forgets expired entries when it has doubled, and finds the living ones by both tuples", () => {
  const table = makeConntrackTable();
  for (let port = 0; port < 3000; port += 1) {
    const original = makeTuple({ protocol: "udp", src: ip("10.0.0.1"), dst: ip("10.0.0.2"), srcPort: port, dstPort: 53, icmpType: 0 });
    const created = simTime(port * 1000);
    const entry = {
      id: 0,
      original,
      reply: invert(original),
      sourceNat: false,
      destinationNat: false,
      created,
      expires: simTime(created + 500_000),
      seenReply: false,
      assured: false,
      tcp: null,
      vxlanPorts: { original: 0, reply: 0 },
    };
    insertEntry(table, entry, created);
  }
  expect(table.entries.size).toBeLessThan(1600);
  const last = makeTuple({ protocol: "udp", src: ip("10.0.0.2"), dst: ip("10.0.0.1"), srcPort: 53, dstPort: 2999, icmpType: 0 });
  expect(findEntry(table, last.key, simTime(3_000_000))?.direction).toBe("reply");
  expect(findEntry(table, last.key, simTime(4_000_000))).toBeUndefined();
});
