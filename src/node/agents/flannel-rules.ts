/**
 * flannel's rules (VXLAN, --ip-masq) and the whole rule set of a node.
 * Source: flannel pkg/trafficmngr/iptables/iptables.go.
 */
import { ensure } from "../../base/assert";
import { chain, emptyRuleset, jump, rule } from "../kernel/netfilter/build";
import { changeChains } from "../kernel/netfilter/chain-map";
import type { Chain, Match, Rule, Ruleset, TableName } from "../kernel/netfilter/rules";
import type { SyncInput } from "./kube-proxy/iptables/proxy-state";
import { syncRules } from "./kube-proxy/iptables/sync";

/** flannel's chain of nat POSTROUTING. */
const FLANNEL_POSTRTG = "FLANNEL-POSTRTG";
/** flannel's chain of filter FORWARD. */
const FLANNEL_FWD = "FLANNEL-FWD";

/** The ranges that flannel's rules name. */
export interface FlannelRanges {
  /** The whole cluster's Pod range. */
  readonly podCIDR: string;
  /** This node's part of it. */
  readonly nodePodCIDR: string;
}

/** Adds flannel's chains and, behind what stands in POSTROUTING and FORWARD, the jumps to them. */
export function withFlannel(ruleset: Ruleset, ranges: FlannelRanges): Ruleset {
  const tables = new Map(ruleset.tables);
  const add = (name: TableName, hook: string, own: Chain, said: string): void => {
    const { chains } = ensure(tables.get(name), `table ${name}`);
    const before = ensure(chains.get(hook), `chain ${hook} of ${name}`);
    const after = { ...before, rules: [...before.rules, rule([comment(said)], jump(own.name))] };
    tables.set(name, { name, chains: changeChains(chains, { put: [own, after] }) });
  };
  add("nat", "POSTROUTING", postroutingChain(ranges), "flanneld masq");
  add("filter", "FORWARD", forwardChain(ranges), "flanneld forward");
  return { version: `${ruleset.version}+flannel ${ranges.podCIDR} ${ranges.nodePodCIDR}`, tables };
}

/**
 * Everything in a node's tables after kube-proxy's first full sync beside a running flannel: what a packet meets and
 * what `iptables-save` prints. A running node keeps a `ProxyState` instead and syncs it on.
 */
export function nodeRuleset(input: Pick<SyncInput, "view" | "settings" | "node"> & FlannelRanges): Ruleset {
  return syncRules(null, { ...input, into: rulesBeforeProxy(input) }).ruleset;
}

/** What stands in a node's tables before kube-proxy comes: flannel's rules alone. */
export function rulesBeforeProxy(ranges: FlannelRanges): Ruleset {
  return withFlannel(emptyRuleset(), ranges);
}

/** Pod traffic keeps its address inside the cluster and takes the node's on the way out of it. */
function postroutingChain({ podCIDR, nodePodCIDR }: FlannelRanges): Chain {
  const said = comment("flanneld masq");
  const isMarked: Match = { kind: "mark", value: "0x4000", mask: "0x4000" };
  const outside: Match = { kind: "source", text: podCIDR, not: true };
  const notMulticast: Match = { kind: "destination", text: "224.0.0.0/4", not: true };
  const stays = (...matches: readonly Match[]): Rule => rule([...matches, said], { kind: "RETURN" });
  const masked = (...matches: readonly Match[]): Rule => rule([...matches, said], { kind: "MASQUERADE", randomFully: true });
  return chain(FLANNEL_POSTRTG, [
    stays(isMarked),
    stays(source(nodePodCIDR), destination(podCIDR)),
    stays(source(podCIDR), destination(nodePodCIDR)),
    stays(outside, destination(nodePodCIDR)),
    masked(source(podCIDR), notMulticast),
    masked(outside, destination(podCIDR)),
  ]);
}

function forwardChain({ podCIDR }: FlannelRanges): Chain {
  const said = comment("flanneld forward");
  return chain(FLANNEL_FWD, [rule([source(podCIDR), said], { kind: "ACCEPT" }), rule([destination(podCIDR), said], { kind: "ACCEPT" })]);
}

function comment(text: string): Match {
  return { kind: "comment", text };
}

function source(text: string): Match {
  return { kind: "source", text };
}

function destination(text: string): Match {
  return { kind: "destination", text };
}
