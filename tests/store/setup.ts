/** The real store over a line of the fixtures; time goes on only by `frames`. */
import { makeApp, type AppOptions, type AppState } from "../../src/store";
import type { ToWorker } from "../../src/bridge/protocol";
import { FakeTransport } from "../fixtures/fake-transport";

export const TWO_APPS = { source: { kind: "scenario", id: "two-apps" }, seed: 1, behaviour: 2, journal: [] } as const;

/** Lets every answer that is under way arrive. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}

export async function setup(options: Partial<AppOptions> & { readonly at?: number; readonly event?: number } = {}) {
  const transports: FakeTransport[] = [];
  const app = makeApp({
    connect: () => {
      const transport = new FakeTransport();
      transports.push(transport);
      return transport;
    },
    recording: TWO_APPS,
    ...options,
  });
  const state = (): AppState => app.store.getState();
  /** Lets the page draw so many frames of 20 ms. */
  const frames = async (count = 1, ms = 20): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      app.actions.frame(ms);
      await settle();
    }
  };
  const posted = <T extends ToWorker["type"]>(type: T) =>
    transports.flatMap((one) => one.posted).filter((message): message is Extract<ToWorker, { type: T }> => message.type === type);
  await app.actions.open(TWO_APPS, options.at === undefined ? undefined : { at: options.at, event: options.event ?? -1 });
  await frames(3);
  return { app, actions: app.actions, state, frames, settle, posted, transport: () => transports.at(-1) ?? transports[0], transports };
}
