import { expect, test } from "vitest";
import { ip, mac } from "../../../src/network/address";
import { checkpointLinks, cutVeth, joinVeth, makeLinks, plugIn, receivers, unplug } from "../../../src/network/links";
import type { Frame } from "../../../src/network/packet";
import { BROADCAST_MAC } from "../../../src/network/packet";

function frameTo(dstMac: string): Frame {
  const sender = mac("02:00:00:00:00:01");
  const arp = { operation: "request", senderIp: ip("10.0.0.1"), senderMac: sender, targetIp: ip("10.0.0.2"), targetMac: sender } as const;
  return { srcMac: sender, dstMac: mac(dstMac), etherType: "ARP", arp };
}

const pod = { host: "pod", iface: "eth0" };
const port = { host: "node", iface: "veth1" };

test("a veth pair carries every frame to its other end, whatever its MAC, until it is cut", () => {
  const links = makeLinks();
  joinVeth(links, pod, port);
  expect(receivers(links, pod, frameTo("02:00:00:00:00:99"))).toEqual([port]);
  expect(receivers(links, port, frameTo(BROADCAST_MAC))).toEqual([pod]);
  cutVeth(links, port);
  expect(receivers(links, pod, frameTo(BROADCAST_MAC))).toEqual([]);
});

test("the segment delivers by MAC, floods broadcasts to all others, and loses frames to nobody", () => {
  const links = makeLinks();
  const [a, b, c] = ["a", "b", "c"].map((host) => ({ host, iface: "eth0" }));
  for (const [index, end] of [a, b, c].entries()) if (end !== undefined) plugIn(links, `02:00:00:00:00:0${index}`, end);
  const from = { host: "a", iface: "eth0" };
  expect(receivers(links, from, frameTo("02:00:00:00:00:02"))).toEqual([c]);
  expect(receivers(links, from, frameTo(BROADCAST_MAC))).toEqual([b, c]);
  unplug(links, "02:00:00:00:00:02");
  expect(receivers(links, from, frameTo("02:00:00:00:00:02"))).toEqual([]);
});

test("a checkpoint of links does not follow later changes", () => {
  const links = makeLinks();
  joinVeth(links, pod, port);
  const copy = checkpointLinks(links);
  cutVeth(links, pod);
  expect(receivers(copy, pod, frameTo(BROADCAST_MAC))).toEqual([port]);
});
