/// <reference types="vitest/config" />
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { parseAllDocuments } from "yaml";
import type { Plugin } from "vite";
import { defineConfig } from "vite";

/** Built-in scenarios become JSON at build time, so that the page need not load the YAML reader to start. */
function scenarioObjects(): Plugin {
  const ids = new Map([["virtual:scenario/two-apps", "public/examples/two-apps.yaml"]]);
  return {
    name: "kubewalk-scenarios",
    resolveId: (id) => (ids.has(id) ? `\0${id}` : null),
    load(id) {
      const path = ids.get(id.slice(1));
      if (path === undefined) return null;
      this.addWatchFile(resolve(path));
      const objects = parseAllDocuments(readFileSync(path, "utf8")).map((document) => document.toJS());
      return `export default ${JSON.stringify(objects.filter((object) => object !== null))};`;
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [react(), scenarioObjects()],
  worker: { format: "es", plugins: () => [scenarioObjects()] },
  build: { target: "es2022", sourcemap: false, reportCompressedSize: false },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "core",
          testTimeout: 30_000,
          environment: "node",
          include: ["tests/{unit,packet-flow,dns,scenarios,time-travel,links,store,conformance,architecture}/**/*.test.ts"],
        },
      },
      {
        extends: true,
        test: { name: "dom", testTimeout: 30_000, environment: "jsdom", include: ["tests/components/**/*.test.tsx"] },
      },
    ],
  },
});
