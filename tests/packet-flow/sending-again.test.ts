/** What happens to a TCP segment that goes again, as seen on a real kernel (tests/kernel-lab) and found in its source. */
import { expect, test } from "vitest";
import { millis, seconds } from "../../src/engine/time";
import { ip } from "../../src/network/address";
import type { Tap } from "../../src/node/kernel/hop";
import { removeNeighbour } from "../../src/node/kernel/host";
import { connectTcp, listenTcp, sendTcp } from "../../src/node/kernel/sockets";
import { Lab, THREE_NODES } from "../fixtures/kernel-lab";

const VIP = ip("10.96.0.20");

function tapsOf(lab: Lab, place: string, way: "in" | "out"): readonly Tap[] {
  return lab.hops.filter((hop): hop is Tap => hop.kind === "tap" && `${hop.host}.${hop.iface}` === place && hop.way === way);
}

/** Outer source ports of the frames that leave a node, in order. */
function outerPorts(lab: Lab, node: string): readonly number[] {
  return tapsOf(lab, `${node}.eth0`, "out").map(({ outer }) =>
    outer?.packet.transport.kind === "UDP" ? outer.packet.transport.srcPort : 0,
  );
}

test("a node's own SYN that still waits for its neighbour is not sent again: one error comes, not three", () => {
  const lab = new Lab(THREE_NODES);
  lab.killPod("b1", "n1");
  lab.choices = { endpoint: "10.244.1.3" };
  removeNeighbour(lab.host("n1"), "cbr0", "10.244.1.3");
  connectTcp(lab.host("n1"), { owner: "client", dst: VIP, port: 80, journey: "j" }, lab.ctx);
  lab.run();
  expect(tapsOf(lab, "n1.lo", "in").map(({ packet }) => packet.src)).toEqual(["10.96.0.20"]);
  expect(lab.heard.map(({ at, event }) => [event.kind, (at / 1e6).toFixed(2)])).toEqual([["error", "3.06"]]);
});

test("a Pod's SYN waits on its node, not with the Pod: it goes again, and each one brings an error", () => {
  const lab = new Lab(THREE_NODES);
  lab.killPod("b1", "n1");
  lab.choices = { endpoint: "10.244.1.3" };
  removeNeighbour(lab.host("n1"), "cbr0", "10.244.1.3");
  connectTcp(lab.host("a1"), { owner: "client", dst: VIP, port: 80, journey: "j" }, lab.ctx);
  lab.run();
  expect(tapsOf(lab, "a1.eth0", "in")).toHaveLength(3);
});

test("a SYN that goes again after a timeout takes another outer port through the tunnel, and a conntrack entry of its own", () => {
  const lab = new Lab(THREE_NODES);
  lab.killPod("a2", "n2");
  lab.choices = { endpoint: "10.244.2.2" };
  removeNeighbour(lab.host("n2"), "cbr0", "10.244.2.2");
  connectTcp(lab.host("a1"), { owner: "client", dst: VIP, port: 80, journey: "j" }, lab.ctx);
  lab.run(seconds(2.5));
  const ports = outerPorts(lab, "n1");
  expect([ports.length, new Set(ports).size]).toEqual([3, 3]);
});

test("data that goes again takes another outer port too; all that goes once keeps the connection's", () => {
  const lab = new Lab(THREE_NODES);
  lab.choices = { endpoint: "10.244.2.2" };
  listenTcp(lab.host("a2"), { owner: "server", port: 8080 });
  const client = connectTcp(lab.host("a1"), { owner: "client", dst: VIP, port: 80, journey: "j" }, lab.ctx);
  lab.run(millis(50));
  lab.killPod("a2", "n2");
  sendTcp(lab.host("a1"), client, { kind: "data", length: 9 }, "j", lab.ctx);
  lab.run(millis(500));
  const [syn, ack, data, again, last] = outerPorts(lab, "n1");
  expect([ack === syn, data === syn, new Set([data, again, last]).size]).toEqual([true, true, 3]);
});
