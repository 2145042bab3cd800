/** The page's end of the line to the worker. */
import type { FromWorker, Transport } from "./protocol";

/** Starts the simulation's worker. If it fails to load or breaks, that comes as a `failed` message like any other. */
export function workerTransport(): Transport {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "kubewalk" });
  let receive: (message: FromWorker) => void = nobody;
  worker.addEventListener("message", (event: MessageEvent<FromWorker>) => receive(event.data));
  worker.addEventListener("error", (event) => {
    const message =
      event.message === "" ? "the simulation could not be loaded; reload the page" : `the simulation stopped: ${event.message}`;
    receive({ type: "failed", id: -1, problem: { message } });
  });
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no target origin
    post: (message) => worker.postMessage(message),
    listen: (listener) => {
      receive = listener;
    },
    close: () => worker.terminate(),
  };
}

/** Messages before anybody listens are lost. */
function nobody(): void {}
