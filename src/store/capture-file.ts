/** The followed journey as a capture file: asked of the simulation, written here. */
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
