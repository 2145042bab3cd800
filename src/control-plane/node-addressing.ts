/**
 * Pod ranges for Nodes: the cluster's range cut into /24s, handed out by a cursor that goes round.
 * Source: pkg/controller/nodeipam/ipam/cidrset (AllocateNext). A freed range comes again only after the cursor has
 * been once around, so a Node that joins after another has left does not inherit its addresses.
 */
import type { ClusterView } from "../cluster/store-types";

/** Prefix length of a Node's range. Source: --node-cidr-mask-size, default 24. */
const NODE_MASK = 24;

/**
 * The next free range after `lastAllocated` (a range such as `10.244.3.0/24`; absent or "" before the first), or null
 * where every one is in use. The caller keeps the cursor: the view only shows what is in use now.
 */
export function nextPodRange({
  view,
  clusterCIDR,
  lastAllocated = "",
}: {
  readonly view: ClusterView;
  readonly clusterCIDR: string;
  readonly lastAllocated?: string;
}): string | null {
  const cluster = parse(clusterCIDR);
  const count = 1 << Math.max(NODE_MASK - cluster.length, 0);
  const inUse = new Set(view.list("Node").flatMap((node) => node.spec?.podCIDRs ?? node.spec?.podCIDR ?? []));
  const start = lastAllocated === "" ? 0 : (parse(lastAllocated).base - cluster.base) / 256 + 1;
  for (let step = 0; step < count; step += 1) {
    const range = show(cluster.base + ((start + step) % count) * 256);
    if (!inUse.has(range)) return range;
  }
  return null;
}

function parse(range: string): { readonly base: number; readonly length: number } {
  const [address = "", length = "32"] = range.split("/");
  const base = address.split(".").reduce((value, part) => value * 256 + Number(part), 0);
  return { base, length: Number(length) };
}

function show(base: number): string {
  return `${base >>> 24}.${(base >>> 16) & 255}.${(base >>> 8) & 255}.${base & 255}/${NODE_MASK}`;
}
