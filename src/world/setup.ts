/** What a world is made from and never changes. */
import type { Seed } from "../base/draw";
import type { KubeObject } from "../cluster/objects";
import type { Traffic, WorldConfig } from "./settings";

/** An object with its place in what was read. */
export interface GivenObject {
  readonly object: KubeObject;
  /** `file:line:column`, or a path such as `objects[3]`. */
  readonly at: string;
}

/** What a world is made from. */
export interface Setup {
  readonly seed: Seed;
  readonly config: WorldConfig;
  readonly objects: readonly GivenObject[];
  readonly traffic: Traffic;
  /** Services (`ns/name`) whose slices were given and stand as given. */
  readonly givenSlices: ReadonlySet<string>;
}
