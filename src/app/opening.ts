/** What the page opens: the moment that its address names, else the start. A broken link opens the start and says why. */
import type { RecordingData } from "../bridge/protocol";
import { scenarioRecording, type App } from "../store";

/** The start: the built-in two apps. */
export const START: RecordingData = scenarioRecording("two-apps");

/** Opens what the address names, now and whenever it changes. */
export function openFromAddress(app: App): void {
  void openHash(app, location.hash);
  window.addEventListener("hashchange", () => {
    if (location.hash !== "") void openHash(app, location.hash);
  });
}

async function openHash(app: App, hash: string): Promise<void> {
  if (hash === "" || !hash.startsWith("#v")) return openStart(app, hash);
  const { openLink } = await import("./open-link");
  const opened = await openLink(app, hash);
  if (!opened) await openStart(app, "");
}

async function openStart({ actions }: App, hash: string): Promise<void> {
  const result = await actions.open(START);
  if (!result.ok) return actions.say("error", result.problem.message);
  for (const warning of result.value) actions.say("notice", warning);
  if (hash.length > 1)
    actions.say("error", `This link cannot be opened: "${hash.slice(0, 24)}" is not one of ours. This is the start page.`);
}
