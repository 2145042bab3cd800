// Runs one of the program's Node entries (TypeScript) after bundling it: `node .ci/run-ts.mjs headless …`.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import { isFresh } from "./freshness.mjs";

const ENTRIES = { headless: "src/headless/main.ts", bench: "tests/bench/main.ts" };
const name = process.argv[2] ?? "";
const entry = ENTRIES[name];
if (entry === undefined) {
  console.error(`unknown entry "${name}", expected one of ${Object.keys(ENTRIES).join(", ")}`);
  process.exit(2);
}

const tag = createHash("sha256").update(readFileSync("package-lock.json")).digest("hex").slice(0, 8);
const folder = resolve(".cache", `${name}-${tag}`);
const output = resolve(folder, "main.mjs");
if (!isFresh(output, ["src", "tests/bench", "public/examples", "vite.config.ts"])) {
  const { build } = await import("vite");
  await build({
    logLevel: "error",
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: true,
      copyPublicDir: false,
      minify: false,
      target: "node20",
      rollupOptions: { output: { entryFileNames: "main.mjs" } },
    },
  });
}
process.argv.splice(1, 2, output);
await import(pathToFileURL(output).href);
