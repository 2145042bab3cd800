/** Which part of the Rules tab is shown. */
import type { ReactNode } from "react";
import { usePane } from "../../../store";
import { PARTS, type Part } from "./parts";
import styles from "./rules.module.css";

/** The part shown, and a row to choose another. */
export function usePart(): Part {
  const [part] = usePane("rules.part");
  return PARTS.find(([id]) => id === part)?.[0] ?? "";
}

export function PartChoice(): ReactNode {
  const shown = usePart();
  const [, choose] = usePane("rules.part");
  return (
    <fieldset className={styles.parts}>
      <legend className="sr">Show of the rules</legend>
      {PARTS.map(([id, name]) => (
        <label key={id}>
          <input type="radio" name="rules-part" checked={shown === id} onChange={() => choose(id)} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}
