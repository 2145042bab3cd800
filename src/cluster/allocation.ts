/**
 * Which address a Service gets. A range larger than sixteen addresses has two bands:
 *
 *   10.96.0.0/12   .0 network │ 10.96.0.1 … 10.96.1.0 static │ 10.96.1.1 … 10.111.255.254 dynamic │ broadcast
 *
 * Who asks for nothing gets one from the dynamic band: a drawn start, then the next free one, round the band; the
 * static band only when the dynamic one is full. Who asks for an address may ask for any of the range.
 * Source: pkg/registry/core/service/ipallocator (cidrallocator.go, ipallocator.go), KEP-1880, KEP-3070.
 * Left out: IPv6 ranges (a requested IPv6 address is only checked for being free).
 */
import { below } from "../base/draw";
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import type { IpText, Ipv4Range } from "./ip-text";
import { isIpv6, parseIpv4, parseIpv4Range, rangeSize, showIpv4 } from "./ip-text";

/** What an allocation looks at. */
export interface Allocation {
  /** ServiceCIDRs in the order in which they are tried. */
  readonly serviceCIDRs: readonly string[];
  /** Whether some Service holds the address. */
  readonly taken: (address: IpText) => boolean;
}

/** The two bands of a range, as address numbers, both ends included. A band without addresses has first > last. */
export function bandsOf({ base, prefix }: Ipv4Range): Readonly<Record<"lower" | "upper", { first: number; last: number }>> {
  const size = rangeSize(prefix);
  const offset = size <= 16 ? 0 : Math.min(Math.max(16, size / 16), 256);
  const first = base + 1;
  const last = base + size - 2;
  return { lower: { first, last: first + offset - 1 }, upper: { first: first + offset, last } };
}

/**
 * A free address, from the upper band of the first range that has one. `draw(n)` gives the n-th 32-bit draw of this
 * allocation. Fails with `range is full`.
 */
export function allocateClusterIP({ serviceCIDRs, taken, draw }: Allocation & { readonly draw: (n: number) => number }): Result<IpText> {
  let drawn = 0;
  for (const range of ranges(serviceCIDRs)) {
    const { lower, upper } = bandsOf(range);
    for (const { first, last } of [upper, lower]) {
      const size = last - first + 1;
      if (size <= 0) continue;
      const free = scan({ first, size, start: below(draw(drawn), size), taken });
      if (free !== undefined) return ok(free);
      drawn += 1;
    }
  }
  return failAt("range is full");
}

interface Scan {
  readonly first: number;
  readonly size: number;
  readonly start: number;
  readonly taken: Allocation["taken"];
}

function scan({ first, size, start, taken }: Scan): IpText | undefined {
  for (let step = 0; step < size; step += 1) {
    const address = showIpv4(first + ((start + step) % size));
    if (!taken(address)) return address;
  }
  return undefined;
}

function ranges(serviceCIDRs: readonly string[]): readonly Ipv4Range[] {
  return serviceCIDRs.flatMap((text) => parseIpv4Range(text) ?? []);
}

/** Whether an address that was asked for may be had: in a range (neither its network nor its broadcast address), and free. */
export function checkRequested(address: IpText, { serviceCIDRs, taken }: Allocation): Result<IpText> {
  if (!isAllocatable(address, serviceCIDRs)) return failAt("the provided network does not match the current range");
  return taken(address) ? failAt("provided IP is already allocated") : ok(address);
}

function isAllocatable(address: IpText, serviceCIDRs: readonly string[]): boolean {
  if (isIpv6(address)) return true;
  const value = parseIpv4(address);
  if (value === undefined) return false;
  return ranges(serviceCIDRs).some((range) => value > range.base && value < range.base + rangeSize(range.prefix) - 1);
}
