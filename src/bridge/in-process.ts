/** The worker's twin in the same thread: for tests and the headless command. It speaks the very same messages. */
import type { FromWorker, ToWorker, Transport } from "./protocol";
import { Session } from "./session";

/** A transport whose session runs here. Messages are answered in later turns of the event loop, never at once. */
export function inProcess(): Transport {
  let receive: (message: FromWorker) => void = nobody;
  let open = true;
  const session = new Session({
    send: (message) => {
      if (open) receive(message);
    },
    later: (task) => void setTimeout(task, 0),
    clock: () => performance.now(),
  });
  return {
    post: (message: ToWorker) => session.receive(message),
    listen: (listener) => {
      receive = listener;
    },
    close: () => {
      open = false;
      session.close();
    },
  };
}

/** Messages before anybody listens are lost. */
function nobody(): void {}
