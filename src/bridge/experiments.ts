/** Questions that try something out beside the run: loaded when the first one is asked. */
import { lazily } from "./lazy";

/** Waits for them. */
export const theExperiments = lazily("this part of the simulation", async () => {
  const [{ spreadOf }, { compareModes }, { costCurves }] = await Promise.all([
    import("../world/spread/spread"),
    import("../world/three-modes/three-modes"),
    import("../world/cost/cost"),
  ]);
  return { spreadOf, compareModes, costCurves };
});
