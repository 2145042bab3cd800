/** How far a refused request came through the API server: the stages that it passed, and the one that refused it. */
import type { ReactNode } from "react";
import type { TriedView } from "../../bridge/protocol";

export function Tried({ tried }: { readonly tried: readonly TriedView[] }): ReactNode {
  const last = tried.at(-1);
  if (last === undefined || last.refused === null) return null;
  return (
    <details className="tried">
      <summary>
        {last.request}: refused at {last.refused.stage}, after {last.passed.length} stage{last.passed.length === 1 ? "" : "s"}
      </summary>
      <ol>
        {last.passed.map(({ stage, did }) => (
          <li key={stage}>
            <b>{stage}</b> {did}
          </li>
        ))}
        <li className="tried-end">
          <b>{last.refused.stage}</b> refuses it; nothing was stored
        </li>
      </ol>
    </details>
  );
}
