/**
 * What one service port adds in IPVS mode: virtual servers with their real ones, set entries, addresses on kube-ipvs0.
 * Source: pkg/proxy/ipvs/proxier.go (syncProxyRules, syncEndpoint).
 */
import { contains, networkText, prefix } from "../../../../network/address";
import type { RealServer, VirtualServer } from "../../../kernel/ipvs/table";
import { categorise, type Categorised } from "../categorise";
import type { BackedPort } from "../services";
import type { ServicePort } from "../service-ports";
import type { IpvsContext } from "./context";
import type { SetName } from "./set-names";

/** An entry and the set that it goes into. */
export type SetEntry = readonly [SetName, string];

/** A virtual address that the node itself may not use: its packets are dropped. */
export interface BarredAddress {
  readonly address: string;
  readonly protocol: ServicePort["protocol"];
  readonly port: number;
}

/** One port's share. */
export interface PortShare {
  readonly servers: readonly VirtualServer[];
  readonly entries: readonly SetEntry[];
  /** Addresses that kube-ipvs0 is to hold. */
  readonly bound: readonly string[];
  readonly barred: readonly BarredAddress[];
}

/** Makes it. */
export function portShare({ port, endpoints }: BackedPort, context: IpvsContext): PortShare {
  const categorised = categorise(port, endpoints, context.node);
  const at = `${port.protocol}:${port.port}`;
  const clusterIP: SetEntry = ["KUBE-CLUSTER-IP", `${port.clusterIP},${at}`];
  const loopBack = endpoints
    .filter(({ nodeName }) => nodeName === context.node.name && nodeName !== "")
    .map(({ address, port: to }): SetEntry => ["KUBE-LOOP-BACK", `${address},${port.protocol}:${to},${address}`]);
  const inside = virtualServer(port, port.clusterIP, realServers(categorised, port.internalPolicyLocal), context);
  const outside = realServers(categorised, port.externalPolicyLocal);
  const external = [...port.externalIPs, ...port.loadBalancerVIPs];
  return {
    servers: [inside, ...external.map((address) => virtualServer(port, address, outside, context)), ...nodePorts(port, outside, context)],
    entries: [
      ...loopBack,
      clusterIP,
      ...port.externalIPs.map((address): SetEntry => [
        port.externalPolicyLocal ? "KUBE-EXTERNAL-IP-LOCAL" : "KUBE-EXTERNAL-IP",
        `${address},${at}`,
      ]),
      ...port.loadBalancerVIPs.flatMap((address) => balancerEntries(port, address, context)),
      ...nodePortEntries(port, context),
      ...(port.healthCheckNodePort === 0 ? [] : [["KUBE-HEALTH-CHECK-NODE-PORT", `${port.healthCheckNodePort}`] as const]),
    ],
    bound: [port.clusterIP, ...external.filter((address) => !context.nodeAddresses.includes(address))],
    barred: isBarred(port, context) ? port.loadBalancerVIPs.map((address) => ({ address, protocol: port.protocol, port: port.port })) : [],
  };
}

/** With policy Local the node's own endpoints, and all where there are none: unlike in other modes nothing is dropped. */
function realServers({ cluster, local }: Categorised, policyLocal: boolean): readonly RealServer[] {
  const chosen = policyLocal && local.length > 0 ? local : cluster;
  return chosen.map(({ address, port }) => ({ address, port, weight: 1 }));
}

function virtualServer(port: ServicePort, address: string, servers: readonly RealServer[], context: IpvsContext): VirtualServer {
  const { ipvsScheduler: scheduler } = context.settings;
  return { protocol: port.protocol, address, port: port.port, scheduler, persistence: port.affinitySeconds, servers };
}

function nodePorts(port: ServicePort, servers: readonly RealServer[], context: IpvsContext): readonly VirtualServer[] {
  if (port.nodePort === 0) return [];
  return context.nodePortAddresses.map((address) => ({ ...virtualServer(port, address, servers, context), port: port.nodePort }));
}

/** Source ranges that hold the node's address let the balancer's own address in as well: it comes back to the node with it. */
function balancerEntries(port: ServicePort, address: string, context: IpvsContext): readonly SetEntry[] {
  const entry = `${address},${port.protocol}:${port.port}`;
  return [
    ["KUBE-LOAD-BALANCER", entry],
    ...(port.externalPolicyLocal ? [["KUBE-LOAD-BALANCER-LOCAL", entry] as const] : []),
    ...(port.sourceRanges.length === 0 ? [] : [["KUBE-LOAD-BALANCER-FW", entry] as const]),
    ...port.sourceRanges.map((range): SetEntry => ["KUBE-LOAD-BALANCER-SOURCE-CIDR", `${entry},${netText(range)}`]),
    ...(port.sourceRanges.length > 0 && !isBarred(port, context) ? [["KUBE-LOAD-BALANCER-SOURCE-IP", `${entry},${address}`] as const] : []),
  ];
}

/** A range as ipset prints it: whole addresses have no length. */
function netText(range: string): string {
  return networkText(prefix(range)).replace(range.includes(":") ? /\/128$/ : /\/32$/, "");
}

/** Whether source ranges leave the node itself out. */
function isBarred({ sourceRanges }: ServicePort, { node }: IpvsContext): boolean {
  const [primary] = node.addresses;
  return sourceRanges.length > 0 && (primary === undefined || !sourceRanges.some((range) => contains(prefix(range), primary)));
}

function nodePortEntries({ nodePort, protocol, externalPolicyLocal }: ServicePort, context: IpvsContext): readonly SetEntry[] {
  if (nodePort === 0 || context.nodePortAddresses.length === 0) return [];
  if (protocol === "sctp") {
    const entries = context.nodePortAddresses.map((address) => `${address},sctp:${nodePort}`);
    const local = externalPolicyLocal ? entries.map((entry): SetEntry => ["KUBE-NODE-PORT-LOCAL-SCTP-HASH", entry]) : [];
    return [...entries.map((entry): SetEntry => ["KUBE-NODE-PORT-SCTP-HASH", entry]), ...local];
  }
  const isTcp = protocol === "tcp";
  const all: SetEntry = [isTcp ? "KUBE-NODE-PORT-TCP" : "KUBE-NODE-PORT-UDP", `${nodePort}`];
  return externalPolicyLocal ? [all, [isTcp ? "KUBE-NODE-PORT-LOCAL-TCP" : "KUBE-NODE-PORT-LOCAL-UDP", `${nodePort}`]] : [all];
}
