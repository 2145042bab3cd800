/** Which pane stands where. One stage, one set of controls, one inspector; the width decides their places. */
import { lazy, Suspense, type ReactNode } from "react";
import { Controls } from "../panels/controls/controls";
import { InWords } from "../panels/in-words/in-words";
import { Timeline } from "../panels/timeline/timeline";
import { useApp } from "../store";
import { Bar } from "./bar";
import { ErrorBoundary } from "./error-boundary";
import { Failure } from "./failure";
import { Inspector } from "./inspector";
import { PaneEdge } from "./pane-edge";
import { Sayings, StepVoice } from "./sayings";
import "./shell.css";
import { StagePane } from "./stage-pane";
import { useKeyboard } from "./use-keyboard";
import { useWidth, type Width } from "./use-width";
import { Waiting } from "./waiting";

const Dialogs = lazy(() => import("../panels/dialogs/dialogs"));

/** How many lanes the timeline has room for. */
const ROOM: Readonly<Record<Width, number>> = { wide: 9, medium: 5, narrow: 0 };

export function Shell(): ReactNode {
  const width = useWidth();
  useKeyboard();
  return (
    <div className="shell" data-width={width}>
      <Bar width={width} />
      {width === "wide" && (
        <section className="left-pane" aria-label="Controls">
          <Controls />
        </section>
      )}
      <main className="stage-pane" aria-label="Stage">
        <Failure />
        <div className="stage-scroll">
          <ErrorBoundary what="The stage">
            <StagePane width={width} />
          </ErrorBoundary>
        </div>
        {width === "wide" && <PaneEdge name="Width of the controls" property="--left" way={1} start={228} min={200} max={320} />}
        {width === "wide" && <PaneEdge name="Width of the inspector" property="--right" way={-1} start={392} min={320} max={640} />}
      </main>
      <Inspector hasControls={width !== "wide"} hasSpeed={width === "narrow"} />
      <ErrorBoundary what="The text">
        <InWords />
      </ErrorBoundary>
      <Timeline room={ROOM[width]} />
      <Sayings />
      <StepVoice />
      <Waiting />
      <OpenDialog />
    </div>
  );
}

/** Dialogs are loaded when the first one opens. */
function OpenDialog(): ReactNode {
  const isOpen = useApp((state) => state.view.dialog !== null);
  return <Suspense>{isOpen && <Dialogs />}</Suspense>;
}
