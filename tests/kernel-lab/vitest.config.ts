import { defineConfig } from "vitest/config";

/** Needs root and network namespaces: `npm run test:kernel` runs it inside a namespace of its own. */
export default defineConfig({
  test: { root: ".", include: ["tests/kernel-lab/*.test.ts"], environment: "node", fileParallelism: false, testTimeout: 60_000 },
});
