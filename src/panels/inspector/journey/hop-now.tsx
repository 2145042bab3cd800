/** The hop of the moment: where, what happened and why, what changed, the rules that did it. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { HopView, JourneyView } from "../../../bridge/protocol";
import { useActions } from "../../../store";
import { ThenAndNow } from "../../then-and-now/then-and-now";
import { Sentence } from "../../address/sentence";
import { Changes } from "./changes";
import { HeaderBytes } from "./header-bytes";
import { choosingWalks } from "./choosing";
import styles from "./journey.module.css";
import { RuleText } from "./rule-text";
import { WhatCould } from "./what-could";
import { WhyThisPod } from "./why-this-pod";

/** How a rule took part: the last one decided, those before only led there. */
function captionOf(index: number, count: number, rewrites: boolean): string {
  if (index < count - 1) return "Caught by";
  return rewrites ? "Rewritten by" : "Decided by";
}

function Rules({ hop }: { readonly hop: HopView }): ReactNode {
  const { setTab, setPane, selectNode } = useActions();
  const rewrites = hop.changes.some((change) => change.field === "destination" || change.field === "source");
  const show = ({ table, chain }: HopView["rules"][number]): void => {
    selectNode(null);
    setPane("rules.part", "");
    setPane("rules.find", "");
    setPane("rules.open", `${table} ${chain}`);
    setTab("rules");
  };
  return hop.rules.map((rule, index) => (
    <section key={`${rule.table} ${rule.chain} ${rule.number}`} className={styles.ruleBlock}>
      <p className={styles.caption}>
        <b>{captionOf(index, hop.rules.length, rewrites)}</b>
        <button
          type="button"
          onClick={() => show(rule)}
          aria-label={`${rule.table}, rule ${rule.number} of ${rule.of}: show ${rule.chain} in the rules`}
        >
          {rule.table}, rule {rule.number} of {rule.of}
        </button>
      </p>
      <RuleText text={rule.text} />
    </section>
  ));
}

export function HopNow({
  journey,
  hop,
  position,
}: {
  readonly journey: JourneyView;
  readonly hop: HopView;
  readonly position: number;
}): ReactNode {
  const [open, setOpen] = useState<"why" | "could" | null>(null);
  const chose = choosingWalks(hop).length > 0;
  const toggle = (which: "why" | "could"): void => setOpen(open === which ? null : which);
  return (
    <div className={styles.now} data-hop={hop.index}>
      <p className={styles.place}>
        <span>{position}</span> <mark className={styles.mono}>{hop.place}</mark>
      </p>
      <p className={styles.say}>
        <Sentence text={hop.sentence} />
      </p>
      <Changes hop={hop} />
      <HeaderBytes hop={hop} />
      <Rules hop={hop} />
      {chose ? (
        <>
          <p className={styles.ask}>
            <button type="button" aria-expanded={open === "why"} onClick={() => toggle("why")}>
              Why this Pod?
            </button>
            <button type="button" aria-expanded={open === "could"} onClick={() => toggle("could")}>
              What could have happened
            </button>
          </p>
          {open === "why" ? <WhyThisPod journey={journey} hop={hop} /> : null}
          {open === "could" ? <WhatCould journey={journey} /> : null}
          <ThenAndNow id="default-gateways" />
        </>
      ) : null}
    </div>
  );
}
