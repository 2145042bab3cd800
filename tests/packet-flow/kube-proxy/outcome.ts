/**
 * Where a packet may end up by a node's rules: every endpoint that chance could choose, in rule order. Walks nat before
 * routing (OUTPUT for the node's own packets), then the filter hooks of the way the packet takes.
 */
import { endpointIn, ip, showEndpoint } from "../../../src/network/address";
import type { Packet } from "../../../src/network/packet";
import { evaluateTable } from "../../../src/node/kernel/netfilter/evaluate";
import type { Evaluation, EvaluationHost, PacketFacts } from "../../../src/node/kernel/netfilter/evaluation";
import type { Hook, Ruleset, TableName } from "../../../src/node/kernel/netfilter/rules";

export interface Flow {
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

export interface Outcome {
  /** Endpoints with commas between, "" where nothing intercepts, or REJECT, DROP, ACCEPT. */
  readonly output: string;
  readonly masquerade: boolean;
  /** The rules that decided, for a failure's message. */
  readonly rules: readonly string[];
}

export function outcomeOf(ruleset: Ruleset, nodeAddresses: readonly string[], flow: Flow): Outcome {
  const isLocal = (address: string): boolean => nodeAddresses.includes(address) || address.startsWith("127.") || address === "::1";
  const hook = isLocal(flow.source) ? "OUTPUT" : "PREROUTING";
  const targets: string[] = [];
  const rules: string[] = [];
  let mark = 0;
  for (let skipped = 0; ; skipped += 1) {
    const chance = new Chance(skipped);
    const found = evaluate({ ruleset, table: "nat", hook, flow, isLocal, chance });
    mark |= found.mark;
    rules.push(showDecision(found));
    if (found.verdict.kind === "dnat") targets.push(showEndpoint(found.verdict.address, found.verdict.port));
    if (chance.asked <= skipped) break;
  }
  const [first] = targets;
  const after = first === undefined ? flow : { ...flow, destination: endpointIn(first).address };
  const filtered = filter({ ruleset, flow: after, isLocal, mark, translated: first !== undefined });
  rules.push(filtered.rule);
  return { output: filtered.output === "" ? targets.join(", ") : filtered.output, masquerade: mark !== 0, rules };
}

/** Lets the first choices pass by and takes the next. */
class Chance {
  asked = 0;

  constructor(private readonly skipped: number) {}

  draw(): number {
    this.asked += 1;
    return this.asked > this.skipped ? 0 : 0x7fffffff;
  }
}

interface Asked {
  readonly ruleset: Ruleset;
  readonly table: TableName;
  readonly hook: Hook;
  readonly flow: Flow;
  readonly isLocal: (address: string) => boolean;
  readonly chance?: Chance;
  readonly mark?: number;
  readonly translated?: boolean;
}

function evaluate({ ruleset, table, hook, flow, isLocal, chance, mark = 0, translated = false }: Asked): Evaluation {
  const host: EvaluationHost = { isLocal, drawStatistic: () => chance?.draw() ?? 0 };
  return evaluateTable({
    ruleset,
    table,
    hook,
    facts: { ...factsOf(flow), mark, translated: { destination: translated, source: false } },
    host,
    recordWalk: false,
  });
}

export function factsOf(flow: Flow): PacketFacts {
  return {
    packet: packetOf(flow),
    mark: 0,
    inInterface: "eth0",
    outInterface: "",
    physicalIn: false,
    state: "NEW",
    translated: { destination: false, source: false },
  };
}

function packetOf({ protocol, source, destination, port }: Flow): Packet {
  const ports = { srcPort: 40_000, dstPort: port, payload: { kind: "none" } } as const;
  const base = { src: ip(source), dst: ip(destination), ttl: 64, id: 0, dontFragment: true, journey: "" };
  if (protocol.toUpperCase() === "UDP") return { ...base, transport: { kind: "UDP", ...ports } };
  if (protocol.toUpperCase() === "SCTP") return { ...base, transport: { kind: "SCTP", ...ports } };
  return { ...base, transport: { kind: "TCP", ...ports, flags: "S", seq: 1, ack: 0, window: 64_240 } };
}

type Filtering = Omit<Asked, "table" | "hook">;

function filter(asked: Filtering): { readonly output: string; readonly rule: string } {
  let rule = "";
  for (const hook of hooksOf(asked)) {
    const found = evaluate({ ...asked, table: "filter", hook });
    rule = showDecision(found);
    if (found.verdict.kind === "reject") return { output: "REJECT", rule };
    if (found.verdict.kind === "drop") return { output: "DROP", rule };
    if (found.verdict.kind === "accept" && found.decidedBy?.chain === "KUBE-NODEPORTS") return { output: "ACCEPT", rule };
  }
  return { output: "", rule };
}

function hooksOf({ flow, isLocal }: Filtering): readonly Hook[] {
  const arrives = isLocal(flow.destination);
  if (isLocal(flow.source)) return arrives ? ["OUTPUT", "INPUT"] : ["OUTPUT"];
  return [arrives ? "INPUT" : "FORWARD"];
}

function showDecision({ decidedBy, verdict }: Evaluation): string {
  return decidedBy === undefined
    ? `policy ${verdict.kind}`
    : `${decidedBy.table} ${decidedBy.chain} rule ${decidedBy.number}: ${verdict.kind}`;
}
