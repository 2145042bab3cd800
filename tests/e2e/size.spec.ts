/** What a visitor has to load before anything can be seen. */
import { expect, test } from "@playwright/test";
import { SIZE_BOUNDS, sizeOfBuild } from "./size-of-build";

test("the built page stays within its bounds: page, worker, everything", () => {
  const size = sizeOfBuild();
  for (const [name, bound] of Object.entries(SIZE_BOUNDS)) {
    expect(Reflect.get(size, name), name).toBeGreaterThan(0);
    expect(Reflect.get(size, name), name).toBeLessThanOrEqual(bound);
  }
});
