/** "Ask the API server": who asks, and what was asked in kubectl's words. One line in the controls until it is opened. */
import { lazy, Suspense, useId, type ReactNode } from "react";
import { useActions, useApp } from "../../store";

const Asking = lazy(() => import("./asking"));

export function AskGroup(): ReactNode {
  const open = useApp((state) => state.selection.panes["asking"] === "open");
  const user = useApp((state) => state.session.moment?.user ?? "");
  const first = useApp((state) => state.session.controls.users[0]?.name ?? "");
  const { setPane } = useActions();
  const id = useId();
  return (
    <section className="break-group">
      <h2>
        <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setPane("asking", open ? "" : "open")}>
          Ask the API server
          {user === "" || user === first ? null : <span className="ask-as"> as {user.split(":").at(-1)}</span>}
        </button>
      </h2>
      <div id={id} hidden={!open}>
        <Suspense>{open ? <Asking /> : null}</Suspense>
      </div>
    </section>
  );
}
