/** Packets and hosts from few words, for the tests of this room. */
import type { EvaluationHost, PacketFacts } from "../../../src/node/kernel/netfilter/evaluation";
import { ip } from "../../../src/network/address";
import type { Transport } from "../../../src/network/packet";

/** `tcp 10.0.0.1 > 10.96.0.10:80`, or `icmp 10.0.0.1 > 10.0.0.2`. */
export function factsFrom(text: string, more: Partial<Omit<PacketFacts, "packet">> = {}): PacketFacts {
  const [, protocol = "", src = "", dst = "", port = "0"] = /^(\w+) (\S+) > ([\d.]+)(?::(\d+))?$/.exec(text) ?? [];
  return {
    packet: { src: ip(src), dst: ip(dst), ttl: 64, id: 1, dontFragment: true, journey: "", transport: transportOf(protocol, Number(port)) },
    mark: 0,
    inInterface: "",
    outInterface: "",
    physicalIn: false,
    state: "NEW",
    translated: { destination: false, source: false },
    ...more,
  };
}

function transportOf(protocol: string, dstPort: number): Transport {
  const ports = { srcPort: 40_000, dstPort, payload: { kind: "none" } } as const;
  switch (protocol) {
    case "tcp":
      return { kind: "TCP", ...ports, flags: "S", seq: 1, ack: 0, window: 64_240 };
    case "udp":
      return { kind: "UDP", ...ports };
    case "sctp":
      return { kind: "SCTP", ...ports };
    default:
      return { kind: "ICMP", type: 8, code: 0 };
  }
}

/** A host that owns some addresses, draws given numbers in turn, and remembers what was counted. */
export class TestHost implements EvaluationHost {
  readonly counted: string[] = [];
  readonly drawn: string[] = [];

  constructor(
    private readonly addresses: readonly string[] = [],
    private readonly draws: readonly number[] = [],
  ) {}

  isLocal(address: string): boolean {
    return this.addresses.includes(address);
  }

  drawStatistic(chain: string): number {
    this.drawn.push(chain);
    return this.draws[this.drawn.length - 1] ?? 0;
  }

  count(table: string, chain: string, ruleIndex: number): void {
    this.counted.push(`${table} ${chain} ${ruleIndex + 1}`);
  }
}
