/**
 * What a program asks of its surroundings, and what it is told. Programs are plain data that moves on by inputs:
 * `(state, input) → { state, actions }`. Whoever runs them (the world) carries the actions out in order, and answers an
 * action that opens a socket with `opened` at once, before the next action.
 */
import type { Micros } from "../engine/time";
import type { IpAddress } from "../network/address";
import type { Payload } from "../network/packet";
import type { SocketEvent } from "../node/kernel/api";
import type { Outcome } from "./verdicts";

/** What a program does. `handle` names a socket until its number is known; `journey` is for recording only. */
export type Action =
  | { readonly kind: "listenTcp"; readonly handle: string; readonly port: number }
  | { readonly kind: "closeListener"; readonly socket: number }
  | {
      readonly kind: "connectTcp";
      readonly handle: string;
      readonly dst: IpAddress;
      readonly port: number;
      readonly timeout?: Micros;
      readonly journey: string;
    }
  | { readonly kind: "sendTcp"; readonly socket: number; readonly payload: Payload; readonly journey: string }
  /** FIN. */
  | { readonly kind: "closeTcp"; readonly socket: number; readonly journey: string }
  /** RST. */
  | { readonly kind: "abortTcp"; readonly socket: number }
  | {
      readonly kind: "openUdp";
      readonly handle: string;
      readonly port?: number;
      readonly connected?: { readonly address: IpAddress; readonly port: number };
    }
  | {
      readonly kind: "sendUdp";
      readonly socket: number;
      /** The own address to send from; absent: the route's. */
      readonly from?: IpAddress;
      readonly to: IpAddress;
      readonly port: number;
      readonly payload: Payload;
      readonly journey: string;
    }
  | { readonly kind: "closeUdp"; readonly socket: number }
  /** Comes back as a `timer` input with the same generation; a program ignores those that are not its last. */
  | { readonly kind: "timer"; readonly timer: string; readonly generation: number; readonly after: Micros }
  /** A DNS query left / its answer was read. */
  | {
      readonly kind: "asked";
      readonly request: number;
      readonly id: number;
      readonly name: string;
      readonly type: string;
      readonly server: string;
      readonly transport: "udp" | "tcp";
      readonly wire: Uint8Array;
      readonly journey: string;
    }
  | {
      readonly kind: "heard";
      readonly request: number;
      readonly id: number;
      readonly rcode: string;
      readonly answers: readonly string[];
      readonly wire: Uint8Array;
    }
  /** What somebody on a query's way did with it, for those who look on. */
  | { readonly kind: "note"; readonly journey: string; readonly did: string }
  /** A request of a client has ended. */
  | { readonly kind: "finished"; readonly request: number; readonly outcome: Outcome }
  /** The process ends by itself. Its TCP connections are closed already; what is left of them is the kernel's. */
  | { readonly kind: "exit" };

/** What a program is told. */
export type ProcessInput =
  | { readonly kind: "start" }
  | { readonly kind: "opened"; readonly handle: string; readonly socket: number }
  | { readonly kind: "socket"; readonly event: SocketEvent }
  | { readonly kind: "timer"; readonly timer: string; readonly generation: number }
  | { readonly kind: "signal"; readonly signal: "SIGTERM" };

/** A program's answer to an input. */
export interface Reaction<State> {
  readonly state: State;
  readonly actions: readonly Action[];
}

/** A reaction without any action. */
export function quiet<State>(state: State): Reaction<State> {
  return { state, actions: [] };
}

/** The journey of one packet of a request and of everything that answers it: `request 12 GET`. */
export function journeyOf(request: number, part: string): string {
  return `request ${request} ${part}`;
}
