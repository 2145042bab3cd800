/**
 * The chains that do not depend on Services. Source: pkg/proxy/iptables/proxier.go (syncProxyRules).
 */
import { chain, jump, rule } from "../../../kernel/netfilter/build";
import type { Chain, Match, Rule } from "../../../kernel/netfilter/rules";
import { LOOPBACK, nodePortAddresses, servesAllAddresses, servesLocalhost, type ProxyNode, type ProxySettings } from "../settings";
import { KUBE_FIREWALL, KUBE_FORWARD, KUBE_MARK_MASQ, KUBE_NODEPORTS, KUBE_POSTROUTING } from "./chain-names";
import { comment, from, isLocal, not, to } from "./matches";

const INVALID_COUNTER = "ct_state_invalid_dropped_pkts";

/** nat: marks a packet for masquerading on its way out. */
export function markMasqChain({ masqueradeMark }: ProxySettings): Chain {
  return chain(KUBE_MARK_MASQ, [rule([], { kind: "MARK", operation: "or", value: masqueradeMark })]);
}

/** nat: masquerades what is marked, the mark taken off first. */
export function postroutingChain({ masqueradeMark, randomFully }: ProxySettings): Chain {
  return chain(KUBE_POSTROUTING, [
    rule([{ kind: "mark", value: masqueradeMark, mask: masqueradeMark, not: true }], { kind: "RETURN" }),
    rule([], { kind: "MARK", operation: "xor", value: masqueradeMark }),
    rule([comment("kubernetes service traffic requiring SNAT")], { kind: "MASQUERADE", randomFully }),
  ]);
}

/** filter: lets Service traffic pass whatever the policy of FORWARD. */
export function forwardChain(settings: ProxySettings): Chain {
  const counted: readonly Match[] = settings.nfacctCounters.includes(INVALID_COUNTER) ? [{ kind: "nfacct", name: INVALID_COUNTER }] : [];
  const invalid = rule([{ kind: "conntrack", states: ["INVALID"] }, ...counted], { kind: "DROP" });
  const marked: Match = { kind: "mark", value: settings.masqueradeMark, mask: settings.masqueradeMark };
  const known: Match = { kind: "conntrack", states: ["RELATED", "ESTABLISHED"] };
  return chain(KUBE_FORWARD, [
    ...(settings.conntrackTCPLiberal ? [] : [invalid]),
    rule([comment("kubernetes forwarding rules"), marked], { kind: "ACCEPT" }),
    rule([comment("kubernetes forwarding conntrack rule"), known], { kind: "ACCEPT" }),
  ]);
}

/** filter: with route_localnet on, IPv4 loopback addresses must not be reachable from outside. Null where it is off. */
export function firewallChain(settings: ProxySettings): Chain | null {
  if (!servesLocalhost(settings)) return null;
  const loopback = LOOPBACK.IPv4;
  const unknown: Match = { kind: "conntrack", states: ["RELATED", "ESTABLISHED", "DNAT"], not: true };
  const matches = [comment("block incoming localnet connections"), to(loopback), not(from(loopback)), unknown];
  return chain(KUBE_FIREWALL, [rule(matches, { kind: "DROP" })]);
}

/** The end of nat KUBE-SERVICES: what is addressed to the node itself may be meant for a NodePort. */
export function nodePortsTail(settings: ProxySettings, node: ProxyNode): readonly Rule[] {
  const said = comment("kubernetes service nodeports; NOTE: this must be the last rule in this chain");
  const target = jump(KUBE_NODEPORTS);
  if (!servesAllAddresses(settings)) {
    return nodePortAddresses(settings, node).map((address) => rule([said, to(address)], target));
  }
  const notLoopback = servesLocalhost(settings) ? [] : [not(to(LOOPBACK[settings.ipFamily]))];
  return [rule([said, isLocal("dst"), ...notLoopback], target)];
}
