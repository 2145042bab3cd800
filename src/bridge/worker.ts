/** The worker's entry: joins the session to the worker's messages and clock, nothing else. */
import type { ToWorker } from "./protocol";
import { Session } from "./session";

/** Message channels wake sooner than timers, which browsers hold back to 4 ms. */
const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.addEventListener("message", () => waiting.shift()?.());
channel.port1.start();

const session = new Session({
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no target origin
  send: (message) => self.postMessage(message),
  later: (task) => {
    waiting.push(task);
    channel.port2.postMessage(null);
  },
  clock: () => performance.now(),
});

self.addEventListener("message", (event: MessageEvent<ToWorker>) => session.receive(event.data));
