import { expect, test } from "vitest";
import { millis, seconds } from "../../../src/engine/time";
import { ip } from "../../../src/network/address";
import type { SocketEvent } from "../../../src/node/kernel/api";
import type { Tap } from "../../../src/node/kernel/hop";
import { deleteMatching, isVoidTimer } from "../../../src/node/kernel/host";
import { showConntrack } from "../../../src/node/kernel/conntrack/show";
import {
  abortTcp,
  closeListener,
  closeTcp,
  connectTcp,
  killSockets,
  listenTcp,
  openUdp,
  sendTcp,
  sendUdp,
} from "../../../src/node/kernel/sockets";
import { Lab, THREE_NODES } from "../../fixtures/kernel-lab";

const GET = { kind: "http", text: "GET / HTTP/1.1\r\n\r\n" } as const;

/** a1 connected to a2 through the ClusterIP; `client` and `server` are the two sockets. */
function connected(): { lab: Lab; client: number; server: number } {
  const lab = new Lab(THREE_NODES);
  lab.choices = { endpoint: "10.244.2.2" };
  listenTcp(lab.host("a2"), { owner: "server", port: 8080 });
  const client = connectTcp(lab.host("a1"), { owner: "client", dst: ip("10.96.0.20"), port: 80, journey: "j" }, lab.ctx);
  lab.run(millis(50));
  const accepted = lab.heard.find(({ event }) => event.kind === "accepted")?.event;
  return { lab, client, server: accepted?.socket ?? 0 };
}

function shown(event: SocketEvent): string {
  if (event.kind === "error") return event.error;
  return event.kind === "data" && event.payload.kind === "http" ? `data ${event.payload.text.split(" ")[0]}` : event.kind;
}

function said(lab: Lab): readonly string[] {
  return lab.heard.map(({ owner, event }) => `${owner} ${shown(event)}`);
}

function flags(lab: Lab): string {
  const taps = lab.hops.filter((hop): hop is Tap => hop.kind === "tap" && hop.role === "pod-eth0" && hop.way === "out");
  return taps.map(({ host, packet }) => `${host} ${packet.transport.kind === "TCP" ? packet.transport.flags : "?"}`).join(", ");
}

function stateOnNode(lab: Lab, node = "n1"): string {
  const entry = showConntrack(lab.host(node), lab.loop.now).find(({ protocol }) => protocol === "tcp");
  return entry === undefined ? "none" : `${entry.state} ${entry.timeout}${entry.assured ? " assured" : ""}`;
}

test("a request and its answer, then both sides close: every segment is acknowledged, nothing is left", () => {
  const { lab, client, server } = connected();
  sendTcp(lab.host("a1"), client, GET, "j", lab.ctx);
  lab.run(millis(60));
  sendTcp(lab.host("a2"), server, { kind: "http", text: "HTTP/1.1 200 OK\r\n\r\n" }, "j", lab.ctx);
  lab.run(millis(70));
  expect(stateOnNode(lab)).toBe("ESTABLISHED 431999 assured");
  closeTcp(lab.host("a1"), client, "j", lab.ctx);
  lab.run(millis(80));
  expect(stateOnNode(lab)).toBe("CLOSE_WAIT 59 assured");
  closeTcp(lab.host("a2"), server, "j", lab.ctx);
  lab.run(seconds(1));
  expect(said(lab)).toEqual([
    "client connected",
    "server accepted",
    "server data GET",
    "client data HTTP/1.1",
    "server eof",
    "client closed",
    "server closed",
  ]);
  expect(flags(lab)).toBe("a1 S, a2 SA, a1 A, a1 PA, a2 A, a2 PA, a1 A, a1 FA, a2 A, a2 FA, a1 A");
  expect(lab.host("a1").sockets.tcp.size + lab.host("a2").sockets.tcp.size).toBe(0);
  expect(stateOnNode(lab)).toMatch(/^TIME_WAIT 119/);
});

test("a RST ends a connection at once, and its entry lives 10 s more", () => {
  const { lab, server } = connected();
  abortTcp(lab.host("a2"), server, lab.ctx);
  lab.run(millis(100));
  expect(said(lab).at(-1)).toBe("client ECONNRESET");
  expect(stateOnNode(lab)).toBe("CLOSE 9 assured");
});

test("data that nobody acknowledges goes again at 0.2, 0.4, 0.8, 1.6 s and lowers the entry to 300 s", () => {
  const { lab, client } = connected();
  lab.killPod("a2", "n2");
  const start = lab.loop.now;
  sendTcp(lab.host("a1"), client, GET, "j", lab.ctx);
  lab.run(seconds(2));
  const sent = lab.hops.filter((hop) => hop.kind === "tap" && hop.host === "a1" && hop.way === "out" && hop.at >= start);
  expect(sent.map(({ at }) => Math.round((at - start) / 100_000) / 10)).toEqual([0, 0.2, 0.4, 0.8, 1.6]);
  expect(stateOnNode(lab)).toMatch(/^ESTABLISHED 299 assured/);
});

/** Whether a1's data timer will have nothing to do, 150 ms after it has sent. */
function clockIsVoid(serverIsGone: boolean): boolean | undefined {
  const { lab, client } = connected();
  if (serverIsGone) lab.killPod("a2", "n2");
  sendTcp(lab.host("a1"), client, GET, "j", lab.ctx);
  lab.run(millis(150));
  const waiting = lab.loop.ordered().map(({ payload }) => payload);
  const [timer] = waiting.flatMap((payload) => (payload.kind === "timer" && payload.host === "a1" ? [payload.timer] : []));
  return timer === undefined ? undefined : isVoidTimer(lab.host("a1"), timer);
}

test("the clock of acknowledged data runs out with nothing to do, that of lost data does not", () => {
  expect([clockIsVoid(false), clockIsVoid(true)]).toEqual([true, false]);
});

test("a sender without answers gives up after fifteen times, with the ICMP error that it remembered", () => {
  const { lab, client } = connected();
  lab.killPod("a2", "n2");
  sendTcp(lab.host("a1"), client, GET, "j", lab.ctx);
  lab.run(seconds(2000));
  expect(said(lab).at(-1)).toBe("client EHOSTUNREACH");
});

test("conntrack -D under a live connection: another endpoint answers the stray segment with RST", () => {
  const { lab, client } = connected();
  expect(deleteMatching(lab.host("n1").conntrack, { protocol: "tcp", originalDestination: "10.96.0.20" })).toBe(1);
  lab.choices = { endpoint: "10.244.1.3" };
  sendTcp(lab.host("a1"), client, GET, "j", lab.ctx);
  lab.run(millis(100));
  expect(said(lab).at(-1)).toBe("client ECONNRESET");
});

test("conntrack -D under a live connection: the same endpoint drawn again goes on, picked up mid-stream", () => {
  const { lab, client } = connected();
  deleteMatching(lab.host("n1").conntrack, { protocol: "tcp" });
  sendTcp(lab.host("a1"), client, GET, "j", lab.ctx);
  lab.run(millis(100));
  expect(said(lab).at(-1)).toBe("server data GET");
  expect(stateOnNode(lab)).toBe("ESTABLISHED 431999");
  sendTcp(lab.host("a1"), client, GET, "j", lab.ctx);
  lab.run(millis(150));
  expect(stateOnNode(lab)).toBe("ESTABLISHED 431999 assured");
});

test("a killed process leaves no listener and resets its connections", () => {
  const { lab } = connected();
  killSockets(lab.host("a2"), "server", lab.ctx);
  lab.run(millis(100));
  expect(said(lab).at(-1)).toBe("client ECONNRESET");
  connectTcp(lab.host("a1"), { owner: "second", dst: ip("10.96.0.20"), port: 80, journey: "k" }, lab.ctx);
  lab.run(millis(200));
  expect(said(lab).at(-1)).toBe("second ECONNREFUSED");
});

test("a closed listener keeps the connections that it accepted", () => {
  const { lab, client } = connected();
  for (const { id } of lab.host("a2").sockets.listeners.values()) closeListener(lab.host("a2"), id);
  sendTcp(lab.host("a1"), client, GET, "j", lab.ctx);
  lab.run(millis(100));
  expect(said(lab).at(-1)).toBe("server data GET");
});

test("what a host sends to itself goes by the loopback and comes to the other socket", () => {
  const lab = new Lab(THREE_NODES);
  listenTcp(lab.host("a1"), { owner: "server", port: 8080 });
  connectTcp(lab.host("a1"), { owner: "client", dst: ip("10.244.1.2"), port: 8080, journey: "j" }, lab.ctx);
  lab.run(millis(100));
  expect(said(lab).toSorted()).toEqual(["client connected", "server accepted"]);
  expect(new Set(lab.hops.map((hop) => (hop.kind === "tap" ? hop.iface : "")))).toEqual(new Set(["lo", ""]));
});

test("a node's UDP to a Service without endpoints: sending fails with EPERM, and the socket hears ECONNREFUSED", () => {
  const lab = new Lab(THREE_NODES.replace("service noep tcp", "service noep udp"));
  const to = { address: ip("10.96.0.30"), port: 80 };
  const socket = openUdp(lab.host("n1"), { owner: "client", connected: to }, lab.ctx);
  sendUdp(lab.host("n1"), socket, { to: to.address, port: to.port, payload: { kind: "data", length: 5 }, journey: "j" }, lab.ctx);
  lab.run(millis(100));
  expect(said(lab).toSorted()).toEqual(["client ECONNREFUSED", "client EPERM"]);
});

test("a host without a route says ENETUNREACH", () => {
  const lab = new Lab("node n1 192.168.1.11 10.244.1.0/24");
  connectTcp(lab.host("n1"), { owner: "client", dst: ip("8.8.8.8"), port: 53, journey: "j" }, lab.ctx);
  lab.run();
  expect(said(lab)).toEqual(["client ENETUNREACH"]);
});
