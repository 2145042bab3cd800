/** A panel over a simulation that really runs, in the same thread. */
import { act, render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Suspense, type ReactNode } from "react";
import { onTestFinished } from "vitest";
import { inProcess } from "../../../src/bridge/in-process";
import { AppProvider, makeApp, type App, type AppState } from "../../../src/store";
import { TWO_APPS } from "../../store/setup";
import { furnish } from "../setup";

/** How long one waits for a part of the page that is loaded when it is first shown. */
export const LAZY = { timeout: 15_000 } as const;

export interface OnCluster {
  readonly app: App;
  readonly user: ReturnType<typeof userEvent.setup>;
  /** Lets frames go by until something holds. */
  readonly until: (holds: (state: AppState) => boolean) => Promise<void>;
}

export async function onCluster(panel: ReactNode): Promise<OnCluster> {
  furnish();
  const app = makeApp({ connect: inProcess, recording: TWO_APPS });
  onTestFinished(() => app.actions.close());
  const user = userEvent.setup();
  await app.actions.open(TWO_APPS, { at: 0, event: -1 });
  const until: OnCluster["until"] = async (holds) => {
    for (let frame = 0; frame < 2000; frame += 1) {
      await act(async () => {
        app.actions.frame(20);
        await new Promise((resolve) => setTimeout(resolve, 1));
      });
      if (holds(app.store.getState())) return;
    }
    throw new Error("it did not come to hold within 2,000 frames");
  };
  await until(({ session }) => session.moment !== null);
  await act(async () => {
    render(
      <AppProvider app={app}>
        <Suspense>{panel}</Suspense>
      </AppProvider>,
    );
    await Promise.resolve();
  });
  return { app, user, until };
}

/** Sends a request, follows it to its end, and stands at the first hop that some words describe. */
export async function followTo({ app, until }: OnCluster, words: RegExp): Promise<void> {
  await act(async () => {
    app.actions.sendRequest();
    await Promise.resolve();
  });
  await until(({ session }) => session.journey?.endedAt != null);
  const hop = app.store.getState().session.journey?.hops.find(({ place, sentence }) => words.test(`${place}: ${sentence}`));
  if (hop === undefined) throw new Error(`no hop says ${words.source}`);
  const { packet } = hop;
  await act(async () => {
    app.actions.openPacket(packet, "kernel");
    app.actions.goToHop(hop.index);
    await Promise.resolve();
  });
  await until((state) => state.playback.hop === hop.index && state.session.moment?.stamp.at === state.playback.at);
}
