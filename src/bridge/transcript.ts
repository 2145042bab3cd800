/** A scenario or a cluster, run with its commands to a moment and told line by line or frame by frame: the door behind `run` and `pcap`. */
import type { Result } from "../base/result";
import { fail, ok } from "../base/result";
import { simTime } from "../engine/time";
import type { Loaded } from "../manifests/load";
import { loadManifests, loadObjects } from "../manifests/load";
import { causesOf, showCauses } from "../recording/causes";
import { Recording, finish } from "../recording/recording";
import { proxyConfigIn } from "../world/questions/kube-proxy-map";
import { transcriptEnd, transcriptLine } from "../world/transcript";
import { BEHAVIOUR, World } from "../world/world";
import { fileTraffic } from "./file-traffic";
import { open } from "./opening";
import type { CaptureView, JournalEntry, Source } from "./protocol";

/** What is run. `objects` is a list of Kubernetes objects as JSON, to which nothing is added. */
export type RunSource = Source | { readonly kind: "objects"; readonly objects: readonly unknown[] };

/** A run: where it starts, what people do, and how long it goes on (whole microseconds). */
export interface RunSpec {
  readonly source: RunSource;
  readonly commands: readonly JournalEntry[];
  readonly until: number;
  readonly seed: number;
  /** Who asks the API server from the start; the administrator where it is not said. */
  readonly as?: string;
  /** An event whose causes and effects are told beside. */
  readonly causesOf?: number;
}

/** What a run told: a line an event; the fingerprint of its last state. */
export interface Transcript {
  readonly lines: readonly string[];
  readonly hash: string;
  readonly events: number;
  readonly warnings: readonly string[];
  /** Where the event that was asked for comes from and what it led to, a line a step. */
  readonly causes?: string;
}

/** The last line of a transcript as text. */
export function endLine({ hash, events }: Transcript): string {
  return transcriptEnd(hash, events);
}

/** Runs. A command that cannot be given is a problem that names its place in the list. */
export function transcriptOf(spec: RunSpec): Result<Transcript> {
  const played = play(spec);
  if (!played.ok) return played;
  const { recording, warnings } = played.value;
  const { causesOf: asked } = spec;
  const { trace } = recording.current;
  const told = { lines: trace.from(0, trace.length).map(transcriptLine), hash: recording.hash(), events: trace.length, warnings };
  if (asked === undefined) return ok(told);
  const causes = causesOf(trace, asked);
  return causes === null
    ? fail({ message: `there is no event ${asked}; the last one is ${trace.length - 1}`, at: "causes" })
    : ok({ ...told, causes: showCauses(causes) });
}

/** Every frame on every interface of a run between two moments. */
export function stretchOf(spec: RunSpec, since: number): Result<{ readonly capture: CaptureView; readonly warnings: readonly string[] }> {
  const played = play(spec);
  if (!played.ok) return played;
  const { recording, warnings } = played.value;
  return ok({ capture: finish(recording.stretch(simTime(since), simTime(spec.until))), warnings });
}

function play({ source, commands, until, seed, as }: RunSpec): Result<Opened> {
  const opened = openSource(source, seed);
  if (!opened.ok) return opened;
  const { recording } = opened.value;
  if (as !== undefined) {
    const chosen = finish(recording.act({ at: simTime(0), shownUntil: simTime(0), command: { do: "user", user: as } }));
    if (!chosen.ok) return fail({ message: chosen.problem.message, at: "as" });
  }
  const inTime = commands.map((entry, index) => ({ ...entry, index })).filter(({ at }) => at <= until);
  for (const { at, command, index } of inTime.toSorted((a, b) => a.at - b.at || a.index - b.index)) {
    const acted = finish(recording.act({ at: simTime(at), shownUntil: simTime(at), command }));
    if (!acted.ok) return fail({ message: acted.problem.message, at: placeIn(index, acted.problem.at) });
  }
  finish(recording.seekTime(simTime(until)));
  return opened;
}

function placeIn(index: number, at: string | undefined): string {
  return at === undefined || at === "" ? `commands[${index}]` : `commands[${index}].${at}`;
}

interface Opened {
  readonly recording: Recording;
  readonly warnings: readonly string[];
}

function openSource(source: RunSource, seed: number): Result<Opened> {
  switch (source.kind) {
    case "scenario":
      return finish(open({ source, seed, behaviour: BEHAVIOUR, journal: [] }));
    case "file":
      return openLoaded(loadManifests(source), { seed, completes: true });
    case "objects":
      return openLoaded(loadObjects(source.objects), { seed, completes: false });
  }
}

/** The page reads a file in slices, and loads the reader first; here nobody waits. */
function openLoaded(loaded: Result<Loaded>, { seed, completes }: { readonly seed: number; readonly completes: boolean }): Result<Opened> {
  if (!loaded.ok) return loaded;
  const { objects, warnings } = loaded.value;
  const given = objects.map(({ object }) => object);
  const said = proxyConfigIn(given);
  if (!said.ok) return said;
  const { proxy, mode } = said.value;
  const { traffic } = fileTraffic(given);
  const world = World.fromObjects({ objects, seed, traffic, config: { proxy, mode }, completes });
  if (!world.ok) return world;
  return ok({
    recording: new Recording({ world: world.value }),
    warnings: [...warnings, ...said.value.warnings, ...world.value.warnings],
  });
}
