/** The simulation failed: what it said, and a way on that keeps the recording. */
import type { ReactNode } from "react";
import { useActions, useApp } from "../store";
import { Button } from "../widgets/button";

export function Failure(): ReactNode {
  const failure = useApp((state) => (state.session.phase === "failed" ? state.session.failure : null));
  const { restart } = useActions();
  if (failure === null) return null;
  return (
    <div className="failure" role="alert">
      <p>
        <b>The simulation stopped.</b> {failure.message} What you did is kept: starting again brings you back to this moment.
      </p>
      <Button main onClick={() => void restart()}>
        Start again
      </Button>
    </div>
  );
}
