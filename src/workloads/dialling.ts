/** From a name to an open connection: the look-up, then the addresses one after another, as curl goes through them. */
import type { LookupDone } from "../dns/resolver/lookup";
import type { RequestMode } from "../dns/resolver/glibc";
import type { ResolverFiles } from "../dns/resolver/conf-file";
import type { Micros } from "../engine/time";
import type { IpAddress } from "../network/address";
import { ip } from "../network/address";
import type { SocketEvent } from "../node/kernel/api";
import type { Action, ProcessInput } from "./actions";
import { journeyOf } from "./actions";
import type { Resolving, ResolvingStep } from "./resolving";
import { resolvingStep, startResolving } from "./resolving";
import type { Outcome } from "./verdicts";
import { outcomeOfError, outcomeOfLookup } from "./verdicts";

/** What a program knows of a name without a look-up: addresses to use, or that there are none. */
export type Known = { readonly addresses: readonly IpAddress[] } | { readonly failed: Outcome };

/** Whom to reach, for which request. */
export interface DialTarget {
  readonly request: number;
  readonly host: string;
  readonly port: number;
  readonly conf: ResolverFiles;
  /** DNS message numbers are drawn from it. */
  readonly seed: number;
  readonly connectTimeout: Micros;
  readonly mode?: RequestMode;
  /** Present: nothing is looked up. */
  readonly known?: Known;
}

/** Dialling as it stands. */
export interface Dialling {
  readonly target: DialTarget;
  /** null where nothing had to be looked up. */
  readonly resolving: Resolving | null;
  /** IPv4 addresses that were found; empty while the look-up runs. */
  readonly addresses: readonly IpAddress[];
  /** The address that is tried. */
  readonly at: number;
  readonly socket: number | null;
}

/** How it ended: with a connection, or as the request's outcome. */
export type DialEnd =
  | { readonly kind: "connected"; readonly socket: number; readonly address: IpAddress }
  | { readonly kind: "failed"; readonly outcome: Outcome };

/** One step. */
export interface DialStep {
  readonly dialling: Dialling;
  readonly actions: readonly Action[];
  readonly end?: DialEnd;
}

/** Handle of the connection itself. */
export const HTTP = "http";

/** Starts with the look-up. */
export function dial(target: DialTarget): DialStep {
  const { request, conf, host: name, seed, mode, known } = target;
  if (known !== undefined) return withoutLookup({ target, resolving: null, addresses: [], at: 0, socket: null }, known);
  const step = startResolving({ request, conf, name, seed, ...(mode === undefined ? {} : { mode }) });
  return afterLookup({ target, resolving: step.resolving, addresses: [], at: 0, socket: null }, step);
}

/** Moves dialling on; what does not concern it leaves it as it is. */
export function dialStep(dialling: Dialling, input: ProcessInput): DialStep {
  if (input.kind === "opened" && input.handle === HTTP) return { dialling: { ...dialling, socket: input.socket }, actions: [] };
  if (dialling.addresses.length === 0 && dialling.resolving !== null) {
    return afterLookup(dialling, resolvingStep(dialling.resolving, input));
  }
  return input.kind === "socket" && input.event.socket === dialling.socket ? onSocket(dialling, input.event) : { dialling, actions: [] };
}

function withoutLookup(dialling: Dialling, known: Known): DialStep {
  return "failed" in known ? failed(dialling, known.failed) : connect({ ...dialling, addresses: known.addresses, at: 0 });
}

function afterLookup(before: Dialling, step: ResolvingStep): DialStep {
  const dialling = { ...before, resolving: step.resolving };
  if (step.done === undefined) return { dialling, actions: step.actions };
  const found = afterDone(dialling, step.done, step.resolving);
  return { ...found, actions: [...step.actions, ...found.actions] };
}

function afterDone(dialling: Dialling, done: LookupDone, { lookup }: Resolving): DialStep {
  const { host, port } = dialling.target;
  if (done.kind === "failed") {
    return failed(dialling, outcomeOfLookup(host, done.error, lookup.asked));
  }
  // Only IPv4 has routes here: of several addresses those are used, and IPv6 alone leads nowhere.
  const addresses = done.addresses.filter((address) => !address.includes(":")).map(ip);
  if (addresses.length === 0) return failed(dialling, { verdict: "unreachable", address: done.addresses[0] ?? host, port });
  return connect({ ...dialling, addresses, at: 0 });
}

function connect(dialling: Dialling): DialStep {
  const { target, addresses, at } = dialling;
  const dst = addresses[at];
  if (dst === undefined) throw new Error("invariant broken: no address left to connect to");
  const { request, port, connectTimeout: timeout } = target;
  return {
    dialling: { ...dialling, socket: null },
    actions: [{ kind: "connectTcp", handle: HTTP, dst, port, timeout, journey: journeyOf(request, "SYN") }],
  };
}

function onSocket(dialling: Dialling, event: SocketEvent): DialStep {
  const { addresses, at, target } = dialling;
  const address = addresses[at] ?? ip("0.0.0.0");
  if (event.kind === "connected") return { dialling, actions: [], end: { kind: "connected", socket: event.socket, address } };
  if (event.kind !== "error") return { dialling, actions: [] };
  if (at + 1 < addresses.length) return connect({ ...dialling, at: at + 1 });
  return failed(dialling, outcomeOfError(event.error, { address, port: target.port, connected: false }));
}

function failed(dialling: Dialling, outcome: Outcome): DialStep {
  return { dialling, actions: [], end: { kind: "failed", outcome } };
}
