/** The netfilter diagram in words: what happened at each station. */
import type { Visit } from "./visits";
import { rulesAsked } from "./visits";

/** `PREROUTING: nat asked 13 rules. KUBE-SEP-… rewrites the destination …` */
export function visitInWords(visit: Visit): string {
  const { hop, asked } = visit;
  const rules = asked
    .filter(({ stage }) => stage !== "ipvs")
    .map(({ stage, rules: count }) => `${stage} asked ${count === 1 ? "1 rule" : `${count} rules`}`)
    .join(", ");
  return `${placeOf(visit)}: ${rules === "" ? "" : `${rules}. `}${hop.sentence}`;
}

function placeOf({ station, hop }: Visit): string {
  switch (station) {
    case "in":
    case "out":
      return hop.iface;
    case "bridge":
      return "cni0";
    case "local":
      return hop.place;
    default:
      return hop.bridged ? `${station}, called by the bridge` : station;
  }
}

/** What one stage did with the packet, in two or three words; "" for a stage without rules. */
export function stageInWords(stage: string, { asked, rewrite, hop: { conntrack, place } }: Visit): string {
  const byIpvs = place.endsWith(", ipvs");
  if (stage === "ipvs") return byIpvs ? rewrite || "refused" : "";
  const own = asked.find((one) => one.stage === stage);
  const translates = !byIpvs && (stage === "nat" || stage.startsWith("nat-"));
  if (stage === "conntrack") return conntrack === null ? "" : conntrack.confirmed ? "known" : "new";
  if (own === undefined) return translates && conntrack?.confirmed === true ? (rewrite === "" ? "not asked" : `not asked, ${rewrite}`) : "";
  const rules = own.rules === 1 ? "1 rule" : `${own.rules} rules`;
  return translates && rewrite !== "" ? `${rules}, ${rewrite}` : rules;
}

/** How many rules a packet met on its way through a host. */
export function rulesInWords(visits: readonly Visit[]): string {
  const rules = visits.reduce((sum, visit) => sum + rulesAsked(visit), 0);
  return rules === 0 ? "no rule was asked" : rules === 1 ? "1 rule was asked" : `${rules} rules were asked`;
}
