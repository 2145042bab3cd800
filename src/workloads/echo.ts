/** A UDP server that sends back what it gets: what stands behind a container's UDP ports when nothing else is known of them. */
import { unreachable } from "../base/assert";
import type { Action, ProcessInput, Reaction } from "./actions";
import { quiet } from "./actions";
import type { Termination } from "./termination";
import { CLOSES_AT_ONCE } from "./termination";

/** An echo server as it stands. */
export interface EchoState {
  readonly program: "echo";
  readonly ports: readonly number[];
  readonly sockets: readonly number[];
  readonly termination: Termination;
}

/** An echo server that has yet to start. */
export function makeEcho(ports: readonly number[], termination: Termination = CLOSES_AT_ONCE): EchoState {
  return { program: "echo", ports, sockets: [], termination };
}

/** Moves it on. On SIGTERM it is gone at once, unless it drains (then after its shutdown time) or ignores it. */
export function echoStep(state: EchoState, input: ProcessInput): Reaction<EchoState> {
  switch (input.kind) {
    case "start":
      return { state, actions: state.ports.map((port): Action => ({ kind: "openUdp", handle: `${port}`, port })) };
    case "opened":
      return quiet({ ...state, sockets: [...state.sockets, input.socket] });
    case "socket": {
      const { event } = input;
      if (event.kind !== "datagram") return quiet(state);
      const { socket, from: to, fromPort: port, payload, journey } = event;
      return { state, actions: [{ kind: "sendUdp", socket, to, port, payload, journey }] };
    }
    case "signal": {
      const { onTerm, shutdown } = state.termination;
      if (onTerm === "ignore") return quiet(state);
      return onTerm === "close" ? exit(state) : { state, actions: [{ kind: "timer", timer: "exit", generation: 0, after: shutdown }] };
    }
    case "timer":
      return exit(state);
    default:
      return unreachable(input);
  }
}

function exit(state: EchoState): Reaction<EchoState> {
  const closed = state.sockets.map((socket): Action => ({ kind: "closeUdp", socket }));
  return { state: { ...state, sockets: [] }, actions: [...closed, { kind: "exit" }] };
}
