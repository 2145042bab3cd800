/** The followed journey, or everything of the last seconds, as a capture file: asked of the simulation, written here. */
import { failAt, ok, type Result } from "../base/result";
import { makePcapng } from "../sharing/pcapng";
import type { App } from "./app-store";

export interface CaptureFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly frames: number;
}

export async function captureFile({ store, actions }: App): Promise<Result<CaptureFile>> {
  const { followed } = store.getState().selection;
  if (followed === null) return failAt("nothing is followed; follow a request first");
  const answer = await actions.ask({ ask: "capture", request: followed });
  if (!answer.ok) return answer;
  const capture = answer.value.to === "capture" ? answer.value.capture : null;
  if (capture === null || capture.frames.length === 0) return failAt(`request ${followed} has sent no packet yet; play on and try again`);
  const { title, recording } = store.getState().session;
  const bytes = makePcapng(capture, { scenario: title, seed: recording.seed });
  return ok({ name: `kubewalk-request-${followed}.pcapng`, bytes, frames: capture.frames.length });
}

/** Everything that any interface showed in the last seconds before the shown moment. */
export async function stretchFile({ store, actions }: App, seconds: number): Promise<Result<CaptureFile>> {
  const { playback, session } = store.getState();
  const to = Math.floor(playback.at);
  const answer = await actions.ask({ ask: "stretch", from: Math.max(0, to - seconds * 1_000_000), to });
  if (!answer.ok) return answer;
  const capture = answer.value.to === "capture" ? answer.value.capture : null;
  if (capture === null || capture.frames.length === 0) return failAt("no packet has passed in that time; play on and try again");
  const bytes = makePcapng(capture, { scenario: session.title, seed: session.recording.seed });
  return ok({ name: `kubewalk-${(to / 1_000_000).toFixed(1)}s.pcapng`, bytes, frames: capture.frames.length });
}
