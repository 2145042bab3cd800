/** Questions that several panes ask of the state. */
import type { HopView, LookupView, ObjectRef, ServiceView } from "../bridge/protocol";
import type { AppState } from "./app-store";
import { requestToFollow } from "./flights";

/** The hop that is shown; null while nothing is followed. */
export function currentHop(state: AppState): HopView | null {
  return state.session.journey?.hops[state.playback.hop] ?? null;
}

/** The node whose inside is shown: the one chosen, else the packet's, else the first worker; "" before anything is known. */
export function nodeShown(state: AppState): string {
  const nodes = state.session.moment?.nodes ?? [];
  const chosen = state.selection.node ?? currentHop(state)?.node ?? "";
  if (nodes.some((node) => node.name === chosen)) return chosen;
  return (nodes.find((node) => !node.controlPlane) ?? nodes[0])?.name ?? chosen;
}

/** The object shown: the one selected, else the Service asked for. */
export function objectShown(state: AppState): ObjectRef | null {
  if (state.selection.object !== null) return state.selection.object;
  const service = serviceShown(state);
  return service === null ? null : { kind: "Service", namespace: service.namespace, name: service.name };
}

/** The Service shown: the one selected, else the one that the followed request asks for, else the last in the list. */
export function serviceShown(state: AppState): ServiceView | null {
  const services = state.session.moment?.services ?? [];
  const wanted = state.selection.service;
  const chosen = services.find((service) => `${service.namespace}/${service.name}` === wanted);
  if (chosen !== undefined) return chosen;
  const host = hostOf(state.session.journey?.to ?? "").split(".")[0] ?? "";
  return services.find((service) => service.name === host) ?? services.at(-1) ?? null;
}

/** The request that "Follow this request" would take now. */
export function followable(state: AppState): ReturnType<typeof requestToFollow> {
  return requestToFollow(state.session.trace.flights, state.playback.at, state.playback.speed);
}

/** The number of the look-up that was chosen in the DNS panel; null where none was. */
export function chosenLookup(panes: AppState["selection"]["panes"]): number | null {
  const chosen = panes["dns.lookup"] ?? "";
  return /^\d+$/.test(chosen) ? Number(chosen) : null;
}

/** The look-up told in full: where it is followed, its whole journey's; else as far as it is at the shown moment. */
export function lookupShown({ session, selection }: AppState): LookupView | null {
  const chosen = chosenLookup(selection.panes) ?? selection.followed;
  const { journey, moment } = session;
  if (journey !== null && journey.request === selection.followed && journey.request === chosen) return journey.lookup;
  const told = moment?.dns?.lookup ?? null;
  return chosen === null || told?.request === chosen ? told : null;
}

/** The number of the event whose outcome is shown. */
export function eventShown(state: AppState): number {
  return state.playback.event ?? state.session.moment?.stamp.event ?? -1;
}

/** Whether there is a hop to step to in a direction. */
export function canStepHop(state: AppState, by: 1 | -1): boolean {
  const next = state.playback.beat + by;
  return state.playback.beats.length > 0 && next >= 0 && next < state.playback.beats.length;
}

/** The host of a URL such as `http://your-app-svc:80/path`. */
function hostOf(url: string): string {
  return /^[a-z]+:\/\/([^/:]+)/.exec(url)?.[1] ?? "";
}
