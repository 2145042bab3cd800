/** The hooks of the node shown, with the followed packet's own way through them, drawn and in words. */
import { useMemo, type ReactNode } from "react";
import type { HopView, RulesView } from "../../../bridge/protocol";
import { NetfilterDiagram } from "../../../diagrams/netfilter/NetfilterDiagram";
import { baseChainOf, IPVS_PLACES } from "../../../diagrams/netfilter/stages";
import { visitsOf } from "../../../diagrams/netfilter/visits";
import { rulesInWords, visitInWords } from "../../../diagrams/netfilter/words";
import { currentHop, useActions, useApp } from "../../../store";
import { chainsOf } from "./rules-text";
import styles from "./rules.module.css";

const NO_HOPS: readonly HopView[] = [];

export default function HooksPart({ rules }: { readonly rules: RulesView }): ReactNode {
  const journey = useApp((state) => state.session.journey);
  const hop = useApp(currentHop);
  const { goToHop } = useActions();
  const { text, node, mode } = rules;
  const bases = useMemo(
    () => (mode === "ipvs" ? IPVS_PLACES : chainsOf(text).flatMap(({ chain, heading }) => baseChainOf(chain, heading) ?? [])),
    [mode, text],
  );
  const hops = useMemo(
    () => (journey === null || hop === null ? NO_HOPS : journey.hops.filter((one) => one.packet === hop.packet && one.host === node)),
    [journey, hop, node],
  );
  const visits = useMemo(() => visitsOf(hops), [hops]);
  const title = hop === null ? "" : (journey?.packets[hop.packet]?.title ?? "");
  return (
    <>
      <p className={styles.hooksTitle}>{visits.length === 0 ? noWay(title, node) : `${title} on ${node}: ${rulesInWords(visits)}.`}</p>
      <div className={styles.diagram}>
        <NetfilterDiagram host={node} hops={hops} current={hop?.index ?? -1} bases={bases} onHop={goToHop} />
      </div>
      {visits.length === 0 ? null : (
        <ol className={styles.visits} aria-label={`The way through ${node} in words`}>
          {visits.map((visit, index) => (
            <li key={visit.hop.index} aria-current={visit.hop.index === hop?.index ? "step" : undefined}>
              <b>{index + 1}</b>
              <button type="button" onClick={() => goToHop(visit.hop.index)}>
                {visitInWords(visit)}
              </button>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function noWay(title: string, node: string): string {
  return title === "" ? "Follow a request, and its packet's way through the hooks is lit." : `${title} does not come through ${node}.`;
}
