/** A person's requests go through the API server, stage by stage, one after another; the last stage writes. */
import { ensure } from "../../base/assert";
import type { ApiStage } from "../../cluster/api-server";
import { API_STAGES, runStage } from "../../cluster/api-server";
import type { ApiWrite } from "../../cluster/api-write";
import { targetOf } from "../../cluster/api-write";
import { micros } from "../../engine/time";
import { DELAYS } from "../../node/agents/timings";
import { userNamed, userOf } from "../api-users";
import { requestWords } from "../asked-writes";
import type { WorldEvent } from "../event";
import type { Sim } from "../sim";
import { commitLatency, later } from "../sim";
import type { Told } from "../told";
import { LANE, objectOf } from "../told";

type StageEvent = Extract<WorldEvent, { readonly kind: "api-stage" }>;

/** Sends what a person asks for: the next write when the one before it has been answered, as kubectl does. */
export function ask(sim: Sim, writes: readonly ApiWrite[]): void {
  const [write, ...rest] = writes;
  if (write === undefined) return;
  later(sim, micros(0), { kind: "api-stage", stage: "authentication", write, user: userOf(sim.state).name, rest });
}

/** One stage of one request. */
export function onApiStage(sim: Sim, event: StageEvent): Told {
  const { state } = sim;
  const { stage, write, user, rest } = event;
  const done = runStage(stage, write, {
    view: state.store.latest(),
    serviceCIDRs: state.setup.config.serviceCIDRs,
    user: ensure(userNamed(state, user), "a user of this cluster"),
    draw: (component, purpose) => state.draws.next(component, purpose),
  });
  const head = { kind: "api", lane: LANE.api, object: objectOf(targetOf(write)) };
  const request = requestWords(write);
  if (!done.ok) {
    goOn(sim, event, rest);
    return { ...head, stage: { name: stage, passed: false }, sentence: `${request} is refused at ${stage}: ${done.problem.message}.` };
  }
  passOn(sim, event, done.value.write);
  return { ...head, stage: { name: stage, passed: true }, sentence: `${requestWords(done.value.write)}, ${stage}: ${done.value.did}.` };
}

function passOn(sim: Sim, event: StageEvent, write: ApiWrite): void {
  const { draws } = sim.state;
  const next = nextStage(event.stage);
  if (next !== undefined) {
    const share = micros(Math.floor(draws.span("you", "api", DELAYS.apiServer) / API_STAGES.length));
    return later(sim, share, { ...event, stage: next, write });
  }
  const commit = commitLatency(sim, "you");
  later(sim, commit, { kind: "write", write, by: { who: "you" } });
  goOn(sim, event, event.rest, commit);
}

function nextStage(stage: ApiStage): ApiStage | undefined {
  return API_STAGES[API_STAGES.indexOf(stage) + 1];
}

/** The answer is there: the next request begins. */
function goOn(sim: Sim, event: StageEvent, [write, ...rest]: readonly ApiWrite[], after = micros(0)): void {
  if (write !== undefined) later(sim, after, { ...event, stage: "authentication", write, rest });
}
