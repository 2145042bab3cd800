/**
 * Which node port a Service port gets, from 30000 to 32767. The range has two bands, as addresses have:
 *
 *   30000 … 30085 static │ 30086 … 32767 dynamic
 *
 * Who asks for nothing gets one from the dynamic band: a drawn start, then the next free one, round the band; the static
 * band only when the dynamic one is full. Who asks for a port may ask for any of the range.
 * Source: pkg/registry/core/service/portallocator/allocator.go (calculateRangeOffset), KEP-3668.
 */
import { below } from "../base/draw";
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";

/** First and last port, both included. */
export interface PortBand {
  readonly first: number;
  readonly last: number;
}

/** kubeadm's `--service-node-port-range`. */
export const NODE_PORT_RANGE: PortBand = { first: 30_000, last: 32_767 };

/** What an allocation looks at. */
export interface PortAllocation {
  readonly range?: PortBand;
  /** Whether some Service holds the port. */
  readonly taken: (port: number) => boolean;
}

/** The two bands of a range. A band without ports has first > last. */
export function portBandsOf({ first, last }: PortBand): Readonly<Record<"lower" | "upper", PortBand>> {
  const size = last - first + 1;
  const offset = size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 32)), 128);
  return { lower: { first, last: first + offset - 1 }, upper: { first: first + offset, last } };
}

/** A free port. `draw(n)` gives the n-th 32-bit draw of this allocation. Fails with `range is full`. */
export function allocateNodePort({
  range = NODE_PORT_RANGE,
  taken,
  draw,
}: PortAllocation & { readonly draw: (n: number) => number }): Result<number> {
  const { lower, upper } = portBandsOf(range);
  for (const [n, { first, last }] of [upper, lower].entries()) {
    const size = last - first + 1;
    if (size <= 0) continue;
    const start = below(draw(n), size);
    for (let step = 0; step < size; step += 1) {
      const port = first + ((start + step) % size);
      if (!taken(port)) return ok(port);
    }
  }
  return failAt("range is full");
}

/** Whether a port that was asked for may be had: in the range, and free. */
export function checkNodePort(port: number, { range = NODE_PORT_RANGE, taken }: PortAllocation): Result<number> {
  if (port < range.first || port > range.last) {
    return failAt(`provided port is not in the valid range. The range of valid ports is ${range.first}-${range.last}`);
  }
  return taken(port) ? failAt("provided port is already allocated") : ok(port);
}
