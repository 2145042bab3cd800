/** The shown moment as it is shared: the recording as the simulation has it, and the anchor of what is on the screen. */
import type { Result } from "../base/result";
import type { SharedMoment } from "../sharing/schema";
import type { Shown } from "../sharing/shown";
import type { App } from "./app-store";
import { NOTHING_SELECTED, type SelectionState } from "./selection";
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
        ...shownIn(selection),
      },
    },
  };
}

/** The inspector where it is not as in a page that was just opened. */
function shownIn({ tab, node, service, panes }: SelectionState): { readonly shown?: Shown } {
  const shown: Shown = {
    ...(tab === NOTHING_SELECTED.tab || tab === "controls" ? {} : { tab }),
    ...(node === null ? {} : { node }),
    ...(service === null ? {} : { service }),
    ...(Object.keys(panes).length === 0 ? {} : { panes }),
  };
  return Object.keys(shown).length === 0 ? {} : { shown };
}
