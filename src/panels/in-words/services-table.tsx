/** Every Service: the front end that stays, and what stands behind it now. */
import type { ReactNode } from "react";
import type { ObjectRef, ServiceView } from "../../bridge/protocol";
import { useCalmApp } from "../../store";
import { Table, type Column } from "../../widgets/table";
import { Address } from "../address";
import { labelsText } from "../labels-text";
import { DeleteButton, EditSelectorButton, ObjectButton } from "../row-acts";

const NONE: readonly ServiceView[] = [];

const refOf = (service: ServiceView): ObjectRef => ({ kind: "Service", namespace: service.namespace, name: service.name });

const portText = (service: ServiceView): string =>
  service.ports.map((port) => `${port.name === "" ? "" : `${port.name} `}${port.port}/${port.protocol} to ${port.targetPort}`).join(", ");

const COLUMNS: readonly Column<ServiceView>[] = [
  { head: "Name", cell: (service) => <ObjectButton of={refOf(service)} /> },
  { head: "Namespace", cell: (service) => service.namespace },
  { head: "ClusterIP", cell: (service) => <Address text={service.clusterIP} network="service" /> },
  { head: "Ports", cell: portText },
  { head: "Selector", cell: (service) => <code>{service.selector === null ? "" : labelsText(service.selector)}</code> },
  { head: "Ready", cell: (service) => service.readyEndpoints, figures: true },
  { head: "Matching Pods", cell: (service) => service.matchingPods.join(", ") },
  { head: "Remark", cell: (service) => service.remark },
  {
    head: "Acts",
    cell: (service) => (
      <span className="row-acts">
        <EditSelectorButton of={refOf(service)} />
        <DeleteButton of={refOf(service)} />
      </span>
    ),
  },
];

export function ServicesTable(): ReactNode {
  const services = useCalmApp((state) => state.session.moment?.services ?? NONE);
  return (
    <Table
      name="Services"
      columns={COLUMNS}
      rows={services}
      rowKey={(one) => `${one.namespace}/${one.name}`}
      empty="No Services. “New Service” makes one."
    />
  );
}
