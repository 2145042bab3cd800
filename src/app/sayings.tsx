/** Notices and errors, and the live region that says one sentence per step. */
import { useEffect, type ReactNode } from "react";
import { useActions, useApp, type Saying } from "../store";
import { Said } from "../widgets/saying";
import "./sayings.css";

/** Notices go by themselves; errors stay until they are put away. */
const NOTICE_LASTS = 7_000;

export function Sayings(): ReactNode {
  const sayings = useApp((state) => state.session.sayings);
  const { dismiss } = useActions();
  const notices = sayings.filter((one) => one.tone === "notice");
  return (
    <div className="sayings">
      <div role="status" className="sayings-notices">
        {notices.map((one) => (
          <Notice key={one.key} saying={one} onDismiss={() => dismiss(one.key)} />
        ))}
      </div>
      {sayings.map((one) => one.tone === "error" && <Said key={one.key} tone="error" text={one.text} onDismiss={() => dismiss(one.key)} />)}
    </div>
  );
}

function Notice({ saying, onDismiss }: { readonly saying: Saying; readonly onDismiss: () => void }): ReactNode {
  const { dismiss } = useActions();
  useEffect(() => {
    const timer = setTimeout(() => dismiss(saying.key), NOTICE_LASTS);
    return () => clearTimeout(timer);
  }, [dismiss, saying.key]);
  return <Said tone="notice" text={saying.text} onDismiss={onDismiss} />;
}

export function StepVoice(): ReactNode {
  const said = useApp((state) => state.view.said);
  return (
    <p className="sr" aria-live="polite">
      {said}
    </p>
  );
}
