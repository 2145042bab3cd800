/** What can be moved in a world: the page makes its sliders from it. */
import { refOf } from "../cluster/objects";
import { usersOf } from "./api-users";
import { workersOf } from "./events/on-node";
import type { WorldState } from "./state";
import type { ControlsView } from "./view-types";

export type { ControlsView } from "./view-types";

/** Deployments in file order (kube-system left out), workers, traffic. */
export function controlsOf(state: WorldState): ControlsView {
  const given = state.setup.objects.flatMap(({ object }) => (object.kind === "Deployment" ? [object] : []));
  const deployments = given
    .map((object) => ({ ref: refOf(object), replicas: object.spec.replicas ?? 1 }))
    .filter(({ ref }) => ref.namespace !== "kube-system")
    .map(({ ref: { namespace, name }, replicas }) => ({ namespace, name, replicas }));
  const workers = workersOf(state).length;
  const perSecond = state.standing.get("world")?.perSecond ?? 0;
  return {
    deployments,
    workers,
    hasNodesSlider: workers >= 1 && workers <= 5,
    perSecond,
    users: usersOf(state).map(({ name, may }) => ({ name, may })),
  };
}
