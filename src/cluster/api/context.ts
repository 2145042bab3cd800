/** What a request is handled with. */
import type { SimTime } from "../../engine/time";
import type { ClusterView } from "../store-types";

/** Addressed chance: 32 bits for who draws and what for. The caller has seed and counter in it. */
export type Draw = (component: string, purpose: string) => number;

/** Who asks. Authorisation here is all or nothing: RBAC's roles are left out. */
export interface ApiUser {
  readonly name: string;
  readonly mayWrite: boolean;
}

/** What the stages of a create look at. */
export interface StageContext {
  readonly view: ClusterView;
  /** ServiceCIDRs, in the order in which they are tried. */
  readonly serviceCIDRs: readonly string[];
  /** Null where the request has no credentials. */
  readonly user: ApiUser | null;
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
