/** Which network an address belongs to, from what the moment knows: colour and shape of its pill follow from it. */
import type { MomentView } from "../../bridge/protocol";

export type Network = "pod" | "service" | "node" | "other";

/** What is needed to tell networks apart: ranges and the addresses of things. */
export interface NetworkMap {
  readonly podRanges: readonly string[];
  readonly services: ReadonlySet<string>;
  readonly nodes: ReadonlySet<string>;
}

export function networkMapOf(moment: MomentView | null): NetworkMap {
  return {
    podRanges: (moment?.nodes ?? []).map((node) => node.podRange.range),
    services: new Set((moment?.services ?? []).map((service) => service.clusterIP)),
    nodes: new Set((moment?.nodes ?? []).map((node) => node.address)),
  };
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function lies(address: string, range: string): boolean {
  const [base = "", length = "32"] = range.split("/");
  const size = 2 ** (32 - Number(length));
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(base) / size);
}

/** The network of an address, with or without a port behind it. */
export function networkOf(map: NetworkMap, text: string): Network {
  const address = text.split(":")[0] ?? "";
  if (map.services.has(address)) return "service";
  if (map.nodes.has(address)) return "node";
  if (map.podRanges.some((range) => lies(address, range))) return "pod";
  if (lies(address, "10.96.0.0/12")) return "service";
  return lies(address, "192.168.0.0/24") ? "node" : "other";
}
