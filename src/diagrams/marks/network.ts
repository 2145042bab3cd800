/** To which of the three networks an address belongs: the same address looks the same everywhere. */
import type { MomentView } from "../../bridge/protocol";

export type Network = "pod" | "service" | "node" | "other";

/** Tells networks apart by the cluster's own objects and ranges. */
export type NetworkOf = (address: string) => Network;

const bare = (address: string): string => (address.includes(".") ? (address.split(":")[0] ?? address) : address);

function prefixOf(range: string): string {
  const [address = "", length = "24"] = range.split("/");
  return `${address
    .split(".")
    .slice(0, Math.trunc(Number(length) / 8))
    .join(".")}.`;
}

/** Made once a moment; addresses that no object has are "other". */
export function networksOf(moment: MomentView): NetworkOf {
  const services = new Set(moment.services.map((service) => service.clusterIP));
  const nodes = new Set(moment.nodes.map((node) => node.address));
  const ranges = moment.nodes.map((node) => prefixOf(node.podRange.range));
  return (address) => {
    const own = bare(address);
    if (services.has(own)) return "service";
    if (nodes.has(own)) return "node";
    return ranges.some((range) => own.startsWith(range)) ? "pod" : "other";
  };
}
