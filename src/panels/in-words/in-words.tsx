/** The text twin: everything that the picture carries, always in the document. */
import { lazy, memo, Suspense, type ReactNode } from "react";
import { useApp } from "../../store";
import "./in-words.css";
import { Disturbances } from "./disturbances";
import { JourneyList } from "./journey-list";
import { DnsTables, QueriesTable } from "./dns-tables";
import { NodesTable, ReadersTable, SlicesTable } from "./cluster-tables";
import { PodsTable } from "./pods-table";
import { RequestsTable } from "./requests-table";
import { ServicesTable } from "./services-table";
import { ThisMoment } from "./this-moment";
import { WorkloadsTable } from "./workloads-table";

const CausesList = lazy(() => import("./causes-list"));

/** The ladder is asked for where the inspector shows it. */
function Causes(): ReactNode {
  const isShown = useApp((state) => state.selection.tab === "causes");
  return isShown ? (
    <Suspense>
      <CausesList />
    </Suspense>
  ) : null;
}

const RolloutTables = lazy(() => import("./rollout-tables"));

/** Loaded when a rollout is first looked at. */
function Rollout(): ReactNode {
  const isShown = useApp((state) => (state.session.moment?.rollout?.since ?? null) !== null);
  return isShown ? (
    <Suspense>
      <RolloutTables />
    </Suspense>
  ) : null;
}

export const InWords = memo(function InWords(): ReactNode {
  return (
    <section className="in-words" id="in-words" aria-label="In words" tabIndex={-1}>
      <header>
        <h2>In words</h2>
        <p>Everything that the picture shows, as text.</p>
      </header>
      <div className="in-words-columns">
        <ThisMoment />
        <JourneyList />
      </div>
      <Causes />
      <WorkloadsTable />
      <Rollout />
      <PodsTable />
      <ServicesTable />
      <SlicesTable />
      <NodesTable />
      <ReadersTable />
      <Disturbances />
      <RequestsTable />
      <QueriesTable />
      <DnsTables />
    </section>
  );
});
