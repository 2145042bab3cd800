/**
 * Where a packet may end up in IPVS mode: nat before routing, filter on the way in (virtual addresses are the node's own)
 * or out, then the virtual server's real ones.
 */
import { evaluateTable } from "../../../src/node/kernel/netfilter/evaluate";
import type { EvaluationHost } from "../../../src/node/kernel/netfilter/evaluation";
import type { Hook, TableName } from "../../../src/node/kernel/netfilter/rules";
import { realKey, virtualKey, type VirtualServer } from "../../../src/node/kernel/ipvs/table";
import type { IpvsProxyState } from "../../../src/node/agents/kube-proxy/ipvs/sync";
import { factsOf, type Flow, type Outcome } from "../../packet-flow/kube-proxy/outcome";

export function ipvsOutcomeOf({ ruleset, ipvs, bound }: IpvsProxyState, nodeAddresses: readonly string[], flow: Flow): Outcome {
  const isLocal = (address: string): boolean => [...nodeAddresses, ...bound].includes(address) || address.startsWith("127.");
  const host: EvaluationHost = { isLocal, drawStatistic: () => 0 };
  const isOurs = nodeAddresses.includes(flow.source);
  const virtual = ipvs.servers.get(virtualKey({ protocol: protocolOf(flow), address: flow.destination, port: flow.port }));
  const run = (table: TableName, hook: Hook, asked: Flow, more: object = {}): ReturnType<typeof evaluateTable> =>
    evaluateTable({ ruleset, table, hook, facts: { ...factsOf(asked), ...more }, host, recordWalk: false });
  // The node's own packet to a virtual address has that address as its source.
  const asked = isOurs && bound.includes(flow.destination) ? { ...flow, source: flow.destination } : flow;
  const nat = run("nat", isOurs ? "OUTPUT" : "PREROUTING", asked);
  const way: Hook = isLocal(flow.destination) ? "INPUT" : "FORWARD";
  // IPVS takes the node's own packets before INPUT; those that are no virtual server's go by the loopback.
  const isTaken = isOurs && (virtual !== undefined || way === "FORWARD");
  const filter = isTaken ? run("filter", "OUTPUT", asked, virtual === undefined ? {} : { virtual }) : run("filter", way, asked);
  const rules = [nat, filter].map(({ decidedBy, verdict }) => `${decidedBy?.chain ?? "policy"} ${decidedBy?.number ?? ""} ${verdict.kind}`);
  const masquerade = nat.mark !== 0;
  if (filter.verdict.kind === "drop" || filter.verdict.kind === "reject")
    return { output: filter.verdict.kind.toUpperCase(), masquerade, rules };
  return { output: outputOf(virtual), masquerade, rules };
}

function outputOf(virtual: VirtualServer | undefined): string {
  if (virtual === undefined) return "";
  return virtual.servers.length === 0 ? "REJECT" : virtual.servers.map(realKey).join(", ");
}

function protocolOf({ protocol }: Flow): VirtualServer["protocol"] {
  switch (protocol.toUpperCase()) {
    case "UDP":
      return "udp";
    case "SCTP":
      return "sctp";
    default:
      return "tcp";
  }
}
