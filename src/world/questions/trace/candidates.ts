/** Every endpoint that the rules could have chosen for a packet, in rule order, and who marked it for masquerading. */
import { evaluateTable } from "../../../node/kernel/netfilter/evaluate";
import type { Evaluation } from "../../../node/kernel/netfilter/evaluation";
import type { Ruleset } from "../../../node/kernel/netfilter/rules";
import { ownsAddress } from "../../../node/kernel/host";
import type { Candidate, Choice, Met } from "./met";
import { factsOf } from "./met";
import { ipvsChoiceOf } from "./ipvs-candidates";
import { nftChoiceOf } from "./nft-candidates";

/** Every way in which chance can decide, by whichever engine chooses endpoints here. */
export function choiceOf(met: Met): Choice {
  const { nft, iptables, ipvs } = met.rules;
  if (ipvs !== null) return ipvsChoiceOf(met, { iptables, ipvs });
  return nft === null ? iptablesChoiceOf(met, iptables) : nftChoiceOf(met, nft);
}

/** Walks the nat rules once for every way. */
function iptablesChoiceOf(met: Met, rules: Ruleset): Choice {
  const candidates: Candidate[] = [];
  let masqueraded = false;
  for (let passed = 0; ; passed += 1) {
    let asked = 0;
    const evaluation = walk(met, rules, () => {
      asked += 1;
      return asked > passed ? 0 : 0x7fff_ffff;
    });
    const marks = markingChains(evaluation, rules);
    const own = evaluation.decidedBy?.chain;
    masqueraded ||= marks.some((chain) => chain !== own);
    if (evaluation.verdict.kind === "dnat") {
      const { address, port } = evaluation.verdict;
      candidates.push({ endpoint: `${address}:${port}`, hairpin: marks.some((chain) => chain === own) });
    }
    if (asked <= passed) return { candidates, masqueraded };
  }
}

function walk(met: Met, ruleset: Ruleset, draw: () => number): Evaluation {
  const { host, hook } = met;
  return evaluateTable({
    ruleset,
    table: "nat",
    hook,
    facts: factsOf(met),
    host: { isLocal: (address) => ownsAddress(host, address), drawStatistic: draw },
    recordWalk: true,
  });
}

/** Chains whose rule sent the packet to be marked. */
function markingChains({ walk: chains = [] }: Evaluation, rules: Ruleset): readonly string[] {
  const nat = rules.tables.get("nat")?.chains;
  return chains.flatMap(({ chain, tries }) =>
    tries.flatMap(({ matched, number }) => {
      const target = matched ? nat?.get(chain)?.rules[number - 1]?.target : undefined;
      const marks =
        target?.kind === "jump" &&
        nat?.get(target.chain)?.rules.some((rule) => rule.target.kind === "MARK" && rule.target.operation === "or");
      return marks === true ? [chain] : [];
    }),
  );
}
