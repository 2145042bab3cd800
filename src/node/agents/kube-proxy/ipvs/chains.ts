/**
 * The iptables rules of IPVS mode: few, and the same however many Services there are, for sets hold the addresses.
 * They mark what is to be masqueraded, keep what is not a Service's off the virtual addresses, and heed source ranges.
 * Source: pkg/proxy/ipvs/proxier.go (writeIptablesRules, ipsetWithIptablesChain, acceptIPVSTraffic).
 */
import { chain, jump, rule } from "../../../kernel/netfilter/build";
import type { Chain, Match, Rule, Target } from "../../../kernel/netfilter/rules";
import { KUBE_FORWARD, KUBE_MARK_MASQ, KUBE_PROXY_FIREWALL, KUBE_SERVICES } from "../iptables/chain-names";
import { markMasqChain, postroutingChain } from "../iptables/fixed-chains";
import { comment, from, isLocal, not } from "../iptables/matches";
import { localTraffic } from "../local-detector";
import { LOOPBACK } from "../settings";
import type { IpvsContext } from "./context";
import type { BarredAddress } from "./port-share";
import { setInfo, setNameIn, type SetName } from "./set-names";

/** nat: NodePort packets that are to be masqueraded. filter: health check ports let in. */
export const KUBE_NODE_PORT = "KUBE-NODE-PORT";
/** nat: load balancer packets that are to be masqueraded. */
export const KUBE_LOAD_BALANCER = "KUBE-LOAD-BALANCER";
/** filter: what source ranges let through. */
export const KUBE_SOURCE_RANGES_FIREWALL = "KUBE-SOURCE-RANGES-FIREWALL";
/** filter: virtual addresses are the host's own, but its programs must not be reachable by them. */
export const KUBE_IPVS_FILTER = "KUBE-IPVS-FILTER";
/** filter: load balancer addresses that the node itself may not use. */
export const KUBE_IPVS_OUT_FILTER = "KUBE-IPVS-OUT-FILTER";

const MARK = jump(KUBE_MARK_MASQ);
const RETURN: Target = { kind: "RETURN" };
const ACCEPT: Target = { kind: "ACCEPT" };
const DROP: Target = { kind: "DROP" };

/** The chains that a sync writes, in the order in which it writes them: nat first here. */
export interface IpvsChains {
  readonly nat: readonly Chain[];
  readonly filter: readonly Chain[];
}

/** Makes them; a rule that asks a set stands only while the set holds something, but for those that filter. */
export function ipvsChains(context: IpvsContext, filled: ReadonlySet<SetName>, barred: readonly BarredAddress[]): IpvsChains {
  const maker = new Rules(context, filled);
  const { settings } = context;
  return {
    nat: [
      chain(KUBE_SERVICES, maker.services()),
      { ...postroutingChain(settings), rules: [...maker.loopBack(), ...postroutingChain(settings).rules] },
      chain(KUBE_NODE_PORT, maker.nodePorts()),
      chain(KUBE_LOAD_BALANCER, [...maker.when("KUBE-LOAD-BALANCER-LOCAL", "dst,dst", RETURN), rule([], MARK)]),
      markMasqChain(settings),
    ],
    filter: [
      forwardChain(settings.masqueradeMark),
      chain(KUBE_NODE_PORT, [maker.asking("KUBE-HEALTH-CHECK-NODE-PORT", "dst", ACCEPT)]),
      chain(KUBE_PROXY_FIREWALL, maker.when("KUBE-LOAD-BALANCER-FW", "dst,dst", jump(KUBE_SOURCE_RANGES_FIREWALL))),
      chain(KUBE_SOURCE_RANGES_FIREWALL, [
        ...maker.when("KUBE-LOAD-BALANCER-SOURCE-CIDR", "dst,dst,src", RETURN),
        ...maker.when("KUBE-LOAD-BALANCER-SOURCE-IP", "dst,dst,src", RETURN),
        rule([], DROP),
      ]),
      chain(KUBE_IPVS_FILTER, maker.filter()),
      chain(
        KUBE_IPVS_OUT_FILTER,
        barred.map(({ address, protocol, port }) => rule([from(address), { kind: "ipvs", address, protocol, port }], DROP)),
      ),
    ],
  };
}

/** Unlike in iptables mode packets of no connection (INVALID) are not dropped. */
function forwardChain(mark: string): Chain {
  return chain(KUBE_FORWARD, [
    rule([comment("kubernetes forwarding rules"), { kind: "mark", value: mark, mask: mark }], ACCEPT),
    rule([comment("kubernetes forwarding conntrack rule"), { kind: "conntrack", states: ["RELATED", "ESTABLISHED"] }], ACCEPT),
  ]);
}

type Sides = "dst" | "dst,dst" | "src,dst" | "dst,dst,src";

class Rules {
  constructor(
    private readonly context: IpvsContext,
    private readonly filled: ReadonlySet<SetName>,
  ) {}

  /** nat KUBE-SERVICES: who is masqueraded, then whatever a Service has is left alone. */
  services(): readonly Rule[] {
    return [
      rule([from(LOOPBACK[this.context.settings.ipFamily])], RETURN),
      ...this.when("KUBE-LOAD-BALANCER", "dst,dst", jump(KUBE_LOAD_BALANCER)),
      ...this.clusterIPs(),
      ...(this.filled.has("KUBE-EXTERNAL-IP")
        ? [this.asking("KUBE-EXTERNAL-IP", "dst,dst", MARK), ...this.externalIPs("KUBE-EXTERNAL-IP")]
        : []),
      ...(this.filled.has("KUBE-EXTERNAL-IP-LOCAL") ? this.externalIPs("KUBE-EXTERNAL-IP-LOCAL") : []),
      rule([isLocal("dst")], jump(KUBE_NODE_PORT)),
      ...(["KUBE-CLUSTER-IP", "KUBE-LOAD-BALANCER"] as const)
        .filter((name) => this.filled.has(name))
        .map((name) => rule([this.match(name, "dst,dst")], ACCEPT)),
    ];
  }

  /** A Pod that has reached itself by a Service gets its answers translated back. */
  loopBack(): readonly Rule[] {
    return this.when("KUBE-LOOP-BACK", "dst,dst,src", { kind: "MASQUERADE", randomFully: false });
  }

  /** Policy Local stands before the general set of the same protocol: it goes unmarked. */
  nodePorts(): readonly Rule[] {
    return [
      ...this.when("KUBE-NODE-PORT-LOCAL-TCP", "dst", RETURN, "tcp"),
      ...this.when("KUBE-NODE-PORT-TCP", "dst", MARK, "tcp"),
      ...this.when("KUBE-NODE-PORT-LOCAL-UDP", "dst", RETURN, "udp"),
      ...this.when("KUBE-NODE-PORT-UDP", "dst", MARK, "udp"),
      ...this.when("KUBE-NODE-PORT-LOCAL-SCTP-HASH", "dst,dst", RETURN, "sctp"),
      ...this.when("KUBE-NODE-PORT-SCTP-HASH", "dst,dst", MARK, "sctp"),
    ];
  }

  /** What is no Service's port on a virtual address is rejected, echo requests too. */
  filter(): readonly Rule[] {
    const passing = (["KUBE-LOAD-BALANCER", "KUBE-CLUSTER-IP", "KUBE-EXTERNAL-IP", "KUBE-EXTERNAL-IP-LOCAL"] as const).map((name) =>
      rule([this.match(name, "dst,dst")], RETURN),
    );
    const isNew: Match = { kind: "conntrack", states: ["NEW"] };
    const rejected: Target = this.context.settings.ipFamily === "IPv6" ? { kind: "REJECT", family: "IPv6" } : { kind: "REJECT" };
    return [
      ...passing,
      rule([this.match("KUBE-HEALTH-CHECK-NODE-PORT", "dst")], RETURN),
      rule([isNew, this.match("KUBE-IPVS-IPS", "dst")], rejected),
    ];
  }

  /** A rule that asks a set and says what it is, where the set holds something. */
  when(name: SetName, sides: Sides, target: Target, protocol?: "tcp" | "udp" | "sctp"): readonly Rule[] {
    return this.filled.has(name) ? [this.asking(name, sides, target, protocol)] : [];
  }

  /** The same, whatever the set holds. */
  asking(name: SetName, sides: Sides, target: Target, protocol?: "tcp" | "udp" | "sctp"): Rule {
    const only: readonly Match[] = protocol === undefined ? [] : [{ kind: "protocol", protocol }];
    return rule([...only, comment(setInfo(name).comment), this.match(name, sides)], target);
  }

  private clusterIPs(): readonly Rule[] {
    if (!this.filled.has("KUBE-CLUSTER-IP")) return [];
    const { settings, node } = this.context;
    const said = comment(setInfo("KUBE-CLUSTER-IP").comment);
    const local = localTraffic(settings, node);
    if (settings.masqueradeAll) return [rule([said, this.match("KUBE-CLUSTER-IP", "dst,dst")], MARK)];
    if (local !== null) return [rule([said, this.match("KUBE-CLUSTER-IP", "dst,dst"), not(local)], MARK)];
    // The node's own packets to a virtual address have that address as their source.
    return [rule([said, this.match("KUBE-CLUSTER-IP", "src,dst")], MARK)];
  }

  private externalIPs(name: "KUBE-EXTERNAL-IP" | "KUBE-EXTERNAL-IP-LOCAL"): readonly Rule[] {
    const said = [comment(setInfo(name).comment), this.match(name, "dst,dst")];
    const fromOutside = [not({ kind: "physdev", isIn: true }), not({ kind: "addrtype", side: "src", type: "LOCAL" })];
    return [rule([...said, ...fromOutside], ACCEPT), rule([...said, isLocal("dst")], ACCEPT)];
  }

  private match(name: SetName, sides: Sides): Match {
    const parts = sides.split(",").map((side) => (side === "src" ? "src" : "dst"));
    return { kind: "set", name: setNameIn(this.context.settings.ipFamily, name), sides: parts };
  }
}
