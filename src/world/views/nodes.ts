/** Nodes as the page shows them: machine, Pod range, interfaces, kube-proxy, tables as the tools print them. */
import type { ClusterView } from "../../cluster/store-types";
import type { SimTime } from "../../engine/time";
import { rangeView } from "../../node/agents/cni";
import { vtepAddress } from "../../node/agents/node-network";
import type { Host } from "../../node/kernel/host";
import { bridgeFdb, ipNeigh, ipRoute } from "../../node/kernel/routing/show";
import { lastRenewal } from "../leases";
import { isControlPlane } from "../completing";
import type { AgentRow } from "../rows";
import type { WorldState } from "../state";
import type { InterfaceView, NodeView } from "../view-types";
import { firstNotSynced } from "./readers";

/** All nodes that have a machine, the control plane first, then by name. */
export function nodeViews(state: WorldState, view: ClusterView, at: SimTime): readonly NodeView[] {
  const all = state.agents.all().map((row) => nodeView(state, view, row, at));
  return all.toSorted((a, b) => Number(b.controlPlane) - Number(a.controlPlane) || (a.name < b.name ? -1 : 1));
}

function nodeView(state: WorldState, view: ClusterView, row: AgentRow, at: SimTime): NodeView {
  const node = view.get("Node", "", row.name);
  const host = state.hosts.get(row.name);
  const range = rangeView(row.ipam);
  return {
    name: row.name,
    address: row.links.address,
    zone: row.zone,
    controlPlane: node !== undefined && isControlPlane(node),
    ready: node?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
    unschedulable: node?.spec?.unschedulable ?? false,
    taints: (node?.spec?.taints ?? []).map(
      ({ key, value, effect }) => `${key}${value === undefined || value === "" ? "" : `=${value}`}:${effect}`,
    ),
    podRange: range,
    bridgeAddress: range.gateway,
    vtepAddress: vtepAddress(row.links.podRange),
    proxy: proxyView(state, row.name, at),
    off: row.faults?.power === "off",
    leaseRenewedAt: lastRenewal(state, row.name, at),
    interfaces: host === undefined ? [] : interfaceViews(host),
    routes: host === undefined ? "" : ipRoute(host),
    neighbours: host === undefined ? "" : ipNeigh(host, at),
    fdb: host === undefined ? "" : bridgeFdb(host),
  };
}

function proxyView(state: WorldState, node: string, at: SimTime): NodeView["proxy"] {
  const row = state.proxies.get(node);
  if (row === undefined) return { syncedAt: 0, syncing: false, serviceRevision: 0, sliceRevision: 0, behind: 0, stopped: true };
  const first = firstNotSynced(state, row);
  return {
    syncedAt: row.syncedAt,
    syncing: row.running !== null,
    serviceRevision: row.synced.Service,
    sliceRevision: row.synced.EndpointSlice,
    behind: first === undefined ? 0 : at - first.at,
    stopped: row.stopped === true,
  };
}

function interfaceViews(host: Host): readonly InterfaceView[] {
  return [...host.interfaces.values()].map(({ name, role, mac, addresses }) => ({ name, role, mac, addresses }));
}
