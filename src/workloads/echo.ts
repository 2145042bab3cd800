/** A UDP server that sends back what it gets: what stands behind a container's UDP ports when nothing else is known of them. */
import { unreachable } from "../base/assert";
import type { Action, ProcessInput, Reaction } from "./actions";
import { quiet } from "./actions";

/** An echo server as it stands. */
export interface EchoState {
  readonly program: "echo";
  readonly ports: readonly number[];
  readonly sockets: readonly number[];
}

/** An echo server that has yet to start. */
export function makeEcho(ports: readonly number[]): EchoState {
  return { program: "echo", ports, sockets: [] };
}

/** Moves it on. On SIGTERM it is gone at once. */
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
      const closed = state.sockets.map((socket): Action => ({ kind: "closeUdp", socket }));
      return { state: { ...state, sockets: [] }, actions: [...closed, { kind: "exit" }] };
    }
    case "timer":
      return quiet(state);
    default:
      return unreachable(input);
  }
}
