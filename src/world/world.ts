/**
 * The one assembler: a cluster made from objects, moved on event by event, told what people do, and asked how it looks.
 * Everything that decides lives in the rooms above; here they are joined.
 */
import { assert, unreachable } from "../base/assert";
import type { Seed } from "../base/draw";
import type { ObjectRef } from "../cluster/objects";
import type { Result } from "../base/result";
import { ok } from "../base/result";
import type { SimEvent } from "../engine/queue";
import type { SimTime } from "../engine/time";
import { validatedConfig } from "./world-config";
import type { Command } from "./command";
import { checkCommand } from "./commands";
import { complete } from "./completing";
import type { ControlsView } from "./controls";
import { controlsOf } from "./controls";
import type { WorldEvent } from "./event";
import { onApiStage } from "./events/on-api-stage";
import { onCommand } from "./events/on-command";
import { onCrash } from "./events/on-crash";
import { onDeliver, onRelist } from "./events/on-deliver";
import { onCorefile } from "./events/on-corefile";
import { ANY, onFrame, onKernelTimer } from "./events/on-frame";
import { onNode } from "./events/on-node";
import { onEvict, onNodeHealth } from "./events/on-node-health";
import { onPod } from "./events/on-pod";
import { onProbe } from "./events/on-probe";
import { onProcessTimer, onSocket } from "./events/on-process";
import { onProxySync, onProxySynced } from "./events/on-proxy";
import { onProxyDrain } from "./events/on-proxy-drain";
import { onProxyRestart } from "./events/on-proxy-restart";
import { onRecheck, onReconcile } from "./events/on-reconcile";
import { onRequest, onTraffic } from "./events/on-request";
import { onWrite } from "./events/on-write";
import { JourneyObserver, type Watched } from "./views/journey-observer";
import type { Choices, Observer } from "./kernel-context";
import { makeKernelContext } from "./kernel-context";
import { triedViews } from "./views/tried";
import { Rulesets } from "./rulesets";
import type { Traffic, WorldConfig } from "./settings";
import type { Settling } from "./settle";
import { givenSlicesIn, settle } from "./settle";
import type { GivenObject, Setup } from "./setup";
import type { Sim } from "./sim";
import type { WorldCheckpoint, WorldState } from "./state";
import { checkpointState, emptyState, hashState, restoreState } from "./state";
import type { Told } from "./told";
import { captureView, stretchView } from "./views/capture";
import { labView } from "./views/lab";
import { journeyView } from "./views/journey";
import { momentView } from "./views/moment";
import { rolloutView } from "./views/rollout";
import type { CaptureView, FlightView, JourneyView, LabView, Looking, MomentView, RolloutView, TraceEvent, TriedView } from "./view-types";

export type { WorldCheckpoint } from "./state";

/** Version of the model's behaviour: equal versions give equal runs, event by event. */
export const BEHAVIOUR = 2;

/** Somebody who keeps what happens. */
export interface Listener {
  event(event: TraceEvent): void;
  /** A flight began, found its Pod or ended during event `number`, which is recorded right after. */
  flight(flight: FlightView, number: number, at: SimTime): void;
}

/** What a world is made from. */
export interface WorldOptions {
  readonly objects: readonly GivenObject[];
  readonly seed: Seed;
  readonly config?: Partial<WorldConfig>;
  readonly traffic?: Traffic;
  /** Adds the Service `default/kubernetes` where it is absent. */
  readonly completes?: boolean;
}

const NO_TRAFFIC: Traffic = { from: "", to: "", perSecond: 0 };

/** A world. */
export class World {
  private readonly state: WorldState;
  private readonly rulesets: Rulesets;
  private readonly sim: Sim;
  private number = -1;
  private listener: Listener | null = null;
  private watching: JourneyObserver | null = null;
  private choices: Choices = {};

  private constructor(
    private readonly setup: Setup,
    /** What was made or left out while reading, in sentences. */
    readonly warnings: readonly string[],
  ) {
    this.state = emptyState(setup);
    this.rulesets = new Rulesets(this.state);
    const flight = (view: FlightView): void => this.listener?.flight(view, this.number, this.state.loop.now);
    const kernels = makeKernelContext({
      state: this.state,
      rulesets: this.rulesets,
      choices: {
        choose: (host, purpose, packet) => this.choices.choose?.(host, purpose, packet),
        chooseServer: (host, virtual) => this.choices.chooseServer?.(host, virtual),
        chooseStatistic: (host, chain, rule, ruleset) => this.choices.chooseStatistic?.(host, chain, rule, ruleset),
        chooseNumgen: (host, rule, table) => this.choices.chooseNumgen?.(host, rule, table),
      },
      observer: (): Observer | null => this.watching,
      flight,
    });
    this.sim = {
      state: this.state,
      rulesets: this.rulesets,
      event: () => this.number,
      kernelFor: (journey) => (this.isWatched(journey) ? kernels.watched : kernels.silent),
      isListened: () => this.listener !== null,
      flight,
    };
  }

  private isWatched(journey: string): boolean {
    return this.watching !== null && (journey === ANY || this.watching.wants(journey));
  }

  /** Makes a settled world at time 0. */
  static fromObjects(options: WorldOptions): Result<World> {
    const work = World.settling(options);
    for (;;) {
      const turn = work.next();
      if (turn.done === true) return turn.value;
    }
  }

  /** The same in small pieces, so that whoever waits can see how far it is and stop. */
  static *settling({ objects, seed, config = {}, traffic = NO_TRAFFIC, completes = false }: WorldOptions): Settling<Result<World>> {
    const settings = validatedConfig(
      objects.map((one) => one.object),
      config,
    );
    if (!settings.ok) return settings;
    const { proxy, serviceCIDRs } = settings.value.config;
    const completed = complete(objects, { clusterCIDR: proxy.clusterCIDR, serviceCIDRs, addsKubernetes: completes });
    const setup: Setup = {
      seed,
      config: settings.value.config,
      objects: completed.objects,
      traffic,
      givenSlices: givenSlicesIn(completed.objects.map((one) => one.object)),
    };
    const world = new World(setup, [...completed.warnings, ...settings.value.warnings]);
    const settled = yield* settle(world.sim);
    return settled.ok ? ok(world) : settled;
  }

  /** Another world that stands where this one stands, and goes its own way. */
  twin(): World {
    const twin = new World(this.setup, this.warnings);
    twin.restore(this.checkpoint());
    return twin;
  }

  /** The moment of the last event. */
  get now(): SimTime {
    return this.state.loop.now;
  }

  /** When the next event happens; undefined where none waits. */
  get nextAt(): SimTime | undefined {
    return this.state.loop.nextAt;
  }

  /** How many events have been handled. */
  get eventCount(): number {
    return this.state.loop.count;
  }

  /** Handles the next event. False where none waits. */
  step(): boolean {
    return this.state.loop.step((event, number) => {
      this.number = number;
      const told = this.handle(event.payload);
      this.listener?.event(recordOf(event, number, told));
      this.number = -1;
    });
  }

  /** Handles everything up to and including a moment. */
  runTo(at: SimTime): void {
    while ((this.nextAt ?? Number.POSITIVE_INFINITY) <= at) this.step();
  }

  /** Whether a command can be given now; the notice that it was, or the problem. */
  check(command: Command): Result<string> {
    return checkCommand(this.state, command);
  }

  /** What the API server would answer to a command, request by request up to the first that is refused. Changes nothing. */
  tried(command: Command): readonly TriedView[] {
    return triedViews(this.state, command);
  }

  /** Gives a command at a moment; every event up to it must be through. It is an event of its own. */
  give(at: SimTime, command: Command): void {
    assert((this.nextAt ?? Number.POSITIVE_INFINITY) > at, "a command comes after every event of its moment");
    this.state.loop.advanceTo(at);
    this.state.loop.schedule(at, { kind: "command", command });
    this.step();
  }

  private handle(event: WorldEvent): Told {
    const { sim } = this;
    switch (event.kind) {
      case "command":
        return onCommand(sim, event.command);
      case "api-stage":
        return onApiStage(sim, event);
      case "write":
        return onWrite(sim, event);
      case "deliver":
        return onDeliver(sim, event);
      case "relist":
        return onRelist(sim, event);
      case "reconcile":
        return onReconcile(sim, event);
      case "recheck":
        return onRecheck(sim, event);
      case "pod":
        return onPod(sim, event);
      case "proxy-sync":
        return onProxySync(sim, event.node);
      case "proxy-synced":
        return onProxySynced(sim, event.node);
      case "proxy-drain":
        return onProxyDrain(sim, event.node);
      case "proxy-restart":
        return onProxyRestart(sim, event.node);
      case "frame":
        return onFrame(sim, event);
      case "kernel-timer":
        return onKernelTimer(sim, event);
      case "socket":
        return onSocket(sim, event);
      case "process-timer":
        return onProcessTimer(sim, event);
      case "corefile":
        return onCorefile(sim, event);
      case "traffic":
        return onTraffic(sim, event);
      case "request":
        return onRequest(sim, event);
      case "node":
        return onNode(sim, event);
      case "node-health":
        return onNodeHealth(sim, event);
      case "evict":
        return onEvict(sim, event);
      case "probe":
        return onProbe(sim, event);
      case "crash":
        return onCrash(sim, event);
      default:
        return unreachable(event);
    }
  }

  /** A copy of the state, good for this world and its twins. */
  checkpoint(): WorldCheckpoint {
    return checkpointState(this.state);
  }

  /** Goes to a copy. */
  restore(copy: WorldCheckpoint): void {
    restoreState(this.state, copy);
    this.watching?.forget(this.eventCount);
  }

  /** Fingerprint of the whole state. */
  hash(): string {
    return hashState(this.state);
  }

  /** Tells somebody what happens from now on. Being listened to changes nothing. */
  listen(listener: Listener | null): void {
    this.listener = listener;
  }

  /** Takes these choices instead of draws from now on (a trace that is replayed). */
  choose(choices: Choices): void {
    this.choices = choices;
  }

  /** Keeps the hops of one request's packets from now on, or of all; null keeps none. Being watched changes nothing. */
  observe(request: Watched | null): void {
    this.watching =
      request === null
        ? null
        : new JourneyObserver(
            request,
            () => this.number,
            (host) => nodeOfHost(this.state, host),
          );
  }

  /** The journey of the request that is observed, as far as it has come. */
  journey(request: number): JourneyView | null {
    return this.watching === null ? null : journeyView(this.state, request, this.watching);
  }

  /** The frames of the request that is observed, as captures on all interfaces show them. */
  capture(request: number): CaptureView | null {
    const seen = this.watching === null ? null : captureView(this.state, request, this.watching);
    return seen === null ? null : { ...seen, behaviour: BEHAVIOUR };
  }

  /** The frames of everything that was observed between two moments, as captures on all interfaces show them. */
  stretch(from: SimTime, to: SimTime): CaptureView {
    return { ...stretchView(this.state, this.watching?.hops ?? [], { from, to }), behaviour: BEHAVIOUR };
  }

  /** The network as it stands now, as a laboratory of network namespaces; the problem where none can be built. */
  lab(): Result<LabView> {
    return labView(this.state, this.rulesets, BEHAVIOUR);
  }

  /** How the world looks at a moment, as the page wants it. The stamp's branch and the last event are the recording's. */
  view(looking: Looking): MomentView {
    return momentView(this.state, this.rulesets, looking);
  }

  /** A Deployment or StatefulSet and its last rollout; null where it is none. `eventsFrom`: what was recorded up to now, from a moment on. */
  rollout(ref: ObjectRef, at: number, eventsFrom: (at: number) => readonly TraceEvent[]): RolloutView | null {
    return rolloutView(this.state, { ref, at, eventsFrom });
  }

  /** What can be moved in it. */
  controls(): ControlsView {
    return controlsOf(this.state);
  }

  /** For the rooms' own tests and the headless command: the state itself. Not to be written. */
  get inside(): Sim {
    return this.sim;
  }
}

/** The node on which a namespace stands; the host itself where it is no Pod's. */
function nodeOfHost(state: WorldState, host: string): string {
  return state.pods.all().find((row) => row.host === host)?.node ?? host;
}

function recordOf(event: SimEvent<WorldEvent>, number: number, told: Told): TraceEvent {
  return { number, at: event.at, trigger: event.trigger, consumed: [], read: {}, ...told };
}
