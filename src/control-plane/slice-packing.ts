/**
 * How endpoints are packed into slices without rewriting more of them than needed.
 * Source: staging/src/k8s.io/endpointslice/reconciler.go (reconcileByPortMapping). Go pops its sets in map order,
 * which is random; here the order is that of the endpoints and of the slices' names.
 */
import type { Endpoint } from "../cluster/objects";
import { byKey } from "../base/order";
import { sameJson } from "../cluster/api-write";

/** Endpoints in one slice at most. Source: --max-endpoints-per-slice, default 100. */
const MAX_ENDPOINTS = 100;

/** An existing slice, as far as packing cares. */
export interface PackedSlice {
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
}

/** What packing decides. Every slice that is named nowhere stays as it is. */
export interface Packing {
  /** Contents of new slices. */
  readonly create: readonly (readonly Endpoint[])[];
  readonly update: readonly PackedSlice[];
  /** Names of slices left empty. */
  readonly remove: readonly string[];
}

interface OpenSlice {
  readonly name: string;
  readonly endpoints: Endpoint[];
}

const keys = new WeakMap<Endpoint, string>();

/** What tells one endpoint from another: address and target. Source: endpointslice/util endpointset.go. */
function endpointKey(endpoint: Endpoint): string {
  let key = keys.get(endpoint);
  if (key !== undefined) return key;
  const { namespace = "", name = "" } = endpoint.targetRef ?? {};
  key = `${endpoint.addresses.join(",")} ${namespace}/${name}`;
  keys.set(endpoint, key);
  return key;
}

/** Packs the desired endpoints of one port set into its existing slices (and new ones). */
export function pack(existing: readonly PackedSlice[], desired: readonly Endpoint[], max = MAX_ENDPOINTS): Packing {
  const wanted = new Wanted(desired);
  const kept = existing.toSorted(byKey((slice) => slice.name)).map((slice) => keepWanted(slice, wanted));
  const remove = kept.filter((slice) => slice.changed && slice.endpoints.length === 0).map((slice) => slice.name);
  const update = kept.filter((slice) => slice.changed && slice.endpoints.length > 0);
  const unchanged = kept.filter((slice) => !slice.changed);
  const left = wanted.left();
  for (const slice of fullestFirst(update)) fill(slice, left, max);
  const topped = left.length > 0 && left.length < max ? bestFit(unchanged, left.length, max) : undefined;
  if (topped !== undefined) fill(topped, left, max);
  return { create: newSlices(left, max), update: topped === undefined ? update : [...update, topped], remove };
}

/**
 * What is wanted and not yet taken. An endpoint of a slice is nearly always the very object that is wanted; keys are
 * made when one is not.
 */
class Wanted {
  private readonly open: Set<Endpoint>;
  private byKey: Map<string, Endpoint> | null = null;

  constructor(private readonly desired: readonly Endpoint[]) {
    this.open = new Set(desired);
  }

  /** The endpoint that is wanted in the place of an old one; undefined where it is not wanted, or was taken before. */
  take(old: Endpoint): Endpoint | undefined {
    const found = this.open.has(old) ? old : this.ofKey(endpointKey(old));
    return found !== undefined && this.open.delete(found) ? found : undefined;
  }

  private ofKey(key: string): Endpoint | undefined {
    this.byKey ??= new Map(this.desired.map((endpoint) => [endpointKey(endpoint), endpoint]));
    return this.byKey.get(key);
  }

  /** Everything that nobody took, once for each key. */
  left(): Endpoint[] {
    return this.open.size === 0 ? [] : [...new Map([...this.open].map((endpoint) => [endpointKey(endpoint), endpoint])).values()];
  }
}

/** Step 1: a slice with what is still wanted, refreshed; what it takes is wanted no more. */
function keepWanted(slice: PackedSlice, wanted: Wanted): OpenSlice & { readonly changed: boolean } {
  const endpoints: Endpoint[] = [];
  let refreshed = false;
  for (const old of slice.endpoints) {
    const endpoint = wanted.take(old);
    if (endpoint === undefined) continue;
    endpoints.push(endpoint);
    refreshed ||= !sameJson(old, endpoint);
  }
  return { name: slice.name, endpoints, changed: refreshed || endpoints.length !== slice.endpoints.length };
}

function fullestFirst(slices: readonly OpenSlice[]): readonly OpenSlice[] {
  return slices.toSorted((a, b) => b.endpoints.length - a.endpoints.length);
}

function fill(slice: OpenSlice, left: Endpoint[], max: number): void {
  const room = max - slice.endpoints.length;
  if (room > 0) slice.endpoints.push(...left.splice(0, room));
}

/** Step 3: the unchanged slice that becomes fullest without overflowing. */
function bestFit(unchanged: readonly OpenSlice[], count: number, max: number): OpenSlice | undefined {
  const fitting = unchanged.filter((slice) => slice.endpoints.length + count <= max);
  return fullestFirst(fitting)[0];
}

function newSlices(left: readonly Endpoint[], max: number): readonly (readonly Endpoint[])[] {
  const slices: Endpoint[][] = [];
  for (let from = 0; from < left.length; from += max) slices.push(left.slice(from, from + max));
  return slices;
}
