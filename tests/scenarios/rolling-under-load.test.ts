/**
 * A rolling update under 50 requests a second. Between SIGTERM and a node's next sync its rules still lead to a Pod that
 * has closed its listener: whoever is sent there is refused. A preStop sleep that is longer than the propagation leaves
 * nobody out.
 */
import { describe, expect, test, vi } from "vitest";
import type { Deployment, KubeObject } from "../../src/cluster/objects";
import { simTime } from "../../src/engine/time";
import { loadObjects } from "../../src/manifests/load";
import { scenarioOf } from "../../src/scenarios/catalogue";
import type { RequestRow } from "../../src/world/rows";
import { World } from "../../src/world/world";

/** Twenty runs take a few seconds of a quiet core; a busy machine gets longer. */
vi.setConfig({ testTimeout: 120_000 });

const SECOND = 1_000_000;
const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

/** Clients know the address, so that no run spends its time on look-ups. */
const ADDRESS = "10.96.0.50";

/** Until when a run goes: a little beyond the last Pod's end. */
const UNTIL = { 0: 5, 2: 7 } as const;

type PreStop = keyof typeof UNTIL;

function objectsOf(image: string, preStop: PreStop): readonly KubeObject[] {
  const loaded = loadObjects(scenarioOf("two-apps")?.objects ?? []);
  if (!loaded.ok) throw new Error(loaded.problem.message);
  return loaded.value.objects.map(({ object }) => {
    if (object.kind === "Service" && object.metadata.name === "your-app-svc")
      return { ...object, spec: { ...object.spec, clusterIP: ADDRESS } };
    return object.kind === "Deployment" && object.metadata.name === "your-app" ? yourApp(object, image, preStop) : object;
  });
}

/** The app that answers: two Pods, an image, a preStop sleep. Its program closes its listener at once, as programs do. */
function yourApp(from: Deployment, image: string, preStop: PreStop): Deployment {
  const lifecycle = preStop === 0 ? {} : { lifecycle: { preStop: { sleep: { seconds: preStop } } } };
  const { template } = from.spec;
  const containers = template.spec.containers.map((container) => ({ ...container, image, ...lifecycle }));
  const strategy = { type: "RollingUpdate", rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } } as const;
  return { ...from, spec: { ...from.spec, replicas: 2, strategy, template: { ...template, spec: { ...template.spec, containers } } } };
}

interface Ended {
  readonly requests: number;
  readonly failed: readonly RequestRow[];
}

/** One run: the image changes at 1 s; what has ended is counted as it goes. */
function rolled(seed: number, preStop: PreStop): Ended {
  const objects = objectsOf("registry.example/your-app:1.0", preStop).map((object, index) => ({ object, at: `objects[${index}]` }));
  const traffic = { from: "shop/my-app", to: `http://${ADDRESS}`, perSecond: 0 };
  const made = World.fromObjects({ objects, seed, traffic, completes: true });
  if (!made.ok) throw new Error(made.problem.message);
  const world = made.value;
  const at = simTime(SECOND);
  world.runTo(at);
  world.give(at, { do: "traffic", perSecond: 50 });
  const changed = objectsOf("registry.example/your-app:2.0", preStop).filter(
    ({ kind, metadata }) => kind === "Deployment" && metadata.name === "your-app",
  );
  world.give(at, { do: "apply", objects: changed });
  const ended = new Map<number, RequestRow>();
  for (let second = 2; second <= UNTIL[preStop]; second += 1) {
    world.runTo(simTime(second * SECOND));
    for (const row of world.inside.state.requests.all()) if (row.endedAt !== null) ended.set(row.id, row);
  }
  const old = world.inside.state.store
    .latest()
    .list("Pod")
    .filter(({ spec }) => spec.containers.some(({ image }) => image?.includes("your-app:1.0")));
  if (old.length > 0) throw new Error(`seed ${seed}: ${old.length} Pods of before are still there at the end`);
  return { requests: ended.size, failed: [...ended.values()].filter(({ verdict }) => verdict !== "answered") };
}

/** `seed, requests, failed, of them by stale rules, by late slices, greatest age of a node's rules`. */
function line(seed: number, { requests, failed }: Ended): string {
  const by = (reader: string): number => failed.filter(({ missed }) => missed?.reader.startsWith(reader) === true).length;
  const ages = failed.map(({ missed }) => (missed === null ? 0 : missed.decidedAt - missed.writtenAt));
  const age = `${Math.round(Math.max(0, ...ages) / 1000)} ms`;
  return [`${seed}`, `${requests}`, `${failed.length}`, `${by("kube-proxy")}`, `${by("endpointslice")}`, age]
    .map((cell) => cell.padStart(9))
    .join("");
}

const HEAD = ["seed", "requests", "failed", "by rules", "slices", "age"].map((cell) => cell.padStart(9)).join("");

describe("a rolling update of 2 Pods under 50 requests a second", () => {
  test("without a preStop sleep some requests of every seed fail, and each failure names the stale node and the age of its rules", () => {
    const runs = SEEDS.map((seed) => rolled(seed, 0));
    console.info(["no preStop, the listener closes at once:", HEAD, ...runs.map((run, index) => line(index + 1, run))].join("\n"));
    for (const { failed } of runs) {
      expect(failed.length).toBeGreaterThan(0);
      for (const { verdict, sentence } of failed) {
        expect(verdict).toBe("refused");
        expect(sentence).toMatch(/(node-[ab]'s rules|The EndpointSlices) were behind: .* written [\d.]+ (µs|ms|s) before, /);
      }
    }
  });

  test("with a preStop sleep that is longer than the propagation none fails", () => {
    const runs = SEEDS.map((seed) => rolled(seed, 2));
    console.info(["preStop sleep of 2 s:", HEAD, ...runs.map((run, index) => line(index + 1, run))].join("\n"));
    expect(runs.map(({ failed }) => failed.length)).toEqual(SEEDS.map(() => 0));
    expect(Math.min(...runs.map(({ requests }) => requests))).toBeGreaterThan(250);
  });
});
