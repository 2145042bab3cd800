/** The same for IPVS: the real servers that take new connections, and what the nat rules mark on the way to them. */
import { allServers } from "../../../node/kernel/ipvs/requests";
import { realKey, virtualKey, type IpvsTable } from "../../../node/kernel/ipvs/table";
import { evaluateTable } from "../../../node/kernel/netfilter/evaluate";
import { setHolds } from "../../../node/kernel/netfilter/ipsets";
import type { Ruleset } from "../../../node/kernel/netfilter/rules";
import { ownsAddress } from "../../../node/kernel/host";
import type { Packet } from "../../../network/packet";
import { ip } from "../../../network/address";
import type { Choice, Met } from "./met";
import { factsOf } from "./met";

/** Every real server that the virtual one could choose; nobody where the packet is to none, or the node drops it before. */
export function ipvsChoiceOf(met: Met, { iptables, ipvs }: { readonly iptables: Ruleset; readonly ipvs: IpvsTable }): Choice {
  const { packet, host, hook } = met;
  const { transport } = packet;
  const state = host.ipvs;
  if (transport.kind === "ICMP" || state === null) return { candidates: [], masqueraded: false };
  const key = virtualKey({ protocol: NAMES[transport.kind], address: packet.dst, port: transport.dstPort });
  const virtual = ipvs.servers.get(key);
  const isLocal = (address: string): boolean => ownsAddress(host, address);
  const { mark } = evaluateTable({
    ruleset: iptables,
    table: "nat",
    hook,
    facts: factsOf(met),
    host: { isLocal, drawStatistic: () => 0 },
    recordWalk: false,
  });
  const servers = virtual === undefined ? [] : allServers(state, key, virtual).filter(({ weight }) => weight > 0);
  return {
    candidates: servers.map((server) => ({ endpoint: realKey(server), hairpin: loopsBack(iptables, packet, server) })),
    masqueraded: mark !== 0,
  };
}

const NAMES = { TCP: "tcp", UDP: "udp", SCTP: "sctp" } as const;

/** Whether the set of loops holds the packet once it goes to that real server. */
function loopsBack({ sets }: Ruleset, packet: Packet, { address, port }: { readonly address: string; readonly port: number }): boolean {
  const loops = sets?.get("KUBE-LOOP-BACK");
  const { transport } = packet;
  if (loops === undefined || transport.kind === "ICMP") return false;
  return setHolds(loops, ["dst", "dst", "src"], { ...packet, dst: ip(address), transport: { ...transport, dstPort: port } });
}
