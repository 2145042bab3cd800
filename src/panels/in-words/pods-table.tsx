/** Every Pod: where it stands, how it is, and what can be done to it. */
import type { ReactNode } from "react";
import type { ObjectRef, PodView } from "../../bridge/protocol";
import { showMillis, useCalmApp } from "../../store";
import { Table, type Column } from "../../widgets/table";
import { Address } from "../address";
import { labelsText } from "../labels-text";
import { DeleteButton, EditLabelsButton, ObjectButton } from "../row-acts";

const NONE: readonly PodView[] = [];

const refOf = (pod: PodView): ObjectRef => ({ kind: "Pod", namespace: pod.namespace, name: pod.name });

const COLUMNS: readonly Column<PodView>[] = [
  { head: "Name", cell: (pod) => <ObjectButton of={refOf(pod)} /> },
  { head: "Node", cell: (pod) => pod.node },
  { head: "Address", cell: (pod) => <Address text={pod.address} network="pod" /> },
  { head: "State", cell: (pod) => pod.state },
  { head: "Ready since", cell: (pod) => (pod.readySince === null ? "" : showMillis(pod.readySince)) },
  { head: "UID", cell: (pod) => <code>{pod.uid}</code> },
  { head: "Labels", cell: (pod) => <code>{labelsText(pod.labels)}</code> },
  { head: "Namespace", cell: (pod) => pod.namespace },
  {
    head: "Acts",
    cell: (pod) => (
      <span className="row-acts">
        <EditLabelsButton of={refOf(pod)} />
        <DeleteButton of={refOf(pod)} />
      </span>
    ),
  },
];

export function PodsTable(): ReactNode {
  const pods = useCalmApp((state) => state.session.moment?.pods ?? NONE);
  return (
    <Table name="Pods" columns={COLUMNS} rows={pods} rowKey={(pod) => pod.uid} empty="No Pods. A Deployment with replicas makes some." />
  );
}
