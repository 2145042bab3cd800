/** Names and hardware addresses of links, drawn from the run's seed. */
import type { Seed } from "../../base/draw";
import { draw } from "../../base/draw";
import type { MacAddress } from "../../network/address";
import { mac } from "../../network/address";

/** Host end of a Pod's veth pair: `veth` and eight hexadecimal digits. Source: containernetworking/plugins pkg/ip/link_linux.go. */
export function vethName(seed: Seed, podUid: string): string {
  return `veth${hex(draw(seed, "cni", `veth ${podUid}`, 0), 8)}`;
}

/** A locally administered unicast address for `what` (`node-a eth0`, `pod UID`). Source: IEEE 802, second bit of the first byte. */
export function macOf(seed: Seed, what: string): MacAddress {
  const high = draw(seed, "mac", what, 0);
  const low = draw(seed, "mac", what, 1);
  const first = ((high >>> 24) & 0xfc) | 0x02;
  const digits = hex(first, 2) + hex(high & 0xff_ffff, 6) + hex(low & 0xffff, 4);
  return mac(digits.replace(/(..)(?=.)/g, "$1:"));
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
