/** Deployments and StatefulSets: how far each is, and what can be done to its rollout. */
import { useMemo, type ReactNode } from "react";
import type { ObjectRef, WorkloadView } from "../../bridge/protocol";
import { useActions, useCalmApp } from "../../store";
import { Table, type Column } from "../../widgets/table";
import { nextImage } from "../inspector/rollout/next-image";
import { ObjectButton } from "../row-acts";

const NONE: readonly WorkloadView[] = [];

type Kind = "Deployment" | "StatefulSet";
interface Row {
  readonly kind: Kind;
  readonly workload: WorkloadView;
}

const refOf = ({ kind, workload }: Row): ObjectRef => ({ kind, namespace: workload.namespace, name: workload.name });

const COLUMNS: readonly Column<Row>[] = [
  { head: "Name", cell: (row) => <ObjectButton of={refOf(row)} /> },
  { head: "Kind", cell: ({ kind }) => kind },
  { head: "Ready", cell: ({ workload }) => `${workload.ready}/${workload.replicas}`, figures: true },
  { head: "Up to date", cell: ({ workload }) => workload.updated, figures: true },
  { head: "Available", cell: ({ workload }) => workload.available, figures: true },
  { head: "Revision", cell: ({ workload }) => workload.revision, figures: true },
  { head: "Image", cell: ({ workload }) => <code>{workload.image}</code> },
  { head: "Rollout", cell: ({ workload }) => (workload.paused ? "paused" : workload.updated < workload.replicas ? "under way" : "done") },
  { head: "Namespace", cell: ({ workload }) => workload.namespace },
  { head: "Acts", cell: (row) => <RolloutButtons {...row} /> },
];

function RolloutButtons({ kind, workload }: Row): ReactNode {
  const { command } = useActions();
  const { name, paused } = workload;
  const full = `${workload.namespace}/${name}`;
  return (
    <span className="row-acts">
      <button
        type="button"
        aria-label={`Roll out ${name}`}
        onClick={() => void command({ do: "roll-out", kind, name: full, image: nextImage(workload.image) })}
      >
        Roll out
      </button>
      <button type="button" aria-label={`Roll back ${name}`} onClick={() => void command({ do: "roll-back", kind, name: full })}>
        Roll back
      </button>
      {kind === "Deployment" ? (
        <button
          type="button"
          aria-label={`${paused ? "Resume" : "Pause"} rollout of ${name}`}
          onClick={() => void command({ do: paused ? "resume-rollout" : "pause-rollout", name: full })}
        >
          {paused ? "Resume" : "Pause"}
        </button>
      ) : null}
    </span>
  );
}

export function WorkloadsTable(): ReactNode {
  const deployments = useCalmApp((state) => state.session.moment?.deployments ?? NONE);
  const statefulSets = useCalmApp((state) => state.session.moment?.statefulSets ?? NONE);
  const rows = useMemo(
    () => [
      ...deployments.map((workload): Row => ({ kind: "Deployment", workload })),
      ...statefulSets.map((workload): Row => ({ kind: "StatefulSet", workload })),
    ],
    [deployments, statefulSets],
  );
  return (
    <Table
      name="Workloads"
      columns={COLUMNS}
      rows={rows}
      rowKey={({ kind, workload }) => `${kind} ${workload.namespace}/${workload.name}`}
      empty="No Deployments and no StatefulSets."
    />
  );
}
