/**
 * A client like a program on a JVM: one process that lives on, a connection a request, and a cache of its own for names:
 * what was found for 30 seconds, what was not for 10, whatever the TTLs say. Of several addresses it uses the first alone.
 * Source: java.net.InetAddress, networkaddress.cache.ttl and networkaddress.cache.negative.ttl (30 s and 10 s without a
 * security manager); java.net.Socket(String, int). Left out: requests that share one look-up under way.
 */
import type { ResolverFiles } from "../dns/resolver/conf-file";
import type { Micros } from "../engine/time";
import { seconds } from "../engine/time";
import type { IpAddress } from "../network/address";
import type { Action, ProcessInput, Reaction } from "./actions";
import { quiet } from "./actions";
import type { BrowserRequest } from "./browser-like";
import type { CurlState, Patience } from "./curl-like";
import { curlStep, makeCurl } from "./curl-like";
import type { Known } from "./dialling";
import { HTTP } from "./dialling";
import type { Outcome } from "./verdicts";

/** How long names are kept. */
export const JVM_CACHE: { readonly positive: Micros; readonly negative: Micros } = { positive: seconds(30), negative: seconds(10) };

/** A name that is kept; `number` is that of its timer. */
export interface JvmEntry {
  readonly known: Known;
  readonly number: number;
}

/** What a JVM is made with. */
export interface JvmSpec {
  readonly conf: ResolverFiles;
  readonly patience: Patience;
}

/** A JVM as it stands. */
export interface JvmState {
  readonly program: "jvm-like";
  readonly spec: JvmSpec;
  /** By host name as it was typed. */
  readonly names: ReadonlyMap<string, JvmEntry>;
  /** Requests under way, by number. */
  readonly calls: ReadonlyMap<number, CurlState>;
  /** Number of the next entry. */
  readonly next: number;
}

/** Inputs: a program's, and requests to make. */
export type JvmInput = ProcessInput | { readonly kind: "request"; readonly request: BrowserRequest };

/** A JVM that has looked nothing up. */
export function makeJvm(spec: JvmSpec): JvmState {
  return { program: "jvm-like", spec, names: new Map(), calls: new Map(), next: 1 };
}

/** Moves a JVM on. */
export function jvmStep(state: JvmState, input: JvmInput): Reaction<JvmState> {
  switch (input.kind) {
    case "request":
      return call(state, input.request);
    case "timer":
      return input.timer === "name" ? forget(state, input.generation) : toCall(state, input.timer, (timer) => ({ ...input, timer }));
    case "opened":
      return toCall(state, input.handle, (handle) => ({ ...input, handle }));
    case "socket":
      return toAll(state, input);
    case "start":
    case "signal":
      return quiet(state);
  }
}

/** Begins a request: with what is kept of its name, else with a look-up. */
function call(state: JvmState, { request, url, seed }: BrowserRequest): Reaction<JvmState> {
  const { conf, patience } = state.spec;
  const known = state.names.get(url.host)?.known;
  const made = makeCurl({ request, url, conf, seed, patience, agent: "Java/21", ...(known === undefined ? {} : { known }) });
  return afterCall(state, curlStep(made, { kind: "start" }));
}

/** Handles and timers of a request bear its number, so that each input finds its own. */
function toCall(state: JvmState, tagged: string, untagged: (name: string) => ProcessInput): Reaction<JvmState> {
  const [number = "", ...rest] = tagged.split("/");
  const one = state.calls.get(Number(number));
  return one === undefined ? quiet(state) : afterCall(state, curlStep(one, untagged(rest.join("/"))));
}

/** A socket's event is known by its number to the request that it belongs to; the others leave it. */
function toAll(state: JvmState, input: ProcessInput): Reaction<JvmState> {
  let moved = state;
  const actions: Action[] = [];
  for (const one of state.calls.values()) {
    const reaction = afterCall(moved, curlStep(one, input));
    moved = reaction.state;
    actions.push(...reaction.actions);
  }
  return { state: moved, actions };
}

function afterCall(before: JvmState, { state: one, actions }: Reaction<CurlState>): Reaction<JvmState> {
  const { request } = one.spec;
  const calls = new Map(before.calls);
  if (one.phase.at === "done") calls.delete(request);
  else calls.set(request, one);
  const kept = keep({ ...before, calls }, one, actions);
  return { state: kept.state, actions: [...actions.flatMap((action) => tag(action, request)), ...kept.actions] };
}

function tag(action: Action, request: number): readonly Action[] {
  switch (action.kind) {
    case "openUdp":
    case "connectTcp":
    case "listenTcp":
      return [{ ...action, handle: `${request}/${action.handle}` }];
    case "timer":
      return [{ ...action, timer: `${request}/${action.timer}` }];
    case "exit":
      return [];
    default:
      return [action];
  }
}

/** Keeps what a request has learnt of a name that was not kept. */
function keep(state: JvmState, one: CurlState, actions: readonly Action[]): Reaction<JvmState> {
  const { host } = one.spec.url;
  if (one.spec.known !== undefined || state.names.has(host)) return quiet(state);
  const found = addressesOf(one, actions);
  if (found.length > 0) return put(state, host, { addresses: found.slice(0, 1) }, JVM_CACHE.positive);
  const end = actions.find((action) => action.kind === "finished");
  return end?.outcome.verdict === "name not found" ? put(state, host, { failed: end.outcome }, JVM_CACHE.negative) : quiet(state);
}

/** What was found, at the very step that goes on to connect. */
function addressesOf({ phase }: CurlState, actions: readonly Action[]): readonly IpAddress[] {
  const connects = actions.some((action) => action.kind === "connectTcp" && action.handle === HTTP);
  return connects && phase.at === "dialling" && phase.dialling.at === 0 ? phase.dialling.addresses : [];
}

function put(state: JvmState, host: string, known: Known, span: Micros): Reaction<JvmState> {
  const entry: JvmEntry = { known, number: state.next };
  return {
    state: { ...state, names: new Map(state.names).set(host, entry), next: state.next + 1 },
    actions: [{ kind: "timer", timer: "name", generation: entry.number, after: span }],
  };
}

function forget(state: JvmState, number: number): Reaction<JvmState> {
  const names = new Map([...state.names].filter(([, entry]) => entry.number !== number));
  return quiet({ ...state, names });
}

/** What is kept of a name, in words. */
export function knownText(known: Known): string {
  return "failed" in known ? failedText(known.failed) : known.addresses.join(", ");
}

function failedText(outcome: Outcome): string {
  return outcome.verdict === "name not found" ? "no such name" : outcome.verdict;
}
