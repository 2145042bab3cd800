/** What was wrong, said at once. */
import type { ReactNode } from "react";

export function ProblemLine({ id, text }: { readonly id: string; readonly text: string | null }): ReactNode {
  if (text === null) return null;
  return (
    <p className="problem" role="alert" id={id}>
      {text}
    </p>
  );
}
