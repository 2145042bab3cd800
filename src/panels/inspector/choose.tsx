/** A labelled choice of which thing a panel shows. */
import { useId } from "react";
import type { ReactNode } from "react";
import styles from "./inspector.module.css";

export interface ChooseProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly onChange: (value: string) => void;
}

export function Choose({ label, value, options, onChange }: ChooseProps): ReactNode {
  const id = useId();
  return (
    <p className={styles.choose}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </p>
  );
}
