/** A built-in scenario as a recording that nobody has acted in yet. */
import type { RecordingData } from "../bridge/protocol";

/** Version of the model's behaviour that the page is built with. */
const BEHAVIOUR = 2;

/** The scenario from its beginning. */
export function scenarioRecording(id: string): RecordingData {
  return { source: { kind: "scenario", id }, seed: 1, behaviour: BEHAVIOUR, journal: [] };
}
