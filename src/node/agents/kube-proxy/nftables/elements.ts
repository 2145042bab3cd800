/**
 * Which elements a sync adds and deletes: only what differs from what stands.
 * Source: pkg/proxy/nftables/proxier.go (nftElementStorage).
 */
import type { NftOperation } from "../../../kernel/nftables/operations";
import { elementText } from "../../../kernel/nftables/script";
import type { NftElement, NftTable } from "../../../kernel/nftables/tables";
import { ELEMENT_SETS, kindOf, type ElementSetName } from "./object-names";
import type { PlacedElement } from "./port-elements";
import type { NftServiceObjects } from "./service-objects";

/** Additions, and deletions of what is left over; additions come first, as chains must be there before elements name them. */
export interface ElementChanges {
  readonly additions: readonly NftOperation[];
  readonly deletions: readonly NftOperation[];
}

/** A Service before and after; either may be absent. */
export interface ServiceChange {
  readonly before: NftServiceObjects | undefined;
  readonly after: NftServiceObjects | undefined;
}

/** Compares everything. Where two Services claim the same place, the later one has it. */
export function allElementChanges(standing: NftTable, services: Iterable<NftServiceObjects>): ElementChanges {
  const wanted = new Map<string, PlacedElement>();
  for (const { elements } of services) for (const one of elements) wanted.set(one.place, one);
  const left = ELEMENT_SETS.flatMap((set) => {
    const keys = [...(standing.sets.get(set)?.elements.keys() ?? [])];
    return keys.filter((key) => !wanted.has(`${set} ${key}`)).map((key) => deletion(set, key));
  });
  return { additions: additions(standing, wanted.values()), deletions: left };
}

/** Compares changed Services only, unless one of them claims, or gives up, what another one claims too. */
export function someElementChanges(
  standing: NftTable,
  changes: readonly ServiceChange[],
  services: ReadonlyMap<string, NftServiceObjects>,
): ElementChanges {
  const before = placesOf(changes.map((change) => change.before));
  const after = placesOf(changes.map((change) => change.after));
  const isTaken = ({ set, element, place }: PlacedElement): boolean =>
    !before.has(place) && standing.sets.get(set)?.elements.has(element.key) === true;
  const left = [...before.values()].filter(({ place }) => !after.has(place));
  if ([...after.values()].some(isTaken) || isClaimed(left, services)) return allElementChanges(standing, services.values());
  const inOrder = ELEMENT_SETS.flatMap((set) => left.filter((one) => one.set === set));
  return {
    additions: additions(standing, after.values()),
    deletions: inOrder.map(({ set, element }) => deletion(set, element.key)),
  };
}

function placesOf(services: readonly (NftServiceObjects | undefined)[]): ReadonlyMap<string, PlacedElement> {
  return new Map(services.flatMap((one) => one?.elements ?? []).map((one) => [one.place, one]));
}

function isClaimed(places: readonly PlacedElement[], services: ReadonlyMap<string, NftServiceObjects>): boolean {
  if (places.length === 0) return false;
  const wanted = new Set(places.map(({ place }) => place));
  for (const { elements } of services.values()) if (elements.some(({ place }) => wanted.has(place))) return true;
  return false;
}

function additions(standing: NftTable, wanted: Iterable<PlacedElement>): readonly NftOperation[] {
  const made: NftOperation[] = [];
  for (const { set, element } of wanted) {
    const there = standing.sets.get(set)?.elements.get(element.key);
    if (there === element || (there !== undefined && sameElement(there, element))) continue;
    if (there !== undefined) made.push(deletion(set, element.key));
    made.push({ verb: "add", what: "element", set: { kind: kindOf(set), name: set }, element });
  }
  return made;
}

function sameElement(a: NftElement, b: NftElement): boolean {
  return elementText(a) === elementText(b);
}

function deletion(set: ElementSetName, key: string): NftOperation {
  return { verb: "delete", what: "element", set: { kind: kindOf(set), name: set }, key };
}
