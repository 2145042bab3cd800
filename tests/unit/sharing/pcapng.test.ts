/** Our capture files, read back by a reader of its own. */
import { expect, test } from "vitest";
import { interfaceCount, makePcapng } from "../../../src/sharing/pcapng";
import { readCapture } from "../../fixtures/pcapng-reader";
import { capture } from "../../fixtures/view/capture";

const file = makePcapng(capture, { scenario: "Two apps", seed: 7 });

test("the file says what it shows, from what it was made, and how Wireshark reads its tunnels", () => {
  const { comment, application } = readCapture(file);
  expect([application, ...comment.split("\n")]).toEqual([
    "Kubewalk",
    "Request 7, curl your-app-svc from shop/my-app-x2p4k: It was answered.",
    "Scenario Two apps, seed 7, version 2 of the model.",
    "In Wireshark, decode UDP 8472 as VXLAN (Analyze, Decode As; or tshark -d udp.port==8472,vxlan).",
    "Simulated: 2026-01-01T00:00:00.000Z is cluster time 0.",
    expect.stringContaining("once for each interface"),
  ]);
});

test("each interface is described once, by its host, where two have the same name too", () => {
  expect(readCapture(file).interfaces).toEqual([
    "eth0 | Pod shop/my-app-x2p4k: the Pod's end of its veth pair",
    "eth0 | node-a: on the node network",
  ]);
  expect(interfaceCount(capture)).toBe(2);
});

test("each frame comes back with its bytes, moment, direction and comment, whatever its length", () => {
  const { frames } = readCapture(file);
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  expect(frames.map((one) => [one.interface.split(" | ")[1]?.split(":")[0], one.at - 1_767_225_600_000_000, one.direction])).toEqual([
    ["Pod shop/my-app-x2p4k", 4_310_000, "out"],
    ["node-a", 4_310_005, "in"],
    ["Pod shop/my-app-x2p4k", 4_310_009, "in"],
  ]);
  expect(frames.map(({ bytes }) => hex(bytes))).toEqual(capture.frames.map(({ bytes }) => bytes));
  expect(frames.map(({ bytes }) => bytes.length % 4)).toEqual([1, 1, 2]);
  expect(frames[1]?.comment).toBe("SYN to your-app-svc → 10.244.2.3.\nJust before, on node-a: a rule rewrites the destination.");
});

test("a journey without frames is a file with its section alone", () => {
  expect(readCapture(makePcapng({ ...capture, frames: [] }, { scenario: "x", seed: 1 }))).toMatchObject({ interfaces: [], frames: [] });
});
