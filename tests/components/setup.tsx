/** A panel over the real store and the fixtures' line; what a person does, as verbs. */
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { afterEach, vi } from "vitest";
import { cleanup } from "@testing-library/react";
import { AppProvider, makeApp, type AppOptions, type AppState } from "../../src/store";
import type { Command, ToWorker } from "../../src/bridge/protocol";
import { FakeTransport } from "../fixtures/fake-transport";
import { AT } from "../fixtures/view/moment";
import { TWO_APPS } from "../store/setup";

afterEach(cleanup);

function showModal(this: HTMLDialogElement): void {
  this.open = true;
}

function close(this: HTMLDialogElement): void {
  this.open = false;
}

/** What jsdom has not: dialogs that open, and media that match a width. */
export function furnish(width = 1440): void {
  HTMLDialogElement.prototype.showModal = showModal;
  HTMLDialogElement.prototype.close = close;
  HTMLCanvasElement.prototype.getContext = () => null;
  vi.stubGlobal("matchMedia", (query: string) => ({
    matches: matches(query, width),
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
}

function matches(query: string, width: number): boolean {
  const min = /min-width: (\d+)px/.exec(query)?.[1];
  const max = /max-width: (\d+)px/.exec(query)?.[1];
  if (min !== undefined) return width >= Number(min);
  return max === undefined ? false : width <= Number(max);
}

export async function setup(panel: ReactNode, options: Partial<AppOptions> & { readonly at?: number; readonly width?: number } = {}) {
  furnish(options.width);
  const transport = new FakeTransport();
  const app = makeApp({ connect: () => transport, recording: TWO_APPS, ...options });
  const user = userEvent.setup();
  await app.actions.open(TWO_APPS, { at: options.at ?? AT, event: 1841 });
  const frames = async (count = 3): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      await act(async () => {
        app.actions.frame(20);
        await Promise.resolve();
      });
    }
  };
  await frames();
  const page = render(<AppProvider app={app}>{panel}</AppProvider>);
  const press = async (name: string | RegExp): Promise<void> => {
    await user.click(screen.getByRole("button", { name }));
    await frames();
  };
  const key = async (keys: string): Promise<void> => {
    await user.keyboard(keys);
    await frames();
  };
  const commands = (): readonly Command[] =>
    transport.posted
      .filter((message): message is Extract<ToWorker, { type: "command" }> => message.type === "command")
      .map((message) => message.command);
  const state = (): AppState => app.store.getState();
  return { app, actions: app.actions, state, user, frames, press, key, commands, transport, page, screen, within };
}

/** Rows of a table as text, cells parted by ` | `. */
export function rowsOf(name: string): readonly string[] {
  const table = screen.getByRole("table", { name });
  return within(table)
    .getAllByRole("row")
    .slice(1)
    .map((row) => [...row.children].map((cell) => cell.textContent.trim()).join(" | "));
}
