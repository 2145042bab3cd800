/** Zones as a Corefile writes them: a domain, `domain:port`, or a CIDR that stands for reverse zones (plugin.Host.NormalizeExact). */
import { ipv6Groups } from "../message/ipv6";
import { absolute, parseName } from "../message/name";
import { ipv4Number } from "../../network/address";

/** The zones that a word names, absolute and in lower case; undefined where it names none. */
export function normaliseZone(text: string): readonly string[] | undefined {
  const bare = text.replace(/^dns:\/\//, "").replace(/,$/, "");
  const [, address, length] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(bare) ?? [];
  if (address !== undefined && length !== undefined) return reverseZones(address, Number(length));
  const name = parseName(bare.replace(/:\d+$/, "") || ".");
  return name.ok ? [absolute(name.value.toLowerCase())] : undefined;
}

/** A prefix that ends inside a label becomes one zone for each value the label can have. */
function reverseZones(address: string, length: number): readonly string[] | undefined {
  const value = ipv4Number(address);
  if (!Number.isNaN(value)) {
    const bytes = [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
    return length <= 32 ? zonesOf(bytes, 8, length, 10, "in-addr.arpa.") : undefined;
  }
  const groups = ipv6Groups(address);
  if (groups === undefined || length > 128) return undefined;
  return zonesOf(
    groups.flatMap((group) => [12, 8, 4, 0].map((shift) => (group >>> shift) & 15)),
    4,
    length,
    16,
    "ip6.arpa.",
  );
}

function zonesOf(units: readonly number[], width: number, length: number, radix: number, suffix: string): readonly string[] {
  const whole = Math.trunc(length / width);
  const over = length % width;
  const labels = units
    .slice(0, whole)
    .map((unit) => unit.toString(radix))
    .toReversed();
  if (over === 0) return [[...labels, suffix].join(".")];
  const count = 1 << (width - over);
  const first = (units[whole] ?? 0) & ~(count - 1);
  return Array.from({ length: count }, (_, index) => [(first + index).toString(radix), ...labels, suffix].join("."));
}
