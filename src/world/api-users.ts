/** Who asks the API server in this world: the users there are, and the one who was chosen. */
import { ensure } from "../base/assert";
import type { ApiUser } from "../cluster/api-server";
import { ADMIN_NAME, apiUsers } from "../cluster/api-server";
import { refFrom } from "./finding";
import type { WorldState } from "./state";

/** The users; people work in the namespace whose Pods ask, or in `default` where nobody does. */
export function usersOf({ setup }: WorldState): readonly ApiUser[] {
  return apiUsers(setup.traffic.from === "" ? "default" : refFrom("Deployment", setup.traffic.from).namespace);
}

/** The user by that name, undefined where there is none. */
export function userNamed(state: WorldState, name: string): ApiUser | undefined {
  return usersOf(state).find((user) => user.name === name);
}

/** Who asks now: the administrator until somebody else is chosen. */
export function userOf(state: WorldState): ApiUser {
  return ensure(userNamed(state, state.standing.get("world")?.user ?? ADMIN_NAME), "a user of this cluster");
}
