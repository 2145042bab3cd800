/** From what a person opens to a recording: a built-in scenario or a cluster file, read in slices. */
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import type { KubeObject } from "../cluster/objects";
import { loadObjects } from "../manifests/load-objects";
import { Recording } from "../recording/recording";
import { OUTSIDE, SCENARIOS, scenarioOf } from "../scenarios/catalogue";
import type { Scenario } from "../scenarios/catalogue";
import type { Traffic, WorldConfig } from "../world/settings";
import { upstreamOf } from "../world/world-config";
import { BEHAVIOUR, World } from "../world/world";
import { fileTraffic } from "./file-traffic";
import type { Reading, Work } from "./reading";
import { theReader } from "./reading";
import type { ControlsView, RecordingData, Source } from "./protocol";

/** An opened recording. */
export interface Opened {
  readonly recording: Recording;
  readonly data: RecordingData;
  readonly title: string;
  readonly warnings: readonly string[];
  readonly controls: ControlsView;
}

interface Read {
  readonly objects: readonly { readonly object: KubeObject; readonly at: string }[];
  readonly title: string;
  readonly warnings: readonly string[];
  readonly traffic: Traffic;
  readonly config: Partial<WorldConfig>;
}

/** Opens a recording. Problems name file, line and column, or the object's path. */
export function* open(data: RecordingData): Work<Result<Opened>> {
  const read = yield* readSource(data.source);
  if (!read.ok) return read;
  const { objects, title, warnings, traffic, config } = read.value;
  const world = yield* World.settling({ objects, seed: data.seed, traffic, config, completes: true });
  if (!world.ok) return world;
  yield { done: 1, total: 1 };
  const recording = new Recording({ world: world.value, journal: data.journal });
  const older =
    data.behaviour === BEHAVIOUR ? [] : [`This recording was made with version ${data.behaviour} of the model; this is ${BEHAVIOUR}.`];
  return ok({
    recording,
    data: { ...data, behaviour: BEHAVIOUR },
    title,
    warnings: [...warnings, ...world.value.warnings, ...older],
    controls: world.value.controls(),
  });
}

function* readSource(source: Source): Work<Result<Read>> {
  if (source.kind === "file") return yield* readFile(source);
  const scenario = scenarioOf(source.id);
  if (scenario === undefined) {
    return failAt(`there is no scenario "${source.id}"; there is ${SCENARIOS.map((one) => one.id).join(", ")}`);
  }
  const loaded = loadObjects(scenario.objects);
  if (!loaded.ok) return loaded;
  return ok({ ...loaded.value, title: scenario.title, traffic: scenario.traffic, config: configOf(scenario) });
}

/** The world outside has its names in every cluster that is opened here. */
function configOf({ nodeResolvConf }: Pick<Scenario, "nodeResolvConf"> = {}): Partial<WorldConfig> {
  return { upstream: upstreamOf(OUTSIDE), ...(nodeResolvConf === undefined ? {} : { nodeResolvConf }) };
}

function* readFile(source: { readonly name: string; readonly text: string }): Work<Result<Read>> {
  const { ManifestLoad, proxyConfigIn } = yield* theReader();
  const load = new ManifestLoad(source);
  for (;;) {
    const { done, read, total } = load.step();
    if (done) break;
    yield { done: read, total };
  }
  const loaded = load.result();
  if (!loaded.ok) return loaded;
  const objects = loaded.value.objects.map(({ object }) => object);
  const proxy = proxyConfigIn(objects);
  if (!proxy.ok) return proxy;
  const { mode } = proxy.value;
  const { traffic, sentence } = fileTraffic(objects);
  const warnings = [...loaded.value.warnings, ...proxy.value.warnings, sentence];
  const config = { ...configOf(), proxy: proxy.value.proxy, mode };
  return ok({ objects: loaded.value.objects, warnings, title: source.name, traffic, config });
}

/** Reads objects from text that a form gives. */
export function* parse(name: string, text: string): Work<ReturnType<Reading["loadManifests"]>> {
  const { loadManifests } = yield* theReader();
  return loadManifests({ name, text }, { typesOnly: true });
}
