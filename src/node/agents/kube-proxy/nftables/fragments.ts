/** The expressions that kube-proxy writes again and again in nftables mode. Source: pkg/proxy/nftables/proxier.go; meanings: nft(8). */
import { unreachable } from "../../../../base/assert";
import type { NftExpression, NftFamily, NftKeyPart, NftRule, NftSide } from "../../../kernel/nftables/tables";
import type { LocalTraffic } from "../local-detector";
import type { ProxySettings } from "../settings";

/** A rule; a comment where there is one. */
export function nftRule(expressions: readonly NftExpression[], comment?: string): NftRule {
  return comment === undefined ? { expressions } : { expressions, comment };
}

/** `jump CHAIN`. */
export function jumpTo(chain: string): NftExpression {
  return { kind: "verdict", verdict: { kind: "jump", chain } };
}

/** `goto CHAIN`. */
export function goTo(chain: string): NftExpression {
  return { kind: "verdict", verdict: { kind: "goto", chain } };
}

/** `drop`. */
export const DROP: NftExpression = { kind: "verdict", verdict: { kind: "drop" } };

/** `ct state new`. */
export const IS_NEW: NftExpression = { kind: "ct-state", state: "new" };

/** The key of maps over addresses and ports. */
export function addressKey(family: NftFamily): readonly NftKeyPart[] {
  return [`${family} daddr`, "meta l4proto", "th dport"];
}

/** The type of that key. */
export function addressKeyType(family: NftFamily): string {
  return `${addressType(family)} . inet_proto . inet_service`;
}

/** The type of an address. */
export function addressType(family: NftFamily): string {
  return family === "ip6" ? "ipv6_addr" : "ipv4_addr";
}

/** The family of a proxier's table. */
export function nftFamily({ ipFamily }: ProxySettings): NftFamily {
  return ipFamily === "IPv6" ? "ip6" : "ip";
}

/** Whether an address of the packet is in a set. */
export function addressIn(family: NftFamily, side: NftSide, set: string): NftExpression {
  return { kind: "address-in", side, set, ...(family === "ip6" ? { family } : {}) };
}

/** The key of maps over NodePorts. */
export const NODEPORT_KEY: readonly NftKeyPart[] = ["meta l4proto", "th dport"];

/** `KEY vmap @MAP`. */
export function lookUp(key: readonly NftKeyPart[], map: string): NftExpression {
  return { kind: "vmap", key, map };
}

/** The condition "comes from a Pod", or its opposite. Source: pkg/proxy/util/localdetector.go. */
export function fromPod(local: LocalTraffic, not: boolean): NftExpression {
  const inverted = not ? { not } : {};
  switch (local.kind) {
    case "source":
      return { kind: "address", side: "saddr", prefix: local.text, ...inverted };
    case "in-interface":
      return local.name.endsWith("+")
        ? { kind: "iifname", pattern: `${local.name.slice(0, -1)}*`, ...inverted }
        : { kind: "iif", name: local.name, ...inverted };
    default:
      return unreachable(local);
  }
}
