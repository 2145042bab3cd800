/** The expressions that kube-proxy writes again and again in nftables mode. Source: pkg/proxy/nftables/proxier.go; meanings: nft(8). */
import { unreachable } from "../../../../base/assert";
import type { NftExpression, NftKeyPart, NftRule } from "../../../kernel/nftables/tables";
import type { LocalTraffic } from "../local-detector";

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
export const ADDRESS_KEY: readonly NftKeyPart[] = ["ip daddr", "meta l4proto", "th dport"];

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
