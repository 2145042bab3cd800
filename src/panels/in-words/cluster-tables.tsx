/** EndpointSlices, Nodes, and who reads the store how far behind. */
import type { ReactNode } from "react";
import type { EndpointView, NodeView, ObjectRef, ReaderView, SliceView } from "../../bridge/protocol";
import { showMillis, showSpan, useCalmApp } from "../../store";
import { Table, type Column } from "../../widgets/table";
import { Address } from "../address";
import { ObjectButton } from "../row-acts";

const NO_SLICES: readonly SliceView[] = [];
const NO_NODES: readonly NodeView[] = [];
const NO_READERS: readonly ReaderView[] = [];

const sliceRef = (slice: SliceView): ObjectRef => ({ kind: "EndpointSlice", namespace: slice.namespace, name: slice.name });
const nodeRef = (node: NodeView): ObjectRef => ({ kind: "Node", namespace: "", name: node.name });

/** An endpoint may have neither Pod nor Node: that of the Service `kubernetes` has none. */
function endpointText({ address, pod, node, ready, terminating }: EndpointView): string {
  const where = [address, pod.split("/").at(-1) ?? "", node === "" ? "" : `on ${node}`].filter((word) => word !== "").join(" ");
  return `${where}, ${terminating ? "terminating" : ready ? "ready" : "not ready"}`;
}

const SLICES: readonly Column<SliceView>[] = [
  { head: "Name", cell: (slice) => <ObjectButton of={sliceRef(slice)} /> },
  { head: "Service", cell: (slice) => slice.service },
  { head: "Revision", cell: (slice) => slice.revision, figures: true },
  { head: "Ports", cell: (slice) => slice.ports.join(", ") },
  { head: "Endpoints", cell: (slice) => slice.endpoints.map(endpointText).join("; ") },
  { head: "As Endpoints", cell: (slice) => <code>{slice.legacyEndpoints}</code> },
];

const NODES: readonly Column<NodeView>[] = [
  { head: "Name", cell: (node) => <ObjectButton of={nodeRef(node)} /> },
  { head: "Address", cell: (node) => <Address text={node.address} network="node" /> },
  { head: "Zone", cell: (node) => node.zone },
  {
    head: "State",
    cell: (node) =>
      [node.ready ? "Ready" : "Not ready", node.unschedulable ? "cordoned" : "", node.off ? "off" : "", ...node.taints]
        .filter((word) => word !== "")
        .join(", "),
  },
  { head: "Pod range", cell: (node) => <code>{node.podRange.range}</code> },
  { head: "Used", cell: (node) => node.podRange.used.length, figures: true },
  { head: "Free", cell: (node) => node.podRange.free, figures: true },
  { head: "Last reserved", cell: (node) => <code>{node.podRange.lastReserved}</code> },
  { head: "kube-proxy synced", cell: (node) => `${showMillis(node.proxy.syncedAt)}${node.proxy.stopped ? ", stopped" : ""}` },
  { head: "Lease renewed", cell: (node) => showMillis(Math.max(0, node.leaseRenewedAt)) },
  { head: "On slices of", cell: (node) => node.proxy.sliceRevision, figures: true },
  { head: "Behind", cell: (node) => showSpan(node.proxy.behind), figures: true },
];

const READERS: readonly Column<ReaderView>[] = [
  { head: "Reader", cell: (reader) => reader.reader },
  { head: "Revision", cell: (reader) => reader.revision, figures: true },
  { head: "Behind", cell: (reader) => showSpan(reader.behind), figures: true },
  { head: "Has read", cell: (reader) => reader.cursors.map(({ kind, revision }) => `${kind} ${revision}`).join(", ") },
  { head: "Watch", cell: (reader) => (reader.cut ? "cut" : "goes on") },
];

export function SlicesTable(): ReactNode {
  const slices = useCalmApp((state) => state.session.moment?.slices ?? NO_SLICES);
  return (
    <Table
      name="EndpointSlices"
      columns={SLICES}
      rows={slices}
      rowKey={(one) => `${one.namespace}/${one.name}`}
      empty="No EndpointSlices. A Service with a selector gets one."
    />
  );
}

export function NodesTable(): ReactNode {
  const nodes = useCalmApp((state) => state.session.moment?.nodes ?? NO_NODES);
  return <Table name="Nodes" columns={NODES} rows={nodes} rowKey={(one) => one.name} empty="No Nodes." />;
}

export function ReadersTable(): ReactNode {
  const readers = useCalmApp((state) => state.session.moment?.readers ?? NO_READERS);
  return <Table name="Readers" columns={READERS} rows={readers} rowKey={(one) => one.reader} empty="Nobody watches the store." />;
}
