/** Runs one request again with an observer on, to see its packets hop by hop. The run itself never knows. */
import type { SimTime } from "../engine/time";
import { simTime } from "../engine/time";
import type { CaptureView, JourneyView } from "../world/view-types";
import type { World } from "../world/world";
import type { Branch } from "./branch";
import { Runner } from "./runner";

/** A world for looking closely, with what it saw last. */
export class Lens {
  private runner: Runner | null = null;
  private seen: { readonly branch: string; readonly request: number } | null = null;
  private view: { readonly to: SimTime; readonly journey: JourneyView | null } | null = null;

  constructor(private readonly world: World) {}

  /** The journey of a request on a branch, as far as the branch is computed. */
  *journey(branch: Branch, request: number): Generator<{ readonly done: number; readonly total: number }, JourneyView | null, void> {
    const runner = this.place(branch, request);
    if (runner === null) return null;
    const until = simTime(Math.min(branch.computedTo, branch.trace.flight(request)?.endedAt ?? branch.computedTo) + AFTER);
    const to = simTime(Math.min(until, branch.computedTo));
    if (this.view !== null && this.view.to === to) return this.view.journey;
    while (runner.events < branch.trace.length && runner.step(to)) {
      if (runner.events % 64 === 0) yield { done: runner.events, total: branch.trace.length };
    }
    this.view = { to, journey: withinEvents(this.world.journey(request), branch) };
    return this.view.journey;
  }

  /** The frames of the same journey. */
  *capture(branch: Branch, request: number): Generator<{ readonly done: number; readonly total: number }, CaptureView | null, void> {
    const journey = yield* this.journey(branch, request);
    return journey === null ? null : this.world.capture(request);
  }

  /** Every frame of a stretch of a branch, as far as the branch is computed. */
  *stretch(
    branch: Branch,
    { from, to }: { readonly from: SimTime; readonly to: SimTime },
  ): Generator<{ readonly done: number; readonly total: number }, CaptureView, void> {
    this.forget();
    this.runner = null;
    this.world.observe(null);
    const runner = new Runner(this.world, branch);
    runner.goTo(branch.checkpoints.beforeTime(simTime(Math.max(0, from - 1))));
    const end = simTime(Math.min(to, branch.computedTo));
    const upTo = function* (moment: SimTime): Generator<{ readonly done: number; readonly total: number }, void, void> {
      while (runner.step(moment)) if (runner.events % 64 === 0) yield { done: runner.events, total: branch.trace.length };
    };
    if (from > 0) yield* upTo(simTime(from - 1));
    this.world.observe("everything");
    yield* upTo(end);
    const seen = this.world.stretch(from, end);
    this.world.observe(null);
    return seen;
  }

  private place(branch: Branch, request: number): Runner | null {
    if (this.runner !== null && this.seen?.branch === branch.id && this.seen.request === request) return this.runner;
    const flight = branch.trace.flight(request);
    if (flight === undefined) return null;
    this.runner = new Runner(this.world, branch);
    this.runner.goTo(branch.checkpoints.beforeTime(simTime(Math.max(0, flight.startedAt - 1))));
    this.world.observe(request);
    this.seen = { branch: branch.id, request };
    this.view = null;
    return this.runner;
  }

  /** Forgets what it saw; needed when a branch is cut. */
  forget(): void {
    this.seen = null;
    this.view = null;
  }
}

/**
 * A packet's way over one host is one event, and its hops are spread over the time that it takes. The run's next event may
 * lie in that time: no hop is shown later than it, so that stepping on by events never goes back in time.
 */
function withinEvents(journey: JourneyView | null, { trace }: Branch): JourneyView | null {
  if (journey === null) return null;
  const latest = (event: number): number => trace.at(event + 1)?.at ?? Number.MAX_SAFE_INTEGER;
  return { ...journey, hops: journey.hops.map((hop) => ({ ...hop, at: Math.min(hop.at, latest(hop.event)) })) };
}

/** How long after a request's end its last packets (FIN, ACK) may still be under way. */
const AFTER = 50_000;
