/** Deployments and StatefulSets as rows. */
import type { Deployment, StatefulSet } from "../../cluster/objects";
import type { ClusterView } from "../../cluster/store-types";
import { REVISION } from "../../control-plane/deployment-sets";
import type { WorkloadView } from "../view-types";

/** One row. */
export function workloadView(view: ClusterView, workload: Deployment | StatefulSet): WorkloadView {
  const { metadata, spec, status = {} } = workload;
  return {
    namespace: metadata.namespace ?? "default",
    name: metadata.name,
    replicas: spec.replicas ?? 1,
    ready: status.readyReplicas ?? 0,
    updated: status.updatedReplicas ?? 0,
    available: status.availableReplicas ?? 0,
    paused: workload.kind === "Deployment" && workload.spec.paused === true,
    image: spec.template.spec.containers[0]?.image ?? "",
    revision: revisionOf(view, workload),
  };
}

/** As the controller has noted it. */
function revisionOf(view: ClusterView, { kind, metadata, status }: Deployment | StatefulSet): number {
  if (kind === "Deployment") return Number(metadata.annotations?.[REVISION] ?? "0");
  return view.get("ControllerRevision", metadata.namespace ?? "default", status?.updateRevision ?? "")?.revision ?? 0;
}
