/**
 * What a sync has to look at again, whatever the mode: Services that say something else than at the last sync.
 * Source: pkg/proxy/servicechangetracker.go and endpointschangetracker.go, which keep count from events; we compare pages.
 */
import type { ClusterView } from "../../../cluster/store-types";
import type { ProxySettings } from "./settings";
import { backedServices, someBackedServices, type BackedService } from "./services";

/** Anything that was made of a Service as it stood. */
export interface MadeOfService {
  readonly backed: BackedService;
}

/** What a change is looked for in. */
export interface ChangeInput {
  readonly view: ClusterView;
  readonly settings: Pick<ProxySettings, "ipFamily">;
  /** Keys of all Services that may have changed; null or absent where nobody kept count: then all are compared. */
  readonly changed?: ReadonlySet<string> | null;
}

/** The Services that say something else than before, by key; undefined for those that are gone. */
export function changedServices(
  previous: ReadonlyMap<string, MadeOfService>,
  { view, settings: { ipFamily }, changed }: ChangeInput,
): ReadonlyMap<string, BackedService | undefined> {
  const all = changed === undefined || changed === null;
  const now: ReadonlyMap<string, BackedService | undefined> = all
    ? backedServices(view, ipFamily)
    : someBackedServices(view, changed, ipFamily);
  const differing = new Map<string, BackedService | undefined>();
  for (const [key, one] of now) {
    const before = previous.get(key)?.backed;
    if (before !== one && before?.text !== one?.text) differing.set(key, one);
  }
  if (!all) return differing;
  for (const key of previous.keys()) if (!now.has(key)) differing.set(key, undefined);
  return differing;
}

/** The same things in the order of the view's Services. */
export function inViewOrder<T>(services: ReadonlyMap<string, T>, view: ClusterView): ReadonlyMap<string, T> {
  const ordered = new Map<string, T>();
  for (const { metadata } of view.list("Service")) {
    const key = `${metadata.namespace ?? "default"}/${metadata.name}`;
    const made = services.get(key);
    if (made !== undefined) ordered.set(key, made);
  }
  return ordered;
}
