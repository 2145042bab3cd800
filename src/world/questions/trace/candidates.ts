/** Every endpoint that the rules could have chosen for a packet, in rule order, and who marked it for masquerading. */
import type { Packet } from "../../../network/packet";
import { evaluateTable } from "../../../node/kernel/netfilter/evaluate";
import type { Evaluation } from "../../../node/kernel/netfilter/evaluation";
import type { Hook, Ruleset } from "../../../node/kernel/netfilter/rules";
import type { Host } from "../../../node/kernel/host";
import { ownsAddress } from "../../../node/kernel/host";

/** A packet as it met the nat rules of the first node. */
export interface Met {
  readonly host: Host;
  readonly rules: Ruleset;
  readonly hook: Hook;
  readonly packet: Packet;
  readonly inInterface: string;
  readonly bridged: boolean;
}

/** One way the choice can fall out. */
export interface Candidate {
  /** `address:port`. */
  readonly endpoint: string;
  /** The endpoint's own rule marked the packet (it is the endpoint itself that asks). */
  readonly hairpin: boolean;
}

/** All ways. */
export interface Choice {
  readonly candidates: readonly Candidate[];
  /** A rule before the choice marked the packet. */
  readonly masqueraded: boolean;
}

/** Walks the nat rules once for every way in which chance can decide. */
export function choiceOf(met: Met): Choice {
  const candidates: Candidate[] = [];
  let masqueraded = false;
  for (let passed = 0; ; passed += 1) {
    let asked = 0;
    const evaluation = walk(met, () => {
      asked += 1;
      return asked > passed ? 0 : 0x7fff_ffff;
    });
    const marks = markingChains(evaluation, met.rules);
    const own = evaluation.decidedBy?.chain;
    masqueraded ||= marks.some((chain) => chain !== own);
    if (evaluation.verdict.kind === "dnat") {
      const { address, port } = evaluation.verdict;
      candidates.push({ endpoint: `${address}:${port}`, hairpin: marks.some((chain) => chain === own) });
    }
    if (asked <= passed) return { candidates, masqueraded };
  }
}

function walk({ host, rules, hook, packet, inInterface, bridged }: Met, draw: () => number): Evaluation {
  return evaluateTable({
    ruleset: rules,
    table: "nat",
    hook,
    facts: {
      packet,
      mark: 0,
      inInterface,
      outInterface: "",
      physicalIn: bridged,
      state: "NEW",
      translated: { destination: false, source: false },
    },
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
