/** Runs the settled cluster for one traced packet: its client's sockets belong to the tracer, all else is the world's. */
import type { SimTime } from "../../../engine/time";
import type { SocketEvent } from "../../../node/kernel/api";
import type { ProcessInput } from "../../../workloads/actions";
import type { Packet } from "../../../network/packet";
import type { Hop } from "../../../node/kernel/hop";
import type { WorldEvent } from "../../event";
import { ANY, onFrame, onKernelTimer } from "../../events/on-frame";
import { onProcessTimer, onSocket } from "../../events/on-process";
import { makeKernelContext } from "../../kernel-context";
import type { Choices } from "../../kernel-context";
import type { HostRules } from "../../rulesets";
import type { SeenHop } from "../../views/journey-observer";
import type { Sim } from "../../sim";
import { choicesToward } from "./steering";

/** Owner of the tracer's sockets. */
export const TRACER = "tracer";

/** The number that traced journeys carry: no request has it. */
export const TRACED = 0;

/** What may be given instead of a draw in one phase of the trace. */
export interface Given {
  readonly srcPort?: number;
  readonly snatPort?: number;
  /** Outer source port, by whether the packet comes from the client. */
  readonly vxlanPort?: (packet: Packet) => number | undefined;
  /** Endpoint to take, `address:port`. */
  readonly endpoint?: string;
}

/** A run. */
export class TraceRun {
  readonly sim: Sim;
  readonly seen: SeenHop[] = [];
  /** What the tracer's sockets heard. */
  readonly heard: SocketEvent[] = [];
  given: Given = {};
  /** Called for everything that the tracer is told: by its sockets and timers. */
  hear: (input: ProcessInput) => void = () => undefined;
  private event = 0;

  constructor(sim: Sim) {
    const prefix = `request ${TRACED} `;
    const kernels = makeKernelContext({
      state: sim.state,
      rulesets: sim.rulesets,
      choices: this.choices(),
      observer: () => ({
        wants: (journey) => journey.startsWith(prefix),
        see: (hop, journey, rules) => this.see(hop, journey, rules),
      }),
      flight: () => undefined,
    });
    const isWatched = (journey: string): boolean => journey === ANY || journey.startsWith(prefix);
    this.sim = {
      ...sim,
      event: () => this.event,
      flight: () => undefined,
      kernelFor: (journey) => (isWatched(journey) ? kernels.watched : kernels.silent),
    };
  }

  private see(hop: Hop, journey: string, rules: HostRules | null): void {
    this.seen.push({ hop, journey, event: this.event, node: nodeOf(this.sim, hop.host), rules });
  }

  private choices(): Choices {
    return {
      choose: (_host, purpose, packet) => {
        const { srcPort, snatPort, vxlanPort } = this.given;
        if (purpose === "vxlanPort") return vxlanPort?.(packet);
        return purpose === "srcPort" ? srcPort : snatPort;
      },
      ...choicesToward(() => this.given.endpoint),
    };
  }

  /** Handles events up to a moment, or until `stop` says so. */
  until(end: SimTime, stop: () => boolean): void {
    const { loop } = this.sim.state;
    while (!stop() && (loop.nextAt ?? Number.POSITIVE_INFINITY) <= end) {
      loop.step(({ payload }, number) => {
        this.event = number;
        this.handle(payload);
      });
    }
  }

  private handle(event: WorldEvent): void {
    switch (event.kind) {
      case "frame":
        return void onFrame(this.sim, event);
      case "kernel-timer":
        return void onKernelTimer(this.sim, event);
      case "process-timer":
        if (event.process !== TRACER) return void onProcessTimer(this.sim, event);
        return this.hear({ kind: "timer", timer: event.timer, generation: event.generation });
      case "socket":
        if (event.owner !== TRACER) return void onSocket(this.sim, event);
        this.heard.push(event.event);
        return this.hear({ kind: "socket", event: event.event });
      default:
        // A settled cluster has nothing else to do while nobody changes it.
        return;
    }
  }
}

/** The node on which a namespace stands; the host itself where it is no Pod's. */
export function nodeOf({ state }: Sim, host: string): string {
  if (!host.startsWith("pod:") && !host.startsWith("endpoint:")) return host;
  const row = state.pods.all().find((pod) => pod.host === host);
  return row?.node ?? state.links.veths.get(`${host} eth0`)?.host ?? host;
}
