/// <reference types="vitest/config" />
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
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

/**
 * What the worker needs only after the first moment is shown: modules that export functions alone. Whoever imports one
 * gets functions that pass their arguments on; the real modules make a part of their own, which the worker loads next
 * (src/bridge/worker.ts) before it does anything else. Source, tests and the headless command know nothing of it.
 */
const LATER = [
  "base/nearest",
  "bridge/file-traffic",
  "cluster/api/delete",
  "control-plane/drain",
  "control-plane/garbage",
  "control-plane/node-membership",
  "control-plane/statefulset",
  "dns/resolver/musl",
  "dns/server/plugins/autopath",
  "dns/server/plugins/k8s-external",
  "dns/server/show-corefile",
  "node/agents/kube-proxy/datagram-cleanup",
  "node/agents/kube-proxy/iptables/sync",
  "node/agents/kube-proxy/ipvs/sync",
  "node/agents/kube-proxy/nftables/sync",
  "node/kernel/conntrack/show",
  "node/kernel/fragments",
  "node/kernel/hook-trace",
  "node/kernel/ipvs/hook",
  "node/kernel/ipvs/requests",
  "node/kernel/netfilter/show",
  "node/kernel/nftables/evaluate",
  "node/kernel/nftables/show",
  "node/kernel/sockets/sctp",
  "recording/causes",
  "workloads/dig-like",
  "workloads/echo",
  "workloads/health-check",
  "workloads/jvm-like",
  "world/asked-writes",
  "world/command-rollout",
  "world/commands",
  "world/dns-settings",
  "world/events/node-outage",
  "world/events/on-api-stage",
  "world/events/on-command",
  "world/events/on-corefile",
  "world/events/on-crash",
  "world/events/on-deliver",
  "world/events/on-fault",
  "world/events/on-lookup",
  "world/events/on-pod",
  "world/events/on-probe",
  "world/events/on-proxy-drain",
  "world/events/on-proxy-restart",
  "world/events/on-reconcile",
  "world/events/on-write",
  "world/fault-words",
  "world/faults",
  "world/missed-change",
  "world/pod-settings",
  "world/queries",
  "world/questions/resolve",
  "world/views/capture",
  "world/views/dns",
  "world/views/journey",
  "world/views/lab",
  "world/views/lookups",
  "world/views/message",
  "world/views/nft-walks",
  "world/views/object",
  "world/views/packets",
  "world/views/rollout",
  "world/views/walked",
  "world/views/walks",
].map((path) => resolve("src", `${path}.ts`));

const EXPORTED = /^export (?:async )?(?:function\*? |const )(\w+)/gmu;
const NOT_A_FUNCTION = /^export (?:class|const \w+(?:: \w+)? = (?!\())/mu;

/** The functions of a module that is loaded later. */
function laterFunctions(path: string): readonly string[] {
  const text = readFileSync(path, "utf8");
  if (NOT_A_FUNCTION.test(text)) throw new Error(`${path} exports more than functions and cannot be loaded later`);
  return [...text.matchAll(EXPORTED)].map(([, name = ""]) => name);
}

function loadedLater(): Plugin {
  const all = "\0later:all";
  return {
    name: "kubewalk-later",
    apply: "build",
    enforce: "pre",
    resolveId(id, importer) {
      if (id === "virtual:later") return all;
      if (id.startsWith("\0later:")) return id;
      if (importer === undefined || !id.startsWith(".")) return null;
      const path = resolve(dirname(importer), `${id}.ts`);
      return LATER.includes(path) ? `\0later:${path}` : null;
    },
    load(id) {
      if (id === all) {
        const lines = LATER.flatMap((path, n) => [
          `import * as real${n} from ${JSON.stringify(path)};`,
          `import { arrive as arrive${n} } from ${JSON.stringify(`\0later:${path}`)};`,
        ]);
        return [...lines, ...LATER.map((_, n) => `arrive${n}(real${n});`), "export {};"].join("\n");
      }
      if (!id.startsWith("\0later:")) return null;
      const names = laterFunctions(id.slice("\0later:".length));
      const passing = names.map((name) => `export function ${name}(...given) { return real.${name}(...given); }`);
      return [`let real;`, `export function arrive(module) { real = module; }`, ...passing].join("\n");
    },
  };
}

/** In development all is there at once. */
function thereAtOnce(): Plugin {
  const id = "virtual:later";
  return {
    name: "kubewalk-there-at-once",
    apply: "serve",
    resolveId: (asked) => (asked === id ? `\0${id}` : null),
    load: (asked) => (asked === `\0${id}` ? "export {};" : null),
  };
}

export default defineConfig({
  base: "./",
  plugins: [react(), scenarioObjects()],
  worker: { format: "es", plugins: () => [scenarioObjects(), loadedLater(), thereAtOnce()] },
  build: { target: "es2022", sourcemap: false, reportCompressedSize: false },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "core",
          testTimeout: 30_000,
          setupFiles: ["tests/fixtures/property-seed.ts"],
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
