/**
 * Chains by name as a copy-on-write tree, in order of name (the order in which `iptables-save` lists user chains):
 * a sync that changes four chains of forty thousand copies four paths and shares the rest.
 */
import BTree from "sorted-btree";
import type { Chain } from "./rules";

/** Chains by name. */
export function chainMap(chains: Iterable<Chain>): ReadonlyMap<string, Chain> {
  const tree = new BTree<string, Chain>();
  for (const chain of chains) tree.set(chain.name, chain);
  return new ChainMap(tree);
}

/** The chains with some put in (over those of the same name) and some taken out. The old map does not change. */
export function changeChains(
  from: ReadonlyMap<string, Chain>,
  change: { readonly put?: Iterable<Chain>; readonly drop?: Iterable<string> },
): ReadonlyMap<string, Chain> {
  const tree = from instanceof ChainMap ? from.copy() : new BTree<string, Chain>([...from]);
  for (const name of change.drop ?? []) tree.delete(name);
  for (const chain of change.put ?? []) tree.set(chain.name, chain);
  return new ChainMap(tree);
}

/** A tree that nobody writes any more, read as a map. */
class ChainMap implements ReadonlyMap<string, Chain> {
  constructor(private readonly tree: BTree<string, Chain>) {}

  get size(): number {
    return this.tree.size;
  }

  /** A tree of one's own that shares every node until it is written. */
  copy(): BTree<string, Chain> {
    return this.tree.clone();
  }

  get(name: string): Chain | undefined {
    return this.tree.get(name);
  }

  has(name: string): boolean {
    return this.tree.has(name);
  }

  forEach(visit: (chain: Chain, name: string, map: ReadonlyMap<string, Chain>) => void): void {
    for (const [name, chain] of this) visit(chain, name, this);
  }

  entries(): MapIterator<[string, Chain]> {
    return this.pairs();
  }

  *keys(): MapIterator<string> {
    for (const [name] of this.pairs()) yield name;
  }

  *values(): MapIterator<Chain> {
    for (const [, chain] of this.pairs()) yield chain;
  }

  [Symbol.iterator](): MapIterator<[string, Chain]> {
    return this.pairs();
  }

  private *pairs(): MapIterator<[string, Chain]> {
    yield* this.tree.entries();
  }
}
