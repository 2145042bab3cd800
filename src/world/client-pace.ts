/**
 * A controller's client of the API server sends at most so many requests a second, with a burst before. As a token
 * bucket it holds one number: the moment at which it would be full again. Source: client-go util/flowcontrol
 * (NewTokenBucketRateLimiter), the defaults of kube-controller-manager (20, burst 30: each controller has a client of its
 * own) and kube-scheduler (50, burst 100). Left out: reads (informers watch), and the kubelet's 50 a second.
 */
import type { Micros } from "../engine/time";
import { micros, simTime } from "../engine/time";
import type { SimTime } from "../engine/time";
import type { ControllerName } from "./controllers";
import type { WorldState } from "./state";

/** The bucket of one controller: full again at `fullAt`. */
export interface ClientRow {
  readonly fullAt: SimTime;
}

interface Rate {
  /** Whole microseconds from token to token. */
  readonly every: number;
  readonly burst: number;
}

const CONTROLLER_MANAGER: Rate = { every: 50_000, burst: 30 };
const SCHEDULER: Rate = { every: 20_000, burst: 100 };

/** Takes a token for a request that is ready in `wait`; answers how long it waits in all until it is sent. */
export function takeToken(state: WorldState, controller: ControllerName, wait: Micros): Micros {
  const { every, burst } = controller === "scheduler" ? SCHEDULER : CONTROLLER_MANAGER;
  const { now } = state.loop;
  const ready = now + wait;
  const fullAt = state.clients.get(controller)?.fullAt ?? ready;
  const sent = Math.max(ready, fullAt - (burst - 1) * every);
  state.clients.set(controller, { fullAt: simTime(Math.max(fullAt, sent) + every) });
  return micros(sent - now);
}
