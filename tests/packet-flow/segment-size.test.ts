/** The MSS that SYNs carry, as seen on a real kernel (tests/kernel-lab): of the route to where the program wants to go, before any NAT. */
import { expect, test } from "vitest";
import { millis } from "../../src/engine/time";
import { ip } from "../../src/network/address";
import type { Tap } from "../../src/node/kernel/hop";
import { connectTcp, listenTcp } from "../../src/node/kernel/sockets";
import { Lab, THREE_NODES } from "../fixtures/kernel-lab";

test.each([
  ["a Pod's interface leaves 1410", "a1", "10.96.0.20", 80, [1410, 1410]],
  ["a node's way to a ClusterIP is its NIC: 1460, whatever the tunnel takes later", "n1", "10.96.0.20", 80, [1460, 1410]],
  ["a node's own address is reached by loopback: 65495, even where NAT sends the packet out", "n1", "192.168.1.11", 30080, [65495, 1410]],
] as const)("%s", (_title, from, to, port, sizes) => {
  const lab = new Lab(THREE_NODES);
  lab.choices = { endpoint: "10.244.2.2" };
  listenTcp(lab.host("a2"), { owner: "server", port: 8080 });
  connectTcp(lab.host(from), { owner: "client", dst: ip(to), port, journey: "j" }, lab.ctx);
  lab.run(millis(50));
  const carried = lab.hops.filter((hop): hop is Tap => hop.kind === "tap" && `${hop.host}.${hop.iface}` === "a2.eth0");
  expect(carried.flatMap(({ packet }) => (packet.transport.kind === "TCP" ? (packet.transport.mss ?? []) : []))).toEqual(sizes);
});
