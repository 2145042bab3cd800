/** The causes of the event that is shown, or of the one that was chosen. */
import type { Answer, CausesView } from "../../../bridge/protocol";
import { eventShown, useApp, usePane } from "../../../store";
import { useAnswer, type Answered } from "../use-answer";

function pick(answer: Answer): CausesView | null {
  return answer.to === "causes" ? answer.causes : null;
}

/** Asked anew when the run is computed a second further: effects come to it. */
const AGAIN = 1_000_000;

export function useCauses(): Answered<CausesView> & { readonly chosen: string; readonly choose: (event: string) => void } {
  const [chosen, choose] = usePane("causes.event");
  const shown = useApp(eventShown);
  const when = useApp(({ session }) => `${session.moment?.stamp.branch ?? ""} ${Math.floor(session.head / AGAIN)}`);
  const playing = useApp((state) => state.playback.playing);
  const number = /^\d+$/.test(chosen) ? Number(chosen) : shown;
  const isAsked = number >= 0 && (chosen !== "" || !playing);
  const answered = useAnswer(isAsked ? { ask: "causes", event: number } : null, when, pick);
  return { ...answered, chosen, choose };
}
