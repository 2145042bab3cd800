/** Echo and its answer, as seen on a real kernel (tests/kernel-lab). */
import { expect, test } from "vitest";
import { millis } from "../../src/engine/time";
import { ip } from "../../src/network/address";
import type { Packet } from "../../src/network/packet";
import type { Tap } from "../../src/node/kernel/hop";
import { sendRaw } from "../../src/node/kernel/sockets";
import { Lab, THREE_NODES } from "../fixtures/kernel-lab";

test("an echo request is answered from where it went, with a fresh TTL and without don't-fragment (icmp_reply: IP_PMTUDISC_DONT)", () => {
  const lab = new Lab(THREE_NODES);
  const transport = { kind: "ICMP", type: 8, code: 0, id: 7, sequence: 1 } as const;
  const request: Packet = { src: ip("10.244.1.2"), dst: ip("10.244.2.2"), ttl: 64, id: 1, dontFragment: true, transport, journey: "j" };
  sendRaw(lab.host("a1"), request, lab.ctx);
  lab.run(millis(10));
  const answer = lab.hops.findLast((hop): hop is Tap => hop.kind === "tap" && hop.host === "a1" && hop.way === "in")?.packet;
  expect([answer?.src, answer?.ttl, answer?.dontFragment, answer?.transport]).toEqual(["10.244.2.2", 62, false, { ...transport, type: 0 }]);
});
