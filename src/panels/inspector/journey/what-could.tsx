/** Every branch that the choice had, with its probability; the one taken is marked. */
import type { ReactNode } from "react";
import type { JourneyView } from "../../../bridge/protocol";
import { Address } from "../../address/address";
import { ThenAndNow } from "../../then-and-now/then-and-now";
import { bareName } from "./grouping";
import styles from "./journey.module.css";

export function WhatCould({ journey }: { readonly journey: JourneyView }): ReactNode {
  if (journey.choices.length === 0) return <p className={styles.quiet}>There was no choice: the rules name no endpoint.</p>;
  return (
    <div className={styles.more}>
      <ul className={styles.choices} aria-label="What could have happened">
        {journey.choices.map((choice) => (
          <li key={choice.endpoint} className={choice.taken ? styles.taken : undefined}>
            <span aria-hidden="true">{choice.taken ? "✓" : "–"}</span>
            <Address text={choice.endpoint} />
            <span>{bareName(choice.pod)}</span>
            <span className={styles.end}>{choice.taken ? `${choice.probability}, taken` : choice.probability}</span>
          </li>
        ))}
      </ul>
      <ThenAndNow id="round-robin" />
    </div>
  );
}
