/** Text as a tool printed it, in a box that scrolls by itself and can be reached by keyboard. */
import type { ReactNode } from "react";
import "./code-view.css";

export function CodeView({ name, text, lines }: { readonly name: string; readonly text?: string; readonly lines?: ReactNode }): ReactNode {
  return (
    <pre className="code-view" role="group" aria-label={name} tabIndex={0}>
      {lines ?? text}
    </pre>
  );
}
