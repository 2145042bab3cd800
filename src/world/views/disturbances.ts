/** What is broken, and which delays are in force. */
import type { Deployment, Pod } from "../../cluster/objects";
import { refOf } from "../../cluster/objects";
import type { ClusterView } from "../../cluster/store-types";
import { graceOf, preStopOf } from "../../node/agents/grace";
import { PROBE_NAMES, probeOf } from "../../node/agents/probes";
import { minSyncPeriodOf } from "../events/on-proxy";
import { terminationOf } from "../programs";
import type { AgentRow, PodRow } from "../rows";
import type { WorldState } from "../state";
import { nameOf } from "../told";
import type { BrokenNodeView, DisturbancesView, EndingView, TroubledPodView } from "../view-types";

/** Among more Pods than this, those of which nothing but a probe is known are not looked for. */
const MOST_LOOKED_AT = 2000;

/** All disturbances of a moment. */
export function disturbancesView(state: WorldState, view: ClusterView): DisturbancesView {
  const standing = state.standing.get("world");
  const many = state.pods.size > MOST_LOOKED_AT;
  const frozen = new Set(state.processes.all().flatMap((row) => (row.held === undefined ? [] : [row.pod])));
  return {
    nodes: state.agents.all().flatMap((row) => brokenNode(state, row)),
    pods: state.pods.all().flatMap((row) => troubledPod(row, { view: many ? null : view, frozen: frozen.has(row.uid) })),
    cutWatches: standing?.cutWatches ?? [],
    watchDelay: (standing?.watchDelay ?? 0) / 1000,
    storeDelay: (standing?.storeDelay ?? 0) / 1000,
    syncPeriod: minSyncPeriodOf(state) / 1000,
    endings: view.list("Deployment").flatMap((one) => (one.metadata.namespace === "kube-system" ? [] : [endingOf(one)])),
  };
}

function brokenNode({ proxies }: WorldState, { name, faults = {} }: AgentRow): readonly BrokenNodeView[] {
  const off = faults.power === "off";
  const broken: BrokenNodeView = {
    node: name,
    off,
    kubeletStopped: faults.kubelet === "stopped" && !off,
    proxyStopped: proxies.get(name)?.stopped === true && !off,
    cutOff: faults.network === "cut",
    addressesTaken: faults.addresses === "taken",
  };
  const { kubeletStopped, proxyStopped, cutOff, addressesTaken } = broken;
  return off || kubeletStopped || proxyStopped || cutOff || addressesTaken ? [broken] : [];
}

function troubledPod(
  row: PodRow,
  { view, frozen }: { readonly view: ClusterView | null; readonly frozen: boolean },
): readonly TroubledPodView[] {
  const pod = view?.get("Pod", row.namespace, row.name);
  const probes = pod === undefined || !isProbed(pod) ? [] : PROBE_NAMES.filter((name) => probeOf(pod, name) !== null);
  const { failing = [], crashes = false, restarts } = row;
  if (probes.length === 0 && failing.length === 0 && !frozen && !crashes && restarts === undefined) return [];
  const waits = row.stage === "exit-noticed" && restarts !== undefined;
  return [
    {
      pod: nameOf(row),
      probes,
      failing,
      frozen,
      crashes,
      restarts: restarts?.count ?? 0,
      waitsUntil: waits ? restarts.backOffSince : null,
    },
  ];
}

/** Most Pods have no probe: they are passed by without a look at each kind. */
function isProbed({ spec }: Pod): boolean {
  return spec.containers.some(
    (one) => one.readinessProbe !== undefined || one.livenessProbe !== undefined || one.startupProbe !== undefined,
  );
}

function endingOf(deployment: Deployment): EndingView {
  const { metadata, spec } = deployment.spec.template;
  const pod: Pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "", ...metadata }, spec };
  const { onTerm, shutdown } = terminationOf(pod);
  const probe = probeOf(pod, "readiness");
  return {
    deployment: nameOf(refOf(deployment)),
    preStopSeconds: preStopOf(pod) / 1_000_000,
    graceSeconds: graceOf(pod) / 1_000_000,
    probePeriodSeconds: probe === null ? null : probe.period / 1_000_000,
    shutdownSeconds: shutdown / 1_000_000,
    onTerm,
  };
}
