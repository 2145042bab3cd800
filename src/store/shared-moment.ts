/** The shown moment as it is shared: the recording as the simulation has it, and the anchor of what is on the screen. */
import type { Result } from "../base/result";
import type { SharedMoment } from "../sharing/schema";
import type { App } from "./app-store";
import { eventShown } from "./selectors";

export async function sharedMoment({ store, actions }: App): Promise<Result<SharedMoment>> {
  const answer = await actions.ask({ ask: "recording" });
  if (!answer.ok) return answer;
  const state = store.getState();
  const { session, playback, selection } = state;
  const recording = answer.value.to === "recording" ? answer.value.recording : session.recording;
  const event = session.moment?.lastEvent ?? null;
  return {
    ok: true,
    value: {
      recording,
      anchor: {
        at: playback.at,
        event: eventShown(state),
        hash: session.moment?.stateHash.slice(0, 8) ?? "",
        followed: selection.followed,
        hop: playback.hop,
        kind: event?.kind ?? "",
        object: event?.object ?? "",
      },
    },
  };
}
