/** What a request is handled with. */
import type { SimTime } from "../../engine/time";
import type { ClusterView } from "../store-types";
import type { ApiUser } from "./users";

/** Addressed chance: 32 bits for who draws and what for. The caller has seed and counter in it. */
export type Draw = (component: string, purpose: string) => number;

/** What the stages of a request look at. */
export interface StageContext {
  readonly view: ClusterView;
  /** ServiceCIDRs, in the order in which they are tried. */
  readonly serviceCIDRs: readonly string[];
  /** Who asks. */
  readonly user: ApiUser;
  readonly draw: Draw;
  /**
   * The object is loaded from a file, not posted: its UID, times, status and addresses stand as given,
   * and are not held against ranges or each other.
   */
  readonly asGiven?: boolean;
}

/** What a write is committed with. */
export interface CommitContext {
  readonly at: SimTime;
  /** Number of the event that writes, -1 at the start of the run. */
  readonly event: number;
  readonly serviceCIDRs: readonly string[];
  readonly draw: Draw;
  /** See `StageContext`. */
  readonly asGiven?: boolean;
}
