import { expect, test } from "vitest";
import { Fingerprint } from "../../../src/base/hash";
import { millis } from "../../../src/engine/time";
import { ip, mac } from "../../../src/network/address";
import type { Host } from "../../../src/node/kernel/host";
import { addInterface, addRoute, checkpointHost, hashHost, ownsAddress, removeInterface, restoreHost } from "../../../src/node/kernel/host";
import { bridgeFdb, ipAddr, ipNeigh, ipRoute } from "../../../src/node/kernel/routing/show";
import { lookupRoute, sourceFor } from "../../../src/node/kernel/routing/routes";
import { connectTcp, listenTcp } from "../../../src/node/kernel/sockets";
import { Lab } from "../../fixtures/kernel-lab";

const TWO_NODES = `
  node n1 192.168.1.11 10.244.1.0/24
  node n2 192.168.1.12 10.244.2.0/24
  pod a1 n1 10.244.1.2
  pod a2 n2 10.244.2.2
  machine gw 192.168.1.1
  service web tcp 10.96.0.20:80 - -> 10.244.2.2:8080
`;

function hashOf(host: Host): string {
  const into = new Fingerprint();
  hashHost(host, into);
  return into.hex();
}

test("a node's routes print as ip route prints them", () => {
  expect(ipRoute(new Lab(TWO_NODES).host("n1"))).toBe(
    "default via 192.168.1.1 dev eth0 \n" +
      "10.244.1.0/24 dev cbr0 proto kernel scope link src 10.244.1.1 \n" +
      "10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink \n" +
      "192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1.11 \n",
  );
});

test("neighbours, forwarding entries and addresses print as ip and bridge print them", () => {
  const lab = new Lab(TWO_NODES);
  const host = lab.host("n1");
  const mac = (label: string): string => lab.macOf(label);
  expect(ipNeigh(host, lab.loop.now)).toBe(
    `10.244.1.2 dev cbr0 lladdr ${mac("a1.eth0")} STALE \n` +
      `192.168.1.12 dev eth0 lladdr ${mac("n2.eth0")} REACHABLE \n` +
      `10.244.2.0 dev flannel.1 lladdr ${mac("n2.flannel.1")} PERMANENT \n` +
      `192.168.1.1 dev eth0 lladdr ${mac("gw.eth0")} REACHABLE \n`,
  );
  expect(bridgeFdb(host)).toBe(
    `${mac("a1.eth0")} dev p-a1 master cbr0 \n${mac("n2.flannel.1")} dev flannel.1 dst 192.168.1.12 self permanent \n`,
  );
  expect(ipAddr(lab.host("a1"))).toBe(
    "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default\n" +
      "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n" +
      "    inet 127.0.0.1/8 scope host lo\n" +
      "       valid_lft forever preferred_lft forever\n" +
      "2: eth0@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP group default\n" +
      `    link/ether ${mac("a1.eth0")} brd ff:ff:ff:ff:ff:ff\n` +
      "    inet 10.244.1.2/24 scope global eth0\n" +
      "       valid_lft forever preferred_lft forever\n",
  );
});

test("the longest prefix wins, and the source is the primary address of the device unless the route names one", () => {
  const host = new Lab(TWO_NODES).host("n1");
  const device = (address: string): string | undefined => lookupRoute(host, address)?.device;
  expect(["10.244.1.9", "10.244.2.2", "10.96.0.20", "192.168.1.77"].map(device)).toEqual(["cbr0", "flannel.1", "eth0", "eth0"]);
  addRoute(host, { to: "10.244.2.7", device: "cbr0" });
  expect(device("10.244.2.7")).toBe("cbr0");
  expect(["10.244.1.9", "10.244.2.2", "10.96.0.20", "10.244.1.1"].map((to) => sourceFor(host, ip(to)))).toEqual([
    "10.244.1.1",
    "10.244.1.0",
    "192.168.1.11",
    "10.244.1.1",
  ]);
});

test("an interface takes its addresses, routes and forwarding entries with it; the bridge's neighbour stays", () => {
  const lab = new Lab(TWO_NODES);
  const host = lab.host("n1");
  removeInterface(host, "p-a1");
  expect(bridgeFdb(host)).not.toContain("p-a1");
  expect(ipNeigh(host, lab.loop.now)).toContain("10.244.1.2 dev cbr0");
  removeInterface(host, "flannel.1");
  expect(ipRoute(host)).not.toContain("flannel.1");
  expect(ownsAddress(host, "10.244.1.0")).toBe(false);
});

test("an address that two interfaces hold stays the host's own until both are gone", () => {
  const host = new Lab(TWO_NODES).host("n1");
  const address = "10.96.0.10";
  for (const name of ["one", "two"])
    addInterface(host, { name, role: "dummy", mac: mac("02:00:00:00:00:01"), mtu: 1500, addresses: [`${address}/32`] });
  removeInterface(host, "two");
  expect(ownsAddress(host, address)).toBe(true);
  removeInterface(host, "one");
  expect(ownsAddress(host, address)).toBe(false);
});

test("a host restored from a checkpoint goes on as the first time, event by event", () => {
  const lab = new Lab(TWO_NODES);
  listenTcp(lab.host("a2"), { owner: "server", port: 8080 });
  const before = [...lab.hosts.values()].map((host) => ({ host, hash: hashOf(host), copy: checkpointHost(host) }));
  const loop = lab.loop.checkpoint();
  const play = (): readonly string[] => {
    connectTcp(lab.host("a1"), { owner: "client", dst: ip("10.96.0.20"), port: 80, journey: "j" }, lab.ctx);
    lab.run(millis(100));
    return [...lab.hosts.values()].map(hashOf);
  };
  lab.choices = { srcPort: 40000 };
  const draws = lab.checkpointDraws();
  const first = play();
  expect(first).not.toEqual(before.map(({ hash }) => hash));
  for (const { host, copy } of before) restoreHost(host, copy);
  lab.loop.restore(loop);
  lab.restoreDraws(draws);
  expect([...lab.hosts.values()].map(hashOf)).toEqual(before.map(({ hash }) => hash));
  expect(play()).toEqual(first);
});

function endState(recording: boolean): readonly string[] {
  const lab = new Lab(TWO_NODES);
  lab.recording = recording;
  listenTcp(lab.host("a2"), { owner: "server", port: 8080 });
  connectTcp(lab.host("a1"), { owner: "client", dst: ip("10.96.0.20"), port: 80, journey: "j" }, lab.ctx);
  lab.run(millis(100));
  expect(lab.hops.length > 0).toBe(recording);
  return [...lab.hosts.values()].map(hashOf);
}

test("recording changes nothing: the same state with hops and without", () => {
  expect(endState(false)).toEqual(endState(true));
});
