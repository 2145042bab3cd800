/** The same for an nftables table: every endpoint that its chains could have chosen, and who marked the packet. */
import { evaluateBaseChain } from "../../../node/kernel/nftables/evaluate";
import type { NftEvaluation } from "../../../node/kernel/nftables/evaluation";
import { drawFor } from "../../../node/kernel/nftables/evaluation";
import type { NftRule, NftTable, NftVerdict } from "../../../node/kernel/nftables/tables";
import { ownsAddress } from "../../../node/kernel/host";
import type { Candidate, Choice, Met } from "./met";
import { factsOf } from "./met";

const HOOKS = { PREROUTING: "prerouting", OUTPUT: "output", INPUT: "input", FORWARD: "forward", POSTROUTING: "postrouting" } as const;

/** Walks the hook's chains once for every way in which chance can decide, up to the one that translates. */
export function nftChoiceOf(met: Met, table: NftTable): Choice {
  const candidates: Candidate[] = [];
  let masqueraded = false;
  let ways = 1;
  for (let way = 0; way < ways; way += 1) {
    const evaluation = walk(met, table, (size) => {
      ways = size;
      return drawFor(way, size);
    });
    if (evaluation?.verdict.kind !== "dnat") continue;
    const marks = markingChains(evaluation, table);
    const own = evaluation.decidedBy?.chain;
    masqueraded ||= marks.some((chain) => chain !== own);
    const { address, port } = evaluation.verdict;
    candidates.push({ endpoint: `${address}:${port}`, hairpin: marks.some((chain) => chain === own) });
  }
  return { candidates, masqueraded };
}

/** The evaluation that translates the packet or ends it; null where none does. */
function walk(met: Met, table: NftTable, draw: (size: number) => number): NftEvaluation | null {
  const { host, hook } = met;
  const drawNumgen = (_chain: string, rule: NftRule): number => {
    const numgen = rule.expressions.find((one) => one.kind === "numgen");
    return draw(numgen?.kind === "numgen" ? numgen.verdicts.length : 1);
  };
  for (const chain of table.hooks.get(HOOKS[hook]) ?? []) {
    const asked = { isLocal: (address: string): boolean => ownsAddress(host, address), drawNumgen };
    const evaluation = evaluateBaseChain({ table, chain, facts: factsOf(met), host: asked, recordWalk: true });
    if (evaluation.verdict.kind !== "accept") return evaluation;
  }
  return null;
}

/** Chains whose rule sent the packet to be marked. */
function markingChains({ walk: chains = [] }: NftEvaluation, table: NftTable): readonly string[] {
  return chains.flatMap(({ chain, tries }) =>
    tries.flatMap(({ matched, number }) => {
      const last = matched ? table.chains.get(chain)?.rules[number - 1]?.expressions.at(-1) : undefined;
      return last?.kind === "verdict" && leadsToMark(last.verdict, table) ? [chain] : [];
    }),
  );
}

function leadsToMark(verdict: NftVerdict, table: NftTable): boolean {
  const rules = "chain" in verdict ? table.chains.get(verdict.chain)?.rules : undefined;
  return rules?.some(({ expressions }) => expressions.some((one) => one.kind === "set-mark" && one.operation === "or")) ?? false;
}
