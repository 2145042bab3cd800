/** What follows from a message besides the copy in the session: held wishes that can now be met. */
import type { FromWorker, MomentView } from "../bridge/protocol";
import type { Actions, Context } from "./app-store";
import { atTime } from "./playback";
import type { Asked } from "./session";

export function afterMessage(context: Context, actions: Actions, message: FromWorker): void {
  switch (message.type) {
    case "moment":
      settleAsked(context, message.moment);
      sayBranch(context, actions);
      return speakEvent(context, message.moment);
    case "trace":
      openAtFirstRequest(context);
      return followNext(context, actions);
    default:
      return;
  }
}

/** An act reaches the store some milliseconds after it was given; until then a control shows what it asked for, µs. */
const SETTLES = 500_000;

/** A control shows what it asked for until the moment shows it, and no longer once one looks at another time. */
function settleAsked(context: Context, moment: MomentView): void {
  context.set(({ session }) => {
    const asked: Record<string, Asked> = {};
    for (const [name, one] of Object.entries(session.asked)) {
      if (holds(one, moment.stamp)) asked[name] = one;
    }
    const same = Object.keys(asked).length === Object.keys(session.asked).length;
    return same ? {} : { session: { ...session, asked } };
  });
}

/** An act in the past made a fork: the branch that was left has a name of its own now. */
function sayBranch(context: Context, actions: Actions): void {
  const { left, branches, moment } = context.get().session;
  const kept = branches.find((branch) => branch.id === left);
  if (kept === undefined || moment === null || moment.stamp.branch === left) return;
  context.set(({ session }) => ({ session: { ...session, left: null } }));
  actions.say("notice", `You acted in the past, so time goes another way from here. What came before is kept as “${kept.name}”.`);
}

function holds({ given }: Asked, stamp: MomentView["stamp"]): boolean {
  if (given === null) return true;
  return stamp.branch === given.branch && stamp.event >= given.event && stamp.at <= given.at + SETTLES;
}

/** After a step by one event of the cluster the live region says that event's sentence. */
function speakEvent(context: Context, moment: MomentView): void {
  const { playback, view } = context.get();
  if (playback.playing || playback.event === null || playback.event !== moment.stamp.event) return;
  if (playback.hop >= 0 || moment.lastEvent === null || view.said === moment.lastEvent.sentence) return;
  const said = moment.lastEvent.sentence;
  context.set((state) => ({ view: { ...state.view, said } }));
}

/** With reduced motion the page opens paused at the first request's event. */
function openAtFirstRequest(context: Context): void {
  const { playback, session } = context.get();
  const first = session.trace.flights[0];
  if (!playback.awaitsFirst || first === undefined) return;
  const event = session.trace.events.find((one) => one.request === first.request);
  context.set((state) => ({ playback: { ...atTime(state.playback, first.startedAt, event?.number ?? null), awaitsFirst: false } }));
}

/** "Send request" follows its request as soon as the trace shows it. */
function followNext(context: Context, actions: Actions): void {
  const { selection, session } = context.get();
  const since = selection.followNext;
  if (since === null) return;
  const flight = session.trace.flights.find((one) => one.startedAt >= since);
  if (flight === undefined) return;
  actions.follow(flight.request, flight.startedAt);
  // A look-up is followed where it was asked for, and stays there when it is followed no more.
  if (selection.followNextIn !== "dns") return;
  actions.setTab("dns");
  actions.setPane("dns.lookup", `${flight.request}`);
}
