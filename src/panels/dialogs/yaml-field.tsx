/** YAML to be typed or pasted, what becomes of it, and what was wrong with it. What is typed is kept as the dialog's draft. */
import { useId, type ReactNode } from "react";
import { useActions, type DialogRequest } from "../../store";
import { ProblemLine } from "./problem";

export interface YamlFieldProps {
  readonly dialog: DialogRequest;
  readonly text: string;
  readonly problem: string | null;
  readonly placeholder?: string;
  /** The hint. */
  readonly children: ReactNode;
}

export function YamlField({ dialog, text, problem, placeholder, children }: YamlFieldProps): ReactNode {
  const id = useId();
  const { setDraft } = useActions();
  return (
    <>
      <label htmlFor={id}>YAML</label>
      <textarea
        id={id}
        value={text}
        spellCheck={false}
        placeholder={placeholder}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? `${id}-hint` : `${id}-problem`}
        onChange={(event) => setDraft(dialog, event.currentTarget.value)}
      />
      <p className="hint" id={`${id}-hint`}>
        {children}
      </p>
      <ProblemLine id={`${id}-problem`} text={problem} />
    </>
  );
}
