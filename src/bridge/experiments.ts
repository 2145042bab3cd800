/** Questions that try something out beside the run: loaded when the first one is asked. */
import { lazily } from "./lazy";

/** Waits for them. */
export const theExperiments = lazily("this part of the simulation", async () => {
  const { spreadOf } = await import("../world/spread/spread");
  return { spreadOf };
});
