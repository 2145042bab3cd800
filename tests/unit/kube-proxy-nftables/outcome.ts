/**
 * Where a packet may end up by a node's nftables rules: every endpoint that chance could choose, in rule order. Walks
 * the base chains of the hooks on the packet's way by priority: before routing (output for the node's own), then the rest.
 */
import { showEndpoint } from "../../../src/network/address";
import type { EvaluationHost } from "../../../src/node/kernel/netfilter/evaluation";
import { evaluateBaseChain } from "../../../src/node/kernel/nftables/evaluate";
import { drawFor, type DynamicElements, type NftEvaluation } from "../../../src/node/kernel/nftables/evaluation";
import type { NftHook, NftTable } from "../../../src/node/kernel/nftables/tables";
import { factsOf, type Flow, type Outcome } from "../../packet-flow/kube-proxy/outcome";

interface Asked {
  readonly table: NftTable;
  readonly isLocal: EvaluationHost["isLocal"];
  readonly dynamic?: DynamicElements;
}

export function nftOutcomeOf(asked: Asked, flow: Flow): Outcome {
  const targets: string[] = [];
  const rules: string[] = [];
  let masquerade = false;
  for (let choice = 0; ; choice += 1) {
    const walk = new Walk(asked, flow, choice);
    const stopped = walk.run();
    masquerade ||= walk.mark !== 0;
    rules.push(...walk.rules);
    if (stopped !== "") return { output: stopped, masquerade, rules };
    if (walk.target !== "") targets.push(walk.target);
    if (choice + 1 >= walk.choices) return { output: targets.join(", "), masquerade, rules };
  }
}

class Walk {
  mark = 0;
  target = "";
  choices = 1;
  readonly rules: string[] = [];

  constructor(
    private readonly asked: Asked,
    private flow: Flow,
    private readonly choice: number,
  ) {}

  run(): string {
    const isOurs = this.asked.isLocal(this.flow.source);
    const stopped = this.hook(isOurs ? "output" : "prerouting");
    if (stopped !== "") return stopped;
    const arrives = this.asked.isLocal(this.flow.destination);
    if (arrives) return this.hook("input");
    return isOurs ? "" : this.hook("forward");
  }

  private hook(hook: NftHook): string {
    for (const chain of this.asked.table.hooks.get(hook) ?? []) {
      const { verdict, mark, decidedBy } = this.evaluate(chain);
      this.mark |= mark;
      this.rules.push(`${chain}: ${decidedBy?.chain ?? "policy"} ${decidedBy?.number ?? ""} ${verdict.kind}`);
      if (verdict.kind === "drop" || verdict.kind === "reject") return verdict.kind.toUpperCase();
      if (verdict.kind !== "dnat") continue;
      this.target = showEndpoint(verdict.address, verdict.port);
      this.flow = { ...this.flow, destination: verdict.address, port: verdict.port };
    }
    return "";
  }

  private evaluate(chain: string): NftEvaluation {
    const { table, isLocal, dynamic } = this.asked;
    const drawNumgen = (_chain: string, rule: NonNullable<NftEvaluation["decidedBy"]>["rule"]): number => {
      const numgen = rule.expressions.find((one) => one.kind === "numgen");
      this.choices = numgen?.kind === "numgen" ? numgen.verdicts.length : 1;
      return drawFor(this.choice, this.choices);
    };
    const facts = { ...factsOf(this.flow), mark: this.mark };
    return evaluateBaseChain({ table, chain, facts, host: { isLocal, drawNumgen, ...(dynamic && { dynamic }) }, recordWalk: false });
  }
}
