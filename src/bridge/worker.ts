/**
 * The worker's entry: joins the session to the worker's messages and clock. What the first moment does not need comes in a
 * part of its own (vite.config.ts says what), loaded as soon as that moment is sent: until then the page's own beginning
 * can be opened and looked at, and nothing is computed ahead. Anything else waits for the rest, in its order.
 */
import type { FromWorker, Looking, ToWorker } from "./protocol";
import { Session } from "./session";

/** Message channels wake sooner than timers, which browsers hold back to 4 ms. */
const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.addEventListener("message", () => waiting.shift()?.());
channel.port1.start();

/** How much of the program is there; what came meanwhile waits. */
let rest: "not asked for" | "on its way" | "there" = "not asked for";
const held: ToWorker[] = [];

const session = new Session({
  send: (message: FromWorker) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no target origin
    self.postMessage(message);
    if (message.type === "moment") void loadRest();
  },
  later: (task) => {
    waiting.push(task);
    channel.port2.postMessage(null);
  },
  clock: () => performance.now(),
});

async function loadRest(): Promise<void> {
  if (rest !== "not asked for") return;
  rest = "on its way";
  try {
    await import("virtual:later");
  } catch (error) {
    // Thrown outside the promise it is the worker's error, which the page tells and offers to start anew.
    setTimeout(() => {
      throw error;
    });
    return;
  }
  rest = "there";
  for (const message of held.splice(0)) session.receive(message);
}

/** What a look at the beginning asks for: the moment, and no pane. */
const AT_FIRST: ReadonlySet<string> = new Set(["at", "ahead", "follow", "playing", "journeyKey"] satisfies (keyof Looking)[]);

/** The page's own beginning: nobody has done anything in it yet. */
function isBeginning(message: ToWorker): boolean {
  if (message.type === "look") return message.looking.at === 0 && Object.keys(message.looking).every((key) => AT_FIRST.has(key));
  if (message.type !== "open" || message.seekTo !== undefined) return false;
  const { source, journal } = message.recording;
  return source.kind === "scenario" && source.id === "two-apps" && journal.length === 0;
}

function atFirst(message: ToWorker): ToWorker {
  return message.type === "look" ? { ...message, looking: { ...message.looking, ahead: 0 } } : message;
}

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (rest === "there") return session.receive(data);
  const isFirst = rest === "not asked for" && held.length === 0 && isBeginning(data);
  if (isFirst) session.receive(atFirst(data));
  // A look that went without what lies ahead is taken up again.
  if (!isFirst || data.type === "look") held.push(data);
  if (!isFirst) void loadRest();
});
