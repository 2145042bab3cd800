/**
 * The rules by which the built-in chains lead into those of IPVS mode, each put in front of what stands there.
 * Source: pkg/proxy/ipvs/proxier.go (iptablesJumpChain).
 */
import { jump, rule } from "../../../kernel/netfilter/build";
import type { Hook, Rule, TableName } from "../../../kernel/netfilter/rules";
import { KUBE_FORWARD, KUBE_POSTROUTING, KUBE_PROXY_FIREWALL, KUBE_SERVICES } from "../iptables/chain-names";
import { comment } from "../iptables/matches";
import { KUBE_IPVS_FILTER, KUBE_IPVS_OUT_FILTER, KUBE_NODE_PORT } from "./chains";

const JUMPS: readonly (readonly [TableName, Hook, string, string])[] = [
  ["nat", "OUTPUT", KUBE_SERVICES, "kubernetes service portals"],
  ["nat", "PREROUTING", KUBE_SERVICES, "kubernetes service portals"],
  ["nat", "POSTROUTING", KUBE_POSTROUTING, "kubernetes postrouting rules"],
  ["filter", "FORWARD", KUBE_FORWARD, "kubernetes forwarding rules"],
  ["filter", "INPUT", KUBE_NODE_PORT, "kubernetes health check rules"],
  ["filter", "INPUT", KUBE_PROXY_FIREWALL, "kube-proxy firewall rules"],
  ["filter", "FORWARD", KUBE_PROXY_FIREWALL, "kube-proxy firewall rules"],
  ["filter", "INPUT", KUBE_IPVS_FILTER, "kubernetes ipvs access filter"],
  ["filter", "OUTPUT", KUBE_IPVS_OUT_FILTER, "kubernetes ipvs access filter"],
];

/** The jumps of one hook, the last made first. */
export function jumpsAt(table: TableName, hook: Hook): readonly Rule[] {
  return JUMPS.filter(([where, at]) => where === table && at === hook)
    .toReversed()
    .map(([, , to, said]) => rule([comment(said)], jump(to)));
}
