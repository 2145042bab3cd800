/**
 * One conversation between a page and a simulation, over messages (see protocol.ts). It owns the recording, works in
 * slices of at most 10 ms, and answers what was asked last. Knows neither worker nor window: both give it a clock.
 */
import type { Result } from "../base/result";
import { simTime } from "../engine/time";
import type { Acted, Progress, Recording, Work } from "../recording/recording";
import { messageView } from "../world/views/message";
import { causesOf } from "../recording/causes";
import type { Job } from "./jobs";
import { theExperiments } from "./experiments";
import { Jobs } from "./jobs";
import type { Opened } from "./opening";
import { open, parse } from "./opening";
import type { Answer, FromWorker, JourneyView, Looking, Question, ToWorker } from "./protocol";

/** What a session runs with. */
export interface SessionOptions {
  readonly send: (message: FromWorker) => void;
  /** Runs a task in a later turn of the event loop. */
  readonly later: (task: () => void) => void;
  /** Milliseconds of any steady clock. */
  readonly clock: () => number;
}

/** Milliseconds of work between two looks at the mailbox. */
const SLICE = 8;
/** Most events in one trace message. */
const TRACE_CHUNK = 2000;

type CommandMessage = Extract<ToWorker, { readonly type: "command" }>;

/** The session. */
export class Session {
  private readonly jobs: Jobs;
  private opened: Opened | null = null;
  /** Up to which moment of which branch the page has the trace. */
  private sent = { branch: "", to: 0 };
  /** Messages since the page last heard of a job's progress. */
  private lastProgress = 0;

  constructor(private readonly options: SessionOptions) {
    this.jobs = new Jobs({
      later: options.later,
      clock: options.clock,
      slice: SLICE,
      progress: (job, value) => this.progress(job, value),
      failed: (job, error) => this.failed(job.id, error),
    });
  }

  /** Takes a message. Answers come by `send`, later. */
  receive(message: ToWorker): void {
    if (message.type === "cancel") {
      if (this.jobs.cancel(message.id)) this.refuse(message.id, "cancelled");
      return;
    }
    const { id } = message;
    this.jobs.add({ id, kind: message.type, run: () => this.run(message) });
  }

  /** Ends the session: whatever is under way stops. */
  close(): void {
    this.jobs.clear();
    this.opened = null;
  }

  private *run(message: Exclude<ToWorker, { readonly type: "cancel" }>): Generator<unknown, void, void> {
    switch (message.type) {
      case "open":
        return yield* this.open(message);
      case "look":
        return yield* this.look(message.id, message.looking);
      case "command":
        return yield* this.command(message);
      case "branch":
        return yield* this.switchBranch(message);
      case "parse":
        return yield* this.parse(message.id, message.name, message.text);
      case "ask":
        return yield* this.ask(message.id, message.question);
    }
  }

  private *open({ id, recording, seekTo }: Extract<ToWorker, { readonly type: "open" }>): Generator<unknown, void, void> {
    const opened = yield* open(recording);
    if (!opened.ok) return this.options.send({ type: "refused", id, problem: opened.problem });
    if (seekTo !== undefined) yield* opened.value.recording.seekTime(simTime(seekTo.at));
    this.opened = opened.value;
    this.sent = { branch: "", to: 0 };
    const { title, warnings, controls } = opened.value;
    this.options.send({ type: "opened", id, title, warnings, controls });
  }

  private *look(id: number, looking: Looking): Generator<unknown, void, void> {
    const recording = this.recording(id);
    if (recording === null) return;
    yield* looking.event === undefined ? recording.seekTime(simTime(looking.at)) : recording.seekEvent(looking.event);
    const key = yield* this.sendMoment(id, looking, recording);
    const until = simTime(looking.at + Math.max(0, looking.ahead));
    yield* this.ahead(recording, until);
    this.sendTrace(recording);
    if (looking.follow !== null) yield* this.sendLongerJourney(id, { ...looking, journeyKey: key }, recording);
  }

  /** A journey that has come further while the head went on is sent again, with the same moment. */
  private *sendLongerJourney(id: number, looking: Looking, recording: Recording): Generator<unknown, void, void> {
    const journey = yield* recording.journey(looking.follow ?? -1);
    if (keyOf(recording, journey) !== looking.journeyKey) yield* this.sendMoment(id, looking, recording);
  }

  private *sendMoment(id: number, looking: Looking, recording: Recording): Generator<unknown, string, void> {
    const journey = looking.follow === null ? null : yield* recording.journey(looking.follow);
    const key = keyOf(recording, journey);
    const { current } = recording;
    this.options.send({
      type: "moment",
      id,
      moment: recording.moment(looking),
      journey: key === looking.journeyKey ? null : journey,
      journeyKey: key,
      branches: recording.branches.map((branch) => ({
        id: branch.id,
        name: branch.name,
        head: branch.computedTo,
        events: branch.trace.length,
        current: branch === current,
      })),
      head: current.computedTo,
      headEvent: current.trace.length - 1,
    });
    return key;
  }

  /** Computes on while nobody asks for anything newer, and sends what is new about once a slice. */
  private *ahead(recording: Recording, until: ReturnType<typeof simTime>): Work<void> {
    this.sendTrace(recording);
    let next = this.options.clock() + SLICE;
    for (const progress of recording.advance(until)) {
      yield progress;
      if (this.options.clock() < next) continue;
      next = this.options.clock() + SLICE;
      this.sendTrace(recording);
    }
  }

  private sendTrace(recording: Recording): void {
    const { current } = recording;
    const from = this.sent.branch === current.id ? this.sent.to : 0;
    const to = current.computedTo + 1;
    if (to <= from) return;
    this.sent = { branch: current.id, to };
    const events = recording.events(simTime(from), simTime(to));
    if (events.length <= TRACE_CHUNK) return this.sendPiece(recording, from, to);
    let start = from;
    for (let index = TRACE_CHUNK; index < events.length; index += TRACE_CHUNK) {
      const end = events[index]?.at ?? to;
      if (end > start) this.sendPiece(recording, start, end);
      start = Math.max(start, end);
    }
    this.sendPiece(recording, start, to);
  }

  private sendPiece(recording: Recording, from: number, to: number): void {
    const { id: branch, trace } = recording.current;
    this.options.send({ type: "trace", branch, from, to, events: trace.between(from, to), flights: trace.flights(from, to) });
  }

  private *command({ id, at, shownUntil, command, replaces }: CommandMessage): Generator<unknown, void, void> {
    const recording = this.recording(id);
    if (recording === null) return;
    const act = { at: simTime(at), shownUntil: simTime(shownUntil), command, ...(replaces === undefined ? {} : { replaces }) };
    const acted: Result<Acted> = yield* recording.act(act);
    if (!acted.ok) return this.options.send({ type: "refused", id, problem: acted.problem });
    const { notice, event } = acted.value;
    this.sent = { branch: recording.current.id, to: Math.min(this.sentTo(recording), acted.value.from) };
    this.options.send({ type: "done", id, branch: recording.current.id, notice, event, at });
  }

  private sentTo(recording: Recording): number {
    return this.sent.branch === recording.current.id ? this.sent.to : recording.current.computedTo;
  }

  private *switchBranch({ id, to, shownUntil }: Extract<ToWorker, { readonly type: "branch" }>): Generator<unknown, void, void> {
    const recording = this.recording(id);
    if (recording === null) return;
    yield { done: 0, total: 1 };
    if (!recording.switchTo(to, simTime(shownUntil))) return this.refuse(id, `there is no branch "${to}"`);
    const { current } = recording;
    this.options.send({
      type: "done",
      id,
      branch: current.id,
      notice: `Back on "${current.name}"`,
      event: current.trace.length - 1,
      at: current.computedTo,
    });
  }

  private *parse(id: number, name: string, text: string): Generator<unknown, void, void> {
    const loaded = yield* parse(name, text);
    if (!loaded.ok) return this.options.send({ type: "refused", id, problem: loaded.problem });
    const { objects, warnings } = loaded.value;
    this.options.send({ type: "parsed", id, objects: objects.map((one) => one.object), warnings });
  }

  private *ask(id: number, question: Question): Generator<unknown, void, void> {
    const recording = this.recording(id);
    if (recording === null || this.opened === null) return;
    this.options.send({ type: "answer", id, answer: yield* this.answer(question, recording, this.opened) });
  }

  private *answer(question: Question, recording: Recording, opened: Opened): Work<Answer> {
    switch (question.ask) {
      case "recording":
        return { to: "recording", recording: { ...opened.data, journal: recording.journal } };
      case "event":
        return { to: "event", event: recording.current.trace.at(question.number) ?? null };
      case "events":
        return { to: "events", events: recording.current.trace.from(question.from, question.count) };
      case "object":
        return { to: "object", yaml: recording.yaml(question.ref) };
      case "try":
        return { to: "try", tried: recording.tried(question.command) };
      case "causes":
        return { to: "causes", causes: causesOf(recording.current.trace, question.event) };
      case "capture":
        return { to: "capture", capture: yield* recording.capture(question.request) };
      case "syncs":
        return { to: "syncs", syncs: recording.syncs(question.node) };
      case "spread": {
        const { spreadOf } = yield* theExperiments();
        return { to: "spread", spread: yield* spreadOf(recording.shown, question) };
      }
      case "cost": {
        const { costCurves } = yield* theExperiments();
        return { to: "cost", cost: yield* costCurves() };
      }
      case "three-modes": {
        const { compareModes } = yield* theExperiments();
        return { to: "three-modes", compared: yield* compareModes(recording.shownTwin(), question) };
      }
      case "rules":
        return { to: "rules", rules: yield* recording.rulesAfter(question.node, question.event) };
      case "stretch":
        return { to: "capture", capture: yield* recording.stretch(simTime(question.from), simTime(question.to)) };
      case "lab":
        return { to: "lab", lab: recording.lab() };
      case "resolve":
        return { to: "resolve", resolved: recording.resolve(question) };
      case "message":
        return { to: "message", message: messageView(question.wire) };
    }
  }

  private recording(id: number): Recording | null {
    if (this.opened === null) this.refuse(id, "nothing is open yet");
    return this.opened?.recording ?? null;
  }

  private progress(job: Job, value: unknown): void {
    if (job.kind === "command" || job.kind === "branch" || !isProgress(value)) return;
    const now = this.options.clock();
    if (now - this.lastProgress < 50) return;
    this.lastProgress = now;
    const what = job.kind === "open" ? "opening" : "computing";
    this.options.send({ type: "progress", id: job.id, done: value.done, total: value.total, what });
  }

  private refuse(id: number, message: string): void {
    this.options.send({ type: "refused", id, problem: { message } });
  }

  private failed(id: number, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.options.send({ type: "failed", id, problem: { message: `the simulation failed: ${message}` } });
  }
}

/** Names what a journey holds: equal keys, equal journeys. */
function keyOf(recording: Recording, journey: JourneyView | null): string {
  return journey === null ? "" : `${recording.current.id} ${journey.request} ${journey.hops.length} ${journey.endedAt ?? "-"}`;
}

function isProgress(value: unknown): value is Progress {
  return typeof value === "object" && value !== null && "done" in value && "total" in value;
}
