/**
 * A run that can be gone along both ways: scenario, seed and journal are the whole of it, everything else is a cache.
 * Three worlds of one making stand in it: the head computes what comes and writes the trace, the eye stands at the
 * moment that is shown, and the lens runs one request again to see its packets hop by hop. Looking never changes a run.
 * Long work is a generator that yields often; whoever drives it decides how long a slice lasts, and may stop.
 */
import type { Result } from "../base/result";
import { ok } from "../base/result";
import type { SimTime } from "../engine/time";
import { showTime, simTime } from "../engine/time";
import type { Command, JournalEntry } from "../world/command";
import type {
  CaptureView,
  JourneyView,
  LabView,
  Looking,
  MomentView,
  RulesView,
  SyncView,
  TraceEvent,
  TriedView,
} from "../world/view-types";
import { answerResolve } from "../world/questions/resolve";
import type { ResolveAnswer, ResolveQuestion } from "../world/questions/types";
import type { Sim } from "../world/sim";
import type { World } from "../world/world";
import type { Entry } from "./branch";
import { Branch, gerund } from "./branch";
import { SPACING } from "./checkpoints";
import { Lens } from "./lens";
import { Past } from "./past";
import { syncsOf } from "./syncs";
import { Runner } from "./runner";

/** How far long work has come. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** Work that yields between small pieces. */
export type Work<T> = Generator<Progress, T, void>;

/** Events between two yields. */
const PIECE = 128;
/** How many events before a target keep single-step copies: many while one steps, a few after a leap. */
const NEAR = { step: 64, leap: 4 } as const;

/** Runs work to its end at once. */
export function finish<T>(work: Work<T>): T {
  for (;;) {
    const turn = work.next();
    if (turn.done === true) return turn.value;
  }
}

/** What a command led to. */
export interface Acted {
  readonly notice: string;
  readonly event: number;
  readonly at: SimTime;
  /** The moment from which the trace is new. */
  readonly from: SimTime;
}

/** A command as the page gives it. */
export interface Act {
  readonly at: SimTime;
  /** The latest moment that was shown: acting before it forks. */
  readonly shownUntil: SimTime;
  readonly command: Command;
  readonly replaces?: string;
}

/** A recording. */
export class Recording {
  private readonly head: Runner;
  private readonly eye: Runner;
  private readonly lens: Lens;
  private readonly past: Past;
  private readonly all: Branch[];
  private branch: Branch;
  private made = 1;

  constructor({ world, journal = [] }: { readonly world: World; readonly journal?: readonly JournalEntry[] }) {
    this.branch = Branch.begin({ events: 0, at: world.now, taken: 0, world: world.checkpoint() }, journal);
    this.all = [this.branch];
    this.eye = new Runner(world, this.branch);
    this.head = new Runner(world.twin(), this.branch);
    this.lens = new Lens(world.twin());
    this.past = new Past(() => world.twin());
    this.record();
  }

  private record(): void {
    this.head.world.listen({
      event: (event) => this.branch.trace.add(event),
      flight: (flight, event, at) => this.branch.trace.addFlight(flight, event, at),
    });
  }

  /** The branch that runs. */
  get current(): Branch {
    return this.branch;
  }

  /** All branches, the oldest first. */
  get branches(): readonly Branch[] {
    return this.all;
  }

  /** The commands of the current branch. */
  get journal(): readonly JournalEntry[] {
    return this.branch.journal.map(({ at, command }) => ({ at, command }));
  }

  /** Computes ahead up to a moment. */
  *advance(until: SimTime): Work<void> {
    const from = this.branch.computedTo;
    while (this.headStep(until)) {
      if (this.head.events % PIECE !== 0) continue;
      const reached = this.head.world.now - 1;
      if (reached > this.branch.computedTo) this.branch.computedTo = simTime(reached);
      yield { done: this.branch.computedTo - from, total: until - from };
    }
    if (until > this.branch.computedTo) this.branch.computedTo = until;
  }

  private headStep(until: SimTime): boolean {
    if (!this.head.step(until)) return false;
    if (this.head.events % SPACING === 0) this.branch.checkpoints.add(this.head.mark());
    return true;
  }

  /** Brings the eye to a moment: after every event at or before it. */
  *seekTime(at: SimTime): Work<void> {
    yield* this.advance(at);
    const events = (this.branch.trace.lastBefore(at)?.number ?? -1) + 1;
    yield* this.bringEye(events);
  }

  /** Brings the eye to the state after an event; to the last one where there are not so many. */
  *seekEvent(event: number): Work<void> {
    while (this.branch.trace.length <= event && this.head.nextAt !== undefined) yield* this.advance(this.head.nextAt);
    const isStep = Math.abs(event - this.event) <= 2;
    yield* this.bringEye(Math.min(event + 1, this.branch.trace.length), isStep ? NEAR.step : NEAR.leap);
  }

  private *bringEye(events: number, near = 0): Work<void> {
    const mark = this.branch.checkpoints.beforeEvents(events);
    const stands = this.eye.events <= events && this.eye.events >= mark.events;
    if (!stands) this.eye.goTo(mark);
    const from = this.eye.events;
    while (this.eye.events < events) {
      this.eye.step(simTime(Number.MAX_SAFE_INTEGER));
      if (events - this.eye.events < near) this.branch.checkpoints.addStep(this.eye.mark());
      if (this.eye.events % PIECE === 0) yield { done: this.eye.events - from, total: events - from };
    }
  }

  /** Number of the last event that the eye has handled, -1 before the first. */
  get event(): number {
    return this.eye.events - 1;
  }

  /** The shown moment. */
  moment(looking: Looking): MomentView {
    const event = this.event;
    return {
      ...this.eye.world.view(looking),
      stamp: { branch: this.branch.id, event, at: looking.at },
      lastEvent: this.branch.trace.at(event) ?? null,
      ...this.rollout(looking),
    };
  }

  /** The trace may be ahead of what is shown: only events up to the shown one count. */
  private rollout({ object, at }: Looking): Pick<MomentView, "rollout"> {
    if (object === undefined) return {};
    const { trace } = this.branch;
    const eventsFrom = (from: number): readonly TraceEvent[] =>
      trace.between(from, this.eye.world.now + 1).filter(({ number }) => number <= this.event);
    const rollout = this.eye.world.rollout(object, at, eventsFrom);
    return rollout === null ? {} : { rollout };
  }

  /** An object of the shown moment as YAML; "" where there is none. */
  yaml(ref: NonNullable<Looking["object"]>): string {
    return this.eye.world.view({ at: this.eye.world.now, ahead: 0, follow: null, playing: true, object: ref }).object?.yaml ?? "";
  }

  /** What the API server would answer to a command at the shown moment, request by request. */
  tried(command: Command): readonly TriedView[] {
    return this.eye.world.tried(command);
  }

  /** Every frame on every interface between two moments, as far as they are computed. */
  *stretch(from: SimTime, to: SimTime): Work<CaptureView> {
    return yield* this.lens.stretch(this.branch, { from, to });
  }

  /** The network at the shown moment, as a laboratory of Linux network namespaces. */
  lab(): Result<LabView> {
    return this.eye.world.lab();
  }

  /** How a Pod's resolver would look a name up at the shown moment; nothing of it is kept. */
  resolve(question: ResolveQuestion): Result<ResolveAnswer> {
    const sim = this.eye.world.inside;
    return answerResolve(question, { sim, seed: sim.state.setup.seed, warnings: [] });
  }

  /** The shown world from inside, for questions that try something out on its rules. Not to be written. */
  get shown(): Sim {
    return this.eye.world.inside;
  }

  /** A copy of the shown world that goes its own way. */
  shownTwin(): World {
    return this.eye.world.twin();
  }

  /** Fingerprint of the shown state. */
  hash(): string {
    return this.eye.world.hash();
  }

  /** Records of [from, to) as far as they are computed. */
  events(from: SimTime, to: SimTime): readonly TraceEvent[] {
    return this.branch.trace.between(from, to);
  }

  /** A request's journey as far as it is computed; null where there is no such request. */
  *journey(request: number): Work<JourneyView | null> {
    return yield* this.lens.journey(this.branch, request);
  }

  /** A request's frames on all interfaces as far as they are computed; null where there is no such request. */
  *capture(request: number): Work<CaptureView | null> {
    return yield* this.lens.capture(this.branch, request);
  }

  /** When a node got other rules, the oldest first, as far as the branch is computed. */
  syncs(node: string): readonly SyncView[] {
    return syncsOf(this.branch.trace, node);
  }

  /** The rules of a node as they stood after an event; null where there was no such node then. */
  *rulesAfter(node: string, event: number): Work<RulesView | null> {
    const world = yield* this.past.after(this.branch, event + 1);
    return world.view({ at: world.now, ahead: 0, follow: null, playing: true, rulesOf: node }).rules ?? null;
  }

  /** Gives a command at a moment. Acting in the past that was shown keeps the old branch by name. */
  *act(act: Act): Work<Result<Acted>> {
    yield* this.seekTime(act.at);
    const allowed = this.eye.world.check(act.command);
    if (!allowed.ok) return allowed;
    const replaced = this.replacedBy(act);
    const kept = this.branch.journal.filter((entry, index) => entry.at <= act.at && index !== replaced);
    if (replaced < 0 && this.isPast(act)) this.forkBefore(act);
    yield* this.rewind(act.at, kept, replaced < 0 ? kept.length : replaced);
    const entry: Entry = { at: act.at, command: act.command, ...(act.replaces === undefined ? {} : { key: act.replaces }) };
    this.branch.journal = [...kept, entry];
    this.headStep(act.at);
    return ok({ notice: allowed.value, event: this.head.events - 1, at: act.at, from: act.at });
  }

  private replacedBy({ at, replaces }: Act): number {
    if (replaces === undefined) return -1;
    return this.branch.journal.findLastIndex((entry) => entry.at === at && entry.key === replaces);
  }

  private isPast({ at, shownUntil }: Act): boolean {
    return at < shownUntil || this.branch.journal.some((entry) => entry.at > at);
  }

  private forkBefore({ at, shownUntil, command }: Act): void {
    const old = this.branch;
    this.made += 1;
    this.branch = old.fork(`b${this.made}`);
    old.cut(shownUntil > at ? shownUntil : at);
    const name = `before ${gerund(command)} at ${showTime(at).slice(0, 9)}`;
    old.name = this.freeName(old.name === "main" ? name : `${old.name}, ${name}`);
    this.all.push(this.branch);
    for (const runner of [this.head, this.eye]) runner.branch = this.branch;
  }

  private freeName(name: string): string {
    let free = name;
    for (let n = 2; this.all.some((branch) => branch.name === free); n += 1) free = `${name} (${n})`;
    return free;
  }

  /** Cuts the current branch to a moment and the first `taken` of the kept commands, and stands both runners there. */
  private *rewind(at: SimTime, kept: readonly Entry[], taken: number): Work<void> {
    const { branch } = this;
    branch.journal = kept.slice(0, taken);
    const mark = this.markFor(at, taken);
    branch.trace.truncate(mark.events);
    this.head.goTo(mark);
    while (this.headStep(at)) {
      if (this.head.events % PIECE === 0) yield { done: 0, total: 1 };
    }
    branch.journal = kept;
    while (this.headStep(at)) yield { done: 0, total: 1 };
    branch.checkpoints.truncate(this.head.events, taken);
    branch.computedTo = at;
    this.lens.forget();
    if (this.eye.events > this.head.events || taken < kept.length || this.eye.commands > kept.length) this.eye.goTo(mark);
  }

  private markFor(at: SimTime, taken: number): ReturnType<Runner["mark"]> {
    const { checkpoints } = this.branch;
    let mark = checkpoints.beforeTime(at);
    while (mark.taken > taken) mark = checkpoints.beforeEvents(mark.events - 1);
    return mark;
  }

  /**
   * Makes another branch the current one, as far as it was shown; the one that is left is cut to what was shown of it.
   * False where there is none of that id.
   */
  switchTo(id: string, shownUntil: SimTime = this.branch.computedTo): boolean {
    const branch = this.all.find((one) => one.id === id);
    if (branch === undefined) return false;
    this.branch.cut(shownUntil);
    this.branch = branch;
    for (const runner of [this.head, this.eye]) {
      runner.branch = branch;
      runner.goTo(branch.checkpoints.beforeEvents(branch.trace.length));
    }
    finish(this.catchUp());
    this.lens.forget();
    return true;
  }

  private *catchUp(): Work<void> {
    const { trace } = this.branch;
    while (this.head.events < trace.length) {
      if (!this.headStep(simTime(Number.MAX_SAFE_INTEGER))) return;
      yield { done: this.head.events, total: trace.length };
    }
  }

  /** Throws the checkpoints away. Everything stays the same, only slower. */
  dropCheckpoints(): void {
    this.branch.checkpoints.drop();
  }
}
