/** Making chance fall out so that one endpoint is chosen, whichever engine chooses. */
import type { Rule, Ruleset } from "../../../node/kernel/netfilter/rules";
import { drawFor } from "../../../node/kernel/nftables/evaluation";
import type { Choices } from "../../kernel-context";
import { endpointsBehind } from "../../views/nft-walks";

/** Choices that lead to the endpoint (`address:port`) that is wanted at the time; undefined leaves all to chance. */
export function choicesToward(wanted: () => string | undefined): Pick<Choices, "chooseServer" | "chooseStatistic" | "chooseNumgen"> {
  return {
    chooseServer: () => wanted(),
    chooseStatistic: (_host, _chain, rule, ruleset) => leadsTo(wanted(), rule, ruleset),
    chooseNumgen: (_host, rule, table) => {
      const endpoint = wanted();
      const ends = endpoint === undefined ? [] : endpointsBehind(rule, table);
      const index = ends.findIndex((end) => end === endpoint);
      return index < 0 ? undefined : drawFor(index, ends.length);
    },
  };
}

/** Whether a rule that chance decides leads to the wanted endpoint; undefined leaves it to chance. */
function leadsTo(endpoint: string | undefined, rule: Rule, ruleset: Ruleset): boolean | undefined {
  if (endpoint === undefined || rule.target.kind !== "jump") return undefined;
  const chain = ruleset.tables.get("nat")?.chains.get(rule.target.chain);
  const ends = chain?.rules.flatMap(({ target }) => (target.kind === "DNAT" ? [`${target.address}:${target.port}`] : [])) ?? [];
  return ends.length === 0 ? undefined : ends.includes(endpoint);
}
