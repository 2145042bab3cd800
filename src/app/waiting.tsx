/** Long work: nothing for 200 ms, then a bar, after a second a figure and a way to stop it. */
import { useEffect, useState, type ReactNode } from "react";
import { useActions, useApp } from "../store";
import { Button } from "../widgets/button";
import "./waiting.css";

export function Waiting(): ReactNode {
  const id = useApp((state) => state.session.progress?.id ?? null);
  return id === null ? null : <Work key={id} />;
}

function Work(): ReactNode {
  const progress = useApp((state) => state.session.progress);
  const { cancel } = useActions();
  const stage = useStage();
  if (progress === null || stage === "hidden") return null;
  const share = progress.total > 0 ? progress.done / progress.total : null;
  const figure = share === null ? "" : `${Math.round(share * 100)} %`;
  return (
    <div className="waiting">
      <progress aria-label={progress.what} {...(share === null ? {} : { value: share, max: 1 })} />
      <span>
        {progress.what} {stage === "long" ? figure : ""}
      </span>
      {stage === "long" && <Button onClick={cancel}>Cancel</Button>}
    </div>
  );
}

function useStage(): "hidden" | "shown" | "long" {
  const [stage, setStage] = useState<"hidden" | "shown" | "long">("hidden");
  useEffect(() => {
    const shown = setTimeout(() => setStage("shown"), 200);
    const long = setTimeout(() => setStage("long"), 1000);
    return () => {
      clearTimeout(shown);
      clearTimeout(long);
    };
  }, []);
  return stage;
}
