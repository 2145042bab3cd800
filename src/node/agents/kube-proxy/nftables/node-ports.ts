/**
 * Which of a node's addresses serve NodePorts in nftables mode: its primary one, unless settings say otherwise, and
 * never loopback. Source: pkg/proxy/util/nodeport_addresses.go; the default is that of the kube-proxy configuration API.
 */
import { contains, prefix } from "../../../../network/address";
import type { ProxyNode, ProxySettings } from "../settings";

const ALL = "0.0.0.0/0";

/** Whether every local address does. */
export function servesEveryAddress({ nodePortAddresses }: ProxySettings): boolean {
  return (nodePortAddresses ?? []).includes(ALL);
}

/** The addresses that do, in the node's order. */
export function servingAddresses({ nodePortAddresses }: ProxySettings, { addresses }: ProxyNode): readonly string[] {
  const ranges = nodePortAddresses ?? [];
  const asked = ranges.length === 0 ? ["primary"] : ranges;
  return addresses.filter((address, index) => !address.startsWith("127.") && asked.some((range) => isIn(range, address, index === 0)));
}

function isIn(range: string, address: string, isPrimary: boolean): boolean {
  return range === "primary" ? isPrimary : contains(prefix(range), address);
}
