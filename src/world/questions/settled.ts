/** The settled cluster that a question is about. */
import type { Result } from "../../base/result";
import { ok } from "../../base/result";
import type { Node } from "../../cluster/objects";
import type { GivenObject } from "../setup";
import type { Sim } from "../sim";
import { World } from "../world";
import type { ReadConfig } from "./config";

/** The objects that a question comes with. */
export interface Cluster {
  readonly objects: readonly GivenObject[];
  readonly warnings: readonly string[];
  /** Adds the Service `default/kubernetes` where it is absent (a cluster file does, a batch request does not). */
  readonly completes?: boolean;
}

/** A settled cluster. */
export interface Settled {
  readonly sim: Sim;
  readonly seed: number;
  readonly warnings: readonly string[];
}

/**
 * Settles a cluster. `named` are the nodes that the question itself names. A batch that gives no Node at all may name one
 * that nothing else names: it is made, as those are that objects name. A file's unknown node is the question's mistake.
 */
export function settle(
  { objects, warnings, completes = false }: Cluster,
  { config, warnings: more }: ReadConfig,
  { seed, named = [] }: { readonly seed: number; readonly named?: readonly string[] },
): Result<Settled> {
  const settled = (all: readonly GivenObject[]): Result<Settled> => {
    const world = World.fromObjects({ objects: all, seed, config, completes });
    if (!world.ok) return world;
    return ok({ sim: world.value.inside, seed, warnings: [...warnings, ...more, ...world.value.warnings] });
  };
  const first = settled(objects);
  if (!first.ok || completes || objects.some(({ object }) => object.kind === "Node")) return first;
  const unknown = named.filter((name) => !first.value.sim.state.agents.has(name));
  return unknown.length === 0 ? first : settled([...objects, ...unknown.map(bareNode)]);
}

function bareNode(name: string): GivenObject {
  const node: Node = { apiVersion: "v1", kind: "Node", metadata: { name, labels: { "kubernetes.io/hostname": name } } };
  return { object: node, at: "the question" };
}
