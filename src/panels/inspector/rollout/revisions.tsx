/** The templates that a workload has had, and what it says of its rollout. */
import type { ReactNode } from "react";
import type { RolloutView } from "../../../bridge/protocol";
import { useActions } from "../../../store";
import styles from "../inspector.module.css";
import { fullName, kindOf } from "./rollout-acts";
import own from "./rollout.module.css";

export function Revisions({ view }: { readonly view: RolloutView }): ReactNode {
  const { command } = useActions();
  const { name } = view.ref;
  const back = (revision: number): void => void command({ do: "roll-back", kind: kindOf(view), name: fullName(view), revision });
  return (
    <ul className={`${styles.rows} ${own.revisions}`} aria-label={`Revisions of ${name}`}>
      {view.revisions.toReversed().map((one) => (
        <li key={one.number}>
          <b className={own.number}>{one.number}</b>
          <span className={styles.mono}>{one.images.map(shortImage).join(", ")}</span>
          <span className={styles.quiet}>
            {one.replicas} {one.replicas === 1 ? "Pod" : "Pods"}
          </span>
          <span className={styles.end}>
            {one.isCurrent ? (
              "wanted now"
            ) : (
              <button type="button" onClick={() => back(one.number)} aria-label={`Roll back ${name} to revision ${one.number}`}>
                Roll back
              </button>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** An image without its registry. */
function shortImage(image: string): string {
  return image.slice(image.lastIndexOf("/") + 1);
}

export function Conditions({ view }: { readonly view: RolloutView }): ReactNode {
  if (view.conditions.length === 0) return null;
  return (
    <dl className={styles.facts}>
      {view.conditions.map(({ type, status, reason, message }) => (
        <div key={type} style={{ display: "contents" }}>
          <dt>{type}</dt>
          <dd>
            {status}, {reason} <span className={styles.quiet}>{message}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
