/** Everything that one Service adds to the table, remembered by what it was made from and shared between nodes that agree. */
import { Fingerprint } from "../../../../base/hash";
import type { NftSetDeclaration } from "../../../kernel/nftables/operations";
import type { NftChain } from "../../../kernel/nftables/tables";
import { categorise, dependsOnNode } from "../categorise";
import type { BackedPort, BackedService } from "../services";
import type { NftContext } from "./context";
import { affinitySets, portChains } from "./port-chains";
import { portElements, type PlacedElement } from "./port-elements";

/** What one Service adds to the table. */
export interface NftServiceObjects {
  readonly backed: BackedService;
  readonly elements: readonly PlacedElement[];
  readonly chains: readonly NftChain[];
  readonly sets: readonly NftSetDeclaration[];
  /** Names all of it: sixteen hexadecimal digits. */
  readonly fingerprint: string;
}

const made = new WeakMap<BackedService, Map<string, NftServiceObjects>>();

/** The objects of a Service in a context. */
export function serviceObjects(backed: BackedService, context: NftContext): NftServiceObjects {
  const key = backed.ports.some(isNodesOwn) ? `${context.key} ${context.nodeKey}` : context.key;
  const known = made.get(backed) ?? new Map<string, NftServiceObjects>();
  const before = known.get(key);
  if (before !== undefined) return before;
  const objects = makeObjects(backed, context, key);
  made.set(backed, known.set(key, objects));
  return objects;
}

/** Source ranges are compared with the node's own address. */
function isNodesOwn({ port, endpoints }: BackedPort): boolean {
  return port.sourceRanges.length > 0 || dependsOnNode(port, endpoints);
}

function makeObjects(backed: BackedService, context: NftContext, key: string): NftServiceObjects {
  const ports = backed.ports.map(({ port, endpoints }) => ({ port, categorised: categorise(port, endpoints, context.node) }));
  const into = new Fingerprint();
  into.text(backed.text);
  into.text(key);
  return {
    backed,
    elements: uniquePlaces(ports.flatMap(({ port, categorised }) => portElements(port, categorised))),
    chains: ports.flatMap(({ port, categorised }) => portChains(port, categorised, context)),
    sets: ports.flatMap(({ port, categorised }) => affinitySets(port, categorised)),
    fingerprint: into.hex(),
  };
}

/** Ports of a Service share their ClusterIP. */
function uniquePlaces(elements: readonly PlacedElement[]): readonly PlacedElement[] {
  return [...new Map(elements.map((one) => [one.place, one])).values()];
}
