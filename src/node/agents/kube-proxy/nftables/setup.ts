/**
 * Everything in kube-proxy's table that does not depend on Services, as the operations that make it.
 * Source: pkg/proxy/nftables/proxier.go (nftablesBaseChains, nftablesJumpChains, setupNFTables).
 */
import type { NftOperation } from "../../../kernel/nftables/operations";
import type { NftBase, NftExpression, NftRule } from "../../../kernel/nftables/tables";
import { LOOPBACK, type ProxyNode, type ProxySettings } from "../settings";
import {
  addressIn,
  addressKey,
  addressKeyType,
  addressType,
  DROP,
  IS_NEW,
  jumpTo,
  lookUp,
  nftFamily,
  NODEPORT_KEY,
  nftRule,
} from "./fragments";
import { servesEveryAddress, servingAddresses } from "./node-ports";
import {
  CLUSTER_IPS,
  FIREWALL_IPS,
  MARK_FOR_MASQUERADE,
  NO_ENDPOINT_NODEPORTS,
  NO_ENDPOINT_SERVICES,
  NODEPORT_IPS,
  REJECT_CHAIN,
  SERVICE_IPS,
  SERVICE_NODEPORTS,
} from "./object-names";

/** NodePorts' and load balancers' checks must see the address as it was sent: they come before translation. */
const BEFORE_DNAT = -110;

const BASES: readonly (readonly [string, Omit<NftBase, "policy">])[] = [
  ["filter-prerouting-pre-dnat", { type: "filter", hook: "prerouting", priority: BEFORE_DNAT }],
  ["filter-output-pre-dnat", { type: "filter", hook: "output", priority: BEFORE_DNAT }],
  ["filter-input", { type: "filter", hook: "input", priority: 0 }],
  ["filter-forward", { type: "filter", hook: "forward", priority: 0 }],
  ["filter-output", { type: "filter", hook: "output", priority: 0 }],
  ["nat-prerouting", { type: "nat", hook: "prerouting", priority: -100 }],
  ["nat-output", { type: "nat", hook: "output", priority: -100 }],
  ["nat-postrouting", { type: "nat", hook: "postrouting", priority: 100 }],
];

/** From which base chain, to which chain, under which condition; the order is that of the rules. */
const JUMPS: readonly (readonly [string, string, readonly NftExpression[]])[] = [
  ["filter-input", "nodeport-endpoints-check", [IS_NEW]],
  ["filter-input", "service-endpoints-check", [IS_NEW]],
  ["filter-forward", "service-endpoints-check", [IS_NEW]],
  ["filter-output", "service-endpoints-check", [IS_NEW]],
  ["filter-prerouting-pre-dnat", "firewall-check", [IS_NEW]],
  ["filter-output-pre-dnat", "firewall-check", [IS_NEW]],
  ["nat-output", "services", []],
  ["nat-prerouting", "services", []],
  ["nat-postrouting", "masquerading", []],
  ["filter-forward", "cluster-ips-check", [IS_NEW]],
  ["filter-output", "cluster-ips-check", [IS_NEW]],
];

/**
 * Makes or remakes the fixed part. The first time, base chains that an older kube-proxy may have hung elsewhere are
 * removed: their hook and priority cannot be changed.
 */
export function setupOperations(settings: ProxySettings, node: ProxyNode, isFirst: boolean): readonly NftOperation[] {
  return [
    { verb: "add", what: "table", comment: "rules for kube-proxy" },
    ...(isFirst ? BASES.flatMap(([name]) => [addChain(name), { verb: "delete", what: "chain", name } as const]) : []),
    ...BASES.flatMap(([name, base]) => emptyChain({ name, base: { ...base, policy: "accept" } })),
    ...jumps(),
    ...masquerading(settings),
    ...clusterIPs(settings),
    ...nodePortIPs(settings, node),
    ...endpointChecks(settings),
    ...firewall(settings),
    ...dispatch(settings),
  ];
}

/** A chain that stands empty afterwards, whatever it held. */
export function emptyChain(
  chain: Extract<NftOperation, { readonly what: "chain"; readonly verb: "add" }>["chain"],
): readonly NftOperation[] {
  return [
    { verb: "add", what: "chain", chain },
    { verb: "flush", what: "chain", name: chain.name },
  ];
}

function addChain(name: string): NftOperation {
  return { verb: "add", what: "chain", chain: { name } };
}

function addRule(chain: string, rule: NftRule): NftOperation {
  return { verb: "add", what: "rule", chain, rule };
}

function addMap(name: string, type: string, comment: string): NftOperation {
  return { verb: "add", what: "set", set: { kind: "map", name, type, comment } };
}

function jumps(): readonly NftOperation[] {
  const made = new Set<string>();
  const ensureChain = (name: string): readonly NftOperation[] => {
    if (made.has(name)) return [];
    made.add(name);
    return emptyChain({ name });
  };
  const jumping = JUMPS.flatMap(([from, to, when]) => [...ensureChain(to), addRule(from, nftRule([...when, jumpTo(to)]))]);
  const others = ["services", "cluster-ips-check", "masquerading", MARK_FOR_MASQUERADE].flatMap(ensureChain);
  return [...jumping, ...others];
}

function masquerading({ masqueradeMark: mark }: ProxySettings): readonly NftOperation[] {
  return [
    addRule(MARK_FOR_MASQUERADE, nftRule([{ kind: "set-mark", operation: "or", value: mark }])),
    addRule(
      "masquerading",
      nftRule([
        { kind: "mark-clear", mask: mark },
        { kind: "verdict", verdict: { kind: "return" } },
      ]),
    ),
    addRule("masquerading", nftRule([{ kind: "set-mark", operation: "xor", value: mark }])),
    addRule("masquerading", nftRule([{ kind: "masquerade", fullyRandom: true }])),
  ];
}

/** Ports of ClusterIPs that no Service has are rejected, addresses that no Service has dropped: nothing escapes. */
function clusterIPs(settings: ProxySettings): readonly NftOperation[] {
  const family = nftFamily(settings);
  const serviceCIDRs = settings.serviceCIDRs ?? (family === "ip" ? ["10.96.0.0/12"] : []);
  const among: NftExpression = { kind: "address-among", side: "daddr", prefixes: serviceCIDRs, compact: true };
  const invalid = nftRule([addressIn(family, "daddr", CLUSTER_IPS), { kind: "reject" }], "Reject traffic to invalid ports of ClusterIPs");
  return [
    { verb: "add", what: "set", set: { kind: "set", name: CLUSTER_IPS, type: addressType(family), comment: "Active ClusterIPs" } },
    addRule("cluster-ips-check", invalid),
    ...(serviceCIDRs.length === 0 ? [] : [addRule("cluster-ips-check", nftRule([among, DROP], "Drop traffic to unallocated ClusterIPs"))]),
  ];
}

/** The set is added and deleted where it must not be: deleting alone fails where it never was. */
function nodePortIPs(settings: ProxySettings, node: ProxyNode): readonly NftOperation[] {
  const set = { kind: "set", name: NODEPORT_IPS } as const;
  const declared: NftOperation = {
    verb: "add",
    what: "set",
    set: { ...set, type: addressType(nftFamily(settings)), comment: "IPs that accept NodePort traffic" },
  };
  if (servesEveryAddress(settings)) return [declared, { verb: "delete", what: "set", set }];
  const elements = servingAddresses(settings, node).map((key): NftOperation => ({ verb: "add", what: "element", set, element: { key } }));
  return [declared, { verb: "flush", what: "set", set }, ...elements];
}

function endpointChecks(settings: ProxySettings): readonly NftOperation[] {
  const services = "vmap to drop or reject packets to services with no endpoints";
  const nodePorts = "vmap to drop or reject packets to service nodeports with no endpoints";
  const destination = servesEveryAddress(settings) ? [notLoopback(settings)] : [toNodePortIP(settings)];
  const family = nftFamily(settings);
  return [
    addMap(NO_ENDPOINT_SERVICES, addressKeyType(family), services),
    addMap(NO_ENDPOINT_NODEPORTS, "inet_proto . inet_service", nodePorts),
    ...emptyChain({ name: REJECT_CHAIN, comment: `helper for @${NO_ENDPOINT_SERVICES} / @${NO_ENDPOINT_NODEPORTS}` }),
    addRule(REJECT_CHAIN, nftRule([{ kind: "reject" }])),
    addRule("service-endpoints-check", nftRule([lookUp(addressKey(family), NO_ENDPOINT_SERVICES)])),
    addRule("nodeport-endpoints-check", nftRule([...destination, lookUp(NODEPORT_KEY, NO_ENDPOINT_NODEPORTS)])),
  ];
}

/** One address is written without a length. */
function notLoopback({ ipFamily }: ProxySettings): NftExpression {
  return { kind: "address", side: "daddr", prefix: LOOPBACK[ipFamily].replace("/128", ""), not: true };
}

function toNodePortIP(settings: ProxySettings): NftExpression {
  return addressIn(nftFamily(settings), "daddr", NODEPORT_IPS);
}

function firewall(settings: ProxySettings): readonly NftOperation[] {
  const family = nftFamily(settings);
  return [
    addMap(FIREWALL_IPS, addressKeyType(family), "destinations that are subject to LoadBalancerSourceRanges"),
    addRule("firewall-check", nftRule([lookUp(addressKey(family), FIREWALL_IPS)])),
  ];
}

function dispatch(settings: ProxySettings): readonly NftOperation[] {
  const destination: readonly NftExpression[] = servesEveryAddress(settings)
    ? [{ kind: "fib", side: "daddr" }, notLoopback(settings)]
    : [toNodePortIP(settings)];
  const family = nftFamily(settings);
  return [
    addMap(SERVICE_IPS, addressKeyType(family), "ClusterIP, ExternalIP and LoadBalancer IP traffic"),
    addMap(SERVICE_NODEPORTS, "inet_proto . inet_service", "NodePort traffic"),
    addRule("services", nftRule([lookUp(addressKey(family), SERVICE_IPS)])),
    addRule("services", nftRule([...destination, lookUp(NODEPORT_KEY, SERVICE_NODEPORTS)])),
  ];
}
