/** To which of the three networks an address belongs: the same address looks the same everywhere. */
import type { MomentView } from "../../bridge/protocol";

export type Network = "pod" | "service" | "node" | "other";

/** Tells networks apart by the cluster's own ranges. Takes addresses with or without a port behind them. */
export type NetworkOf = (address: string) => Network;

interface Range {
  readonly base: number;
  /** How many addresses it holds. */
  readonly size: number;
}

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}/u;

function numberOf(text: string): number {
  const address = IPV4.exec(text)?.[0];
  return address === undefined ? Number.NaN : address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function rangeOf(text: string): Range {
  const size = 2 ** (32 - Number(text.split("/")[1] ?? 32));
  return { base: Math.floor(numberOf(text) / size) * size, size };
}

/** Made once a moment. A Service's address counts as one of the Service network wherever it lies. */
export function networksOf({ ranges, services }: Pick<MomentView, "ranges" | "services">): NetworkOf {
  const clusterIPs = new Set(services.map(({ clusterIP }) => numberOf(clusterIP)));
  const networks: readonly (readonly [Network, Range])[] = [
    ["pod", rangeOf(ranges.pods)],
    ...ranges.services.map((range) => ["service", rangeOf(range)] as const),
    ["node", rangeOf(ranges.nodes)],
  ];
  return (text) => {
    const address = numberOf(text);
    if (Number.isNaN(address)) return "other";
    if (clusterIPs.has(address)) return "service";
    return networks.find(([, { base, size }]) => address >= base && address < base + size)?.[0] ?? "other";
  };
}
