/** The rollout of the workload that the inspector shows, in words: its counts and each Pod's way, as the chart draws them. */
import type { ReactNode } from "react";
import type { PodMoment, RolloutPod, RolloutSet, RolloutView } from "../../bridge/protocol";
import { showMillis, useCalmApp } from "../../store";
import { Table, type Column } from "../../widgets/table";

interface Line {
  readonly what: string;
  readonly counts: string;
}

const LINES: readonly Column<Line>[] = [
  { head: "Count", cell: ({ what }) => what },
  { head: "From when", cell: ({ counts }) => counts },
];

function counted(counts: readonly { readonly at: number; readonly count: number }[]): string {
  return counts.map(({ at, count }) => `${count} from ${showMillis(at)}`).join(", ");
}

function setLine({ name, revision, isNew, sizes }: RolloutSet): Line {
  return { what: `Pods wanted of ${name}, revision ${revision}${isNew ? ", the new template" : ""}`, counts: counted(sizes) };
}

function linesOf({ sets, available, bounds }: RolloutView): readonly Line[] {
  return [
    ...sets.map(setLine),
    { what: "Pods at most", counts: counted(bounds.map(({ at, most }) => ({ at, count: most }))) },
    { what: "Pods available at least", counts: counted(bounds.map(({ at, least }) => ({ at, count: least }))) },
    { what: "Pods available", counts: counted(available) },
  ];
}

function moment(what: PodMoment): (pod: RolloutPod) => string {
  return ({ moments }) => {
    const at = moments.find((one) => one.what === what)?.at;
    return at === undefined ? "" : showMillis(at);
  };
}

function rules(pick: "from" | "until"): (pod: RolloutPod) => string {
  return (pod) =>
    pod.rules
      .flatMap((one) => {
        const at = one[pick];
        return at === null ? [] : [`${one.node} ${at === 0 ? "since before" : showMillis(at)}`];
      })
      .join(", ");
}

const PODS: readonly Column<RolloutPod>[] = [
  { head: "Pod", cell: ({ name }) => name },
  { head: "Template", cell: ({ isNew }) => (isNew ? "new" : "older") },
  { head: "Node", cell: ({ node }) => node },
  { head: "Made", cell: moment("made") },
  { head: "Scheduled", cell: moment("scheduled") },
  { head: "Sandbox", cell: moment("sandbox") },
  { head: "Started", cell: moment("started") },
  { head: "Ready", cell: moment("ready") },
  { head: "In slice", cell: (pod) => (pod.rules.some(({ from }) => from === 0) ? "since before" : moment("in slice")(pod)) },
  { head: "In rules of", cell: rules("from") },
  { head: "Ending", cell: moment("ending") },
  { head: "SIGTERM", cell: moment("signalled") },
  { head: "Out of slice", cell: moment("out of slice") },
  { head: "Out of rules of", cell: rules("until") },
  { head: "Gone", cell: moment("gone") },
];

export default function RolloutTables(): ReactNode {
  const view = useCalmApp((state) => state.session.moment?.rollout);
  if (view === undefined || view.since === null) return null;
  const { name } = view.ref;
  return (
    <>
      <Table
        name={`Rollout of ${name}, counts`}
        columns={LINES}
        rows={linesOf(view)}
        rowKey={({ what }) => what}
        empty="Nothing has been rolled out."
      />
      <Table name={`Rollout of ${name}, Pods`} columns={PODS} rows={view.pods} rowKey={({ uid }) => uid} empty="It had no Pods." />
    </>
  );
}
