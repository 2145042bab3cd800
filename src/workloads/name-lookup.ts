/**
 * A program that looks one name up and prints what it finds, as `getent ahosts NAME` does: getaddrinfo of glibc or musl
 * with all its queries. What it was told is its outcome.
 */
import type { LookupDone } from "../dns/resolver/lookup";
import type { ResolverFiles } from "../dns/resolver/conf-file";
import type { Action, ProcessInput, Reaction } from "./actions";
import { quiet } from "./actions";
import type { Resolving, ResolvingStep } from "./resolving";
import { resolvingStep, startResolving } from "./resolving";
import type { Outcome } from "./verdicts";
import { outcomeOfLookup } from "./verdicts";

/** What is looked up, for which request, by which resolver. */
export interface NameLookupSpec {
  readonly request: number;
  readonly name: string;
  readonly conf: ResolverFiles;
  readonly libc: "glibc" | "musl";
  readonly seed: number;
}

/** A look-up under way; null before it starts. */
export interface NameLookupState {
  readonly program: "name-lookup";
  readonly spec: NameLookupSpec;
  readonly resolving: Resolving | null;
  readonly done: boolean;
}

/** A look-up that has yet to start. */
export function makeNameLookup(spec: NameLookupSpec): NameLookupState {
  return { program: "name-lookup", spec, resolving: null, done: false };
}

/** Moves it on. Its last action is `exit`. */
export function nameLookupStep(state: NameLookupState, input: ProcessInput): Reaction<NameLookupState> {
  if (state.done) return quiet(state);
  if (input.kind === "start") return take(state, startResolving(state.spec));
  return state.resolving === null ? quiet(state) : take(state, resolvingStep(state.resolving, input));
}

function take(state: NameLookupState, { resolving, actions, done }: ResolvingStep): Reaction<NameLookupState> {
  if (done === undefined) return { state: { ...state, resolving }, actions };
  const { request } = state.spec;
  const outcome = outcomeOf(state.spec.name, done, resolving);
  const end: readonly Action[] = [{ kind: "finished", request, outcome }, { kind: "exit" }];
  return { state: { ...state, resolving, done: true }, actions: [...actions, ...end] };
}

function outcomeOf(name: string, done: LookupDone, { lookup }: Resolving): Outcome {
  if (done.kind === "failed") return outcomeOfLookup(name, done.error, lookup.asked);
  return { verdict: "resolved", name: done.name, type: "", rcode: "NOERROR", answers: done.addresses };
}
