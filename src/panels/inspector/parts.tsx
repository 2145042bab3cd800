/** A panel's parts, one of which is shown: a row of words. */
import { useId, type ReactNode } from "react";
import styles from "./inspector.module.css";

export interface PartsProps<Part extends string> {
  readonly label: string;
  readonly parts: readonly (readonly [part: Part, name: string])[];
  readonly shown: Part;
  readonly onShow: (part: Part) => void;
}

export function Parts<Part extends string>({ label, parts, shown, onShow }: PartsProps<Part>): ReactNode {
  const group = useId();
  return (
    <fieldset className={styles.parts}>
      <legend className="sr">{label}</legend>
      {parts.map(([part, name]) => (
        <label key={part}>
          <input type="radio" name={group} checked={shown === part} onChange={() => onShow(part)} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}
