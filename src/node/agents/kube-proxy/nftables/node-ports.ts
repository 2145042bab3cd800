/**
 * Which of a node's addresses serve NodePorts in nftables mode: its primary one, unless settings say otherwise, and
 * never loopback. Source: pkg/proxy/util/nodeport_addresses.go; the default is that of the kube-proxy configuration API.
 */
import { contains, prefix } from "../../../../network/address";
import { LOOPBACK, rangesOfFamily, type ProxyNode, type ProxySettings } from "../settings";

/** Whether every local address does. */
export function servesEveryAddress(settings: ProxySettings): boolean {
  return rangesOfFamily(settings).includes(settings.ipFamily === "IPv6" ? "::/0" : "0.0.0.0/0");
}

/** The addresses that do, in the node's order. */
export function servingAddresses(settings: ProxySettings, { addresses }: ProxyNode): readonly string[] {
  const ranges = rangesOfFamily(settings);
  const loopback = prefix(LOOPBACK[settings.ipFamily]);
  const asked = ranges.length === 0 ? ["primary"] : ranges;
  return addresses.filter((address, index) => !contains(loopback, address) && asked.some((range) => isIn(range, address, index === 0)));
}

function isIn(range: string, address: string, isPrimary: boolean): boolean {
  return range === "primary" ? isPrimary : contains(prefix(range), address);
}
