/** "Break things": one line in the controls until it is opened; says how much is broken even then. */
import { lazy, Suspense, useCallback, useId, useRef, type ReactNode } from "react";
import { useActions, useApp } from "../../store";
import { keepInView, scrollBoxOf } from "../../widgets/keep-in-view";

const Breaking = lazy(() => import("./breaking"));

export function BreakGroup(): ReactNode {
  const open = useApp((state) => state.selection.panes["breaking"] === "open");
  const broken = useApp((state) => {
    const found = state.session.moment?.disturbances;
    if (found === undefined) return 0;
    const pods = found.pods.filter(({ frozen, crashes, failing }) => frozen || crashes || failing.length > 0);
    return found.nodes.length + pods.length + found.cutWatches.length;
  });
  const { setPane } = useActions();
  const id = useId();
  const group = useRef<HTMLElement>(null);
  const pressed = useRef(false);
  const press = (): void => {
    pressed.current = !open;
    setPane("breaking", open ? "" : "open");
  };
  const shown = useCallback(() => {
    const box = group.current === null ? null : scrollBoxOf(group.current);
    if (pressed.current && group.current !== null && box !== null) keepInView(box, group.current);
    pressed.current = false;
  }, []);
  return (
    <section className="break-group" ref={group}>
      <h2>
        <button
          type="button"
          aria-expanded={open}
          aria-controls={id}
          aria-describedby={broken === 0 ? undefined : `${id}-broken`}
          onClick={press}
        >
          Break things
        </button>
        {broken === 0 ? null : (
          <span className="break-count" id={`${id}-broken`}>
            {broken} broken
          </span>
        )}
      </h2>
      <div id={id} hidden={!open}>
        <Suspense>{open ? <Breaking shown={shown} /> : null}</Suspense>
      </div>
    </section>
  );
}
