/** Acts on the simulation: open, command, parse, ask. Everything one does is a command in the recording. */
import type { Problem, Result } from "../base/result";
import type { Answer, Command, JournalEntry, Question, RecordingData } from "../bridge/protocol";
import type { Context } from "./app-store";
import type { Reply } from "./line";
import { atTime, newPlayback } from "./playback";
import { NOTHING_SELECTED, type Tab } from "./selection";
import { scenarioRecording } from "./scenario";
import { newSession, say, type Asked, type Saying } from "./session";
import { eventAt } from "./trace";
import { reducedMotion } from "./view";

/** Where a shared recording is opened. */
export interface SeekTo {
  readonly event: number;
  readonly at: number;
}

export interface Done {
  readonly notice: string;
  readonly event: number;
  readonly at: number;
}

export interface CommandOptions {
  /** Commands with the same id given at one playhead moment replace each other (a slider being dragged). */
  readonly replaces?: string;
  /** The control that shows `value` until the moment does. */
  readonly shows?: { readonly control: string; readonly value: number | string };
  /** The caller shows a refusal itself. */
  readonly quiet?: boolean;
}

export interface SessionActions {
  /** Opens a recording; the standing one stays where that fails. */
  open(recording: RecordingData, seekTo?: SeekTo): Promise<Result<readonly string[]>>;
  /** Opens a built-in scenario from its beginning. */
  openScenario(id: string): void;
  /** Stops the long work that is under way. */
  cancel(): void;
  command(command: Command, options?: CommandOptions): Promise<Result<Done>>;
  /** Text of manifests to objects, checked in the worker. */
  parse(name: string, text: string): Promise<Result<{ readonly objects: readonly unknown[]; readonly warnings: readonly string[] }>>;
  ask(question: Question): Promise<Result<Answer>>;
  /** Goes to a branch of time that was kept. */
  switchBranch(id: string): void;
  /** A Pod looks a name up, followed at once; the caller shows a refusal itself. */
  lookUp(command: Extract<Command, { do: "lookup" }>): Promise<Result<Done>>;
  /** One request from the first Pod of the client's Deployment, followed at once. */
  sendRequest(): void;
  /** Requests one after another, 100 ms apart. */
  sendRequests(count: number): void;
  say(tone: Saying["tone"], text: string): void;
  dismiss(key: number): void;
  /** After a failure: a new worker, the same recording, the same moment. */
  restart(): Promise<void>;
}

export function makeSessionActions(context: Context): SessionActions {
  let order = 0;
  const speak = (tone: Saying["tone"], text: string): void => context.set(({ session }) => ({ session: say(session, tone, text) }));

  async function open(recording: RecordingData, seekTo?: SeekTo): Promise<Result<readonly string[]>> {
    const asked = context.line.ask({ type: "open", recording, ...(seekTo === undefined ? {} : { seekTo }) });
    context.set(({ session }) => ({ session: { ...session, progress: { id: asked.id, done: 0, total: 0, what: "Opening" } } }));
    const reply = await asked.reply;
    context.set(({ session }) => ({ session: { ...session, progress: null } }));
    if (reply.type !== "opened") return refusal(reply);
    const reduced = reducedMotion(context.get().view);
    context.looker.again();
    context.set(({ session, playback }) => ({
      session: { ...session, recording },
      selection: NOTHING_SELECTED,
      playback: { ...beginning(seekTo, reduced), speed: playback.speed },
    }));
    return { ok: true, value: reply.warnings };
  }

  async function openScenario(id: string): Promise<void> {
    const opened = await open(scenarioRecording(id));
    if (!opened.ok) return speak("error", line(opened.problem));
    for (const warning of opened.value) speak("notice", warning);
  }

  async function command(act: Command, options: CommandOptions = {}): Promise<Result<Done>> {
    const { playback, session } = context.get();
    const shown = session.moment?.stamp;
    const event =
      playback.event ?? (shown?.at === playback.at ? shown.event : (eventAt(session.trace, playback.at)?.number ?? shown?.event ?? -1));
    const mine = (order += 1);
    const { shows } = options;
    if (shows !== undefined) setAsked(context, shows.control, { value: shows.value, order: mine, given: null });
    const { reply } = context.line.ask({
      type: "command",
      at: playback.at,
      event,
      shownUntil: playback.shownUntil,
      command: act,
      ...(options.replaces === undefined ? {} : { replaces: options.replaces }),
    });
    const answer = await reply;
    if (answer.type !== "done") {
      if (shows !== undefined) dropAsked(context, shows.control, mine);
      if (options.quiet !== true) speak("error", line(problemOf(answer)));
      return refusal(answer);
    }
    if (shows !== undefined && context.get().session.asked[shows.control]?.order === mine) {
      setAsked(context, shows.control, { value: shows.value, order: mine, given: answer });
    }
    settle(context, answer, { at: answer.at, command: act });
    if (answer.notice !== "" && shows === undefined) speak("notice", answer.notice);
    return { ok: true, value: answer };
  }

  async function switchBranch(id: string): Promise<void> {
    const reply = await context.line.ask({ type: "branch", to: id, shownUntil: context.get().playback.shownUntil }).reply;
    if (reply.type !== "done") return speak("error", line(problemOf(reply)));
    context.looker.again();
    context.set(({ playback }) => ({ playback: { ...atTime(playback, reply.at, reply.event), playing: false, shownUntil: reply.at } }));
    if (reply.notice !== "") speak("notice", reply.notice);
  }

  async function followed(act: Command, followNextIn: Tab, options: CommandOptions = {}): Promise<Result<Done>> {
    const result = await command(act, options);
    if (result.ok) context.set(({ selection }) => ({ selection: { ...selection, followNext: result.value.at, followNextIn } }));
    return result;
  }

  return {
    open,
    openScenario: (id) => void openScenario(id),
    command,
    cancel() {
      const id = context.get().session.progress?.id;
      if (id !== undefined) context.line.cancel(id);
    },
    async parse(name, text) {
      const reply = await context.line.ask({ type: "parse", name, text }).reply;
      return reply.type === "parsed" ? { ok: true, value: reply } : refusal(reply);
    },
    async ask(question) {
      const reply = await context.line.ask({ type: "ask", question }).reply;
      return reply.type === "answer" ? { ok: true, value: reply.answer } : refusal(reply);
    },
    switchBranch(id) {
      void switchBranch(id);
    },
    lookUp: (act) => followed(act, "dns", { quiet: true }),
    sendRequest: () => void followed({ do: "request", count: 1 }, "journey"),
    sendRequests: (count) => void command({ do: "request", count, gapMs: 100 }),
    say: speak,
    dismiss: (key) =>
      context.set(({ session }) => ({ session: { ...session, sayings: session.sayings.filter((one) => one.key !== key) } })),
    async restart() {
      const { playback, session } = context.get();
      context.line.reconnect();
      context.set(() => ({ session: { ...newSession(session.recording), sayings: session.sayings } }));
      const seekTo = { at: playback.at, event: playback.event ?? session.moment?.stamp.event ?? -1 };
      const result = await open(session.recording, seekTo);
      if (!result.ok) context.set((state) => ({ session: { ...state.session, phase: "failed", failure: result.problem } }));
    },
  };
}

/** A shared moment opens paused at its event; everything else opens as the page does. */
function beginning(seekTo: SeekTo | undefined, reduced: boolean): ReturnType<typeof newPlayback> {
  if (seekTo === undefined) return newPlayback(reduced);
  const opened = { ...newPlayback(reduced), playing: false, awaitsFirst: false };
  return atTime(opened, seekTo.at, seekTo.event);
}

/** After a command: the journal has one more entry, time after it is new, and the playhead stands after the act. */
function settle(context: Context, done: Extract<Reply, { type: "done" }>, entry: JournalEntry): void {
  const shown = context.get().session.moment?.stamp.branch ?? done.branch;
  const forked = shown !== done.branch;
  // Before the state changes: a page that rests wakes by the change and asks then whether there is something to look at.
  context.looker.again();
  context.set(({ session, playback }) => {
    const journal = [...session.recording.journal.filter((one) => one.at <= entry.at), entry];
    const stands = !playback.playing && playback.at <= done.at;
    return {
      session: { ...session, left: forked ? shown : session.left, recording: { ...session.recording, journal } },
      playback: {
        ...(stands ? atTime(playback, done.at, done.event) : playback),
        shownUntil: forked ? Math.max(done.at, playback.at) : playback.shownUntil,
      },
    };
  });
}

function setAsked(context: Context, control: string, asked: Asked): void {
  context.set(({ session }) => ({ session: { ...session, asked: { ...session.asked, [control]: asked } } }));
}

function dropAsked(context: Context, control: string, order: number): void {
  context.set(({ session }) => {
    const { [control]: dropped, ...others } = session.asked;
    return dropped?.order === order ? { session: { ...session, asked: others } } : {};
  });
}

function refusal(reply: Reply): Result<never> {
  return { ok: false, problem: problemOf(reply) };
}

function problemOf(reply: Reply): Problem {
  if (reply.type === "refused" || reply.type === "failed") return reply.problem;
  return { message: `the simulation answered with "${reply.type}", which was not asked for` };
}

function line(problem: Problem): string {
  return problem.at === undefined ? problem.message : `${problem.at}: ${problem.message}`;
}
