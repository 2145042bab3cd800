/**
 * The objects that the page prints as YAML, against things that we did not write: the API's field names and types as
 * `kubernetes-types` has them (checked by the compiler, which knows every field of an object literal), our own import, and
 * `kubectl kustomize`. Where the package or kubectl is absent the suite says so.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Kind, KubeObject } from "../../src/cluster/objects";
import { refOf, showRef } from "../../src/cluster/objects";
import { yamlOf } from "../../src/cluster/show";
import { simTime } from "../../src/engine/time";
import { loadManifests } from "../../src/manifests/load";
import type { Command } from "../../src/world/command";
import { twoApps } from "../fixtures/world";

const KINDS = ["Service", "EndpointSlice", "Deployment", "ReplicaSet", "StatefulSet", "Pod", "Node", "Namespace", "ConfigMap"] as const;
const MODULES: Readonly<Record<(typeof KINDS)[number], string>> = {
  Service: "core/v1",
  Pod: "core/v1",
  Node: "core/v1",
  Namespace: "core/v1",
  ConfigMap: "core/v1",
  EndpointSlice: "discovery/v1",
  Deployment: "apps/v1",
  ReplicaSet: "apps/v1",
  StatefulSet: "apps/v1",
};

/** The package describes 1.30: what came later is left out of the comparison, by name. */
const LATER: ReadonlySet<string> = new Set(["forNodes", "terminatingReplicas"]);

const folder = mkdtempSync(join(tmpdir(), "printed-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every object of a run with something of everything in it, in every state that it had on its way. */
function printed(): readonly KubeObject[] {
  const world = twoApps({ perSecond: 0 });
  const give = (at: number, command: Command): void => {
    world.runTo(simTime(at));
    world.give(simTime(at), command);
  };
  give(500_000, {
    do: "apply",
    objects: [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "many", namespace: "shop", labels: { a: "b" }, annotations: { note: "yes: it is" } },
        spec: { type: "NodePort", trafficDistribution: "PreferClose", sessionAffinity: "ClientIP", selector: { app: "your-app" }, ports: [{ name: "http", port: 80, targetPort: "http", appProtocol: "http" }, { name: "admin", port: 81, targetPort: 8080 }] }, // prettier-ignore
      },
      {
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata: { name: "db", namespace: "shop" },
        spec: { serviceName: "db", replicas: 2, selector: { matchLabels: { app: "db" } }, template: { metadata: { labels: { app: "db" } }, spec: { containers: [{ name: "db", image: "db:1", ports: [{ containerPort: 5432 }] }] } } }, // prettier-ignore
      },
    ],
  });
  give(1_000_000, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 5 });
  give(6_000_000, { do: "roll-out", kind: "Deployment", name: "shop/your-app", image: "your-app:2" });
  give(9_000_000, { do: "nodes", count: 3 });
  give(9_100_000, { do: "power", node: "node-a", on: false });
  world.runTo(simTime(80_000_000));
  const { store } = world.inside.state;
  return KINDS.flatMap((kind: Kind) => store.writesOf(kind).map(({ object }) => object));
}

const objects = printed();

/** Objects by kind, each text once. */
function distinct(kind: Kind): readonly KubeObject[] {
  return [...new Map(objects.filter((object) => object.kind === kind).map((object) => [JSON.stringify(object), object])).values()];
}

const TYPES = resolve("node_modules/kubernetes-types");

describe("what is printed", () => {
  test.each(KINDS)("%s reads back as it is", (kind) => {
    const shown = distinct(kind);
    expect(shown.length).toBeGreaterThan(0);
    for (const object of shown) {
      const loaded = loadManifests({ name: "printed.yaml", text: yamlOf(object) });
      expect(loaded.ok ? loaded.value.objects.map((one) => one.object) : loaded.problem).toEqual([object]);
    }
  });

  test.skipIf(!existsSync(TYPES))("has only fields that the API has, with the API's types", () => {
    const lines = KINDS.flatMap((kind, n) => [
      `import type { ${kind} as K${n} } from "kubernetes-types/${MODULES[kind]}";`,
      ...distinct(kind).map((object, index) => `export const x${n}_${index}: K${n} = ${JSON.stringify(object, described)};`),
    ]);
    expect(lines.length).toBeGreaterThan(100);
    writeFileSync(join(folder, "printed.ts"), lines.join("\n"));
    if (!existsSync(join(folder, "node_modules"))) symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
    expect(compiled("printed.ts")).toBe("");
  });

  test.skipIf(!existsSync(TYPES))("would be refused by the same compiler with a field that the API has not", () => {
    const wrong = { apiVersion: "v1", kind: "Service", metadata: { name: "a" }, spec: { ports: [{ port: 80, porto: 1 }] } };
    const text = `import type { Service } from "kubernetes-types/core/v1"; export const x: Service = ${JSON.stringify(wrong)};`;
    writeFileSync(join(folder, "wrong.ts"), text);
    if (!existsSync(join(folder, "node_modules"))) symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
    expect(compiled("wrong.ts")).toContain(`'"porto"' does not exist`);
  });

  test.skipIf(!hasKubectl())("is accepted by kubectl kustomize", () => {
    const newest = new Map(objects.map((object) => [showRef(refOf(object)), object]));
    writeFileSync(join(folder, "all.yaml"), [...newest.values()].map(yamlOf).join("---\n"));
    writeFileSync(join(folder, "kustomization.yaml"), "resources: [all.yaml]\n");
    const built = execFileSync("kubectl", ["kustomize", folder], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    const loaded = loadManifests({ name: "built.yaml", text: built });
    const names = loaded.ok ? loaded.value.objects.map(({ object }) => showRef(refOf(object))) : [loaded.problem.message];
    expect(names.toSorted()).toEqual([...newest.keys()].toSorted());
  });
});

/** Every field but those that are younger than the package. */
function described(field: string, value: unknown): unknown {
  return LATER.has(field) ? undefined : value;
}

/** What the compiler says of one file. */
function compiled(file: string): string {
  try {
    const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "esnext", "--moduleResolution", "bundler", "--types", ""];
    execFileSync(process.execPath, [resolve("node_modules/typescript/bin/tsc"), ...options, file], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    });
    return "";
  } catch (error) {
    return typeof error === "object" && error !== null && "stdout" in error ? String(error.stdout).slice(0, 4000) : String(error);
  }
}

function hasKubectl(): boolean {
  try {
    execFileSync("kubectl", ["version", "--client"], { stdio: "ignore" });
    return true;
  } catch {
    console.log("printed objects: kubectl is absent, so `kubectl kustomize` is not asked");
    return false;
  }
}
