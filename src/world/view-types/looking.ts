/** What the page looks at, and what it may move. */
import type { ObjectRef } from "../../cluster/objects";

/** Which panes the page shows now. */
export interface Looking {
  /** The shown moment, whole microseconds. A step by event gives `event` as well. */
  readonly at: number;
  /** Exact event to show (the state after that event), where the page steps by events. */
  readonly event?: number;
  /** How far ahead of `at` the trace is wanted, whole microseconds. */
  readonly ahead: number;
  /** Followed request, null where none. */
  readonly follow: number | null;
  readonly rulesOf?: string;
  readonly conntrackOf?: string;
  readonly dns?: boolean;
  /** Number of the look-up (or of the request) that the DNS pane tells in full; absent: the newest. */
  readonly lookup?: number;
  /** Whose records the DNS pane lists: those of a replica's page, by its Pod, or "" for the newest; absent: none. */
  readonly records?: string;
  readonly object?: ObjectRef;
  /** Which of the object's revisions; absent: the newest. */
  readonly objectRevision?: number;
  /** While playing fast the state hash may be left out (""), since it costs; absent or false: it is always there. */
  readonly playing?: boolean;
  /** Key of the journey that the page has already; it is not sent again while it stays the same. */
  readonly journeyKey?: string;
}

/** What can be moved in this world: sliders are made from it. */
export interface ControlsView {
  /** Deployments with a slider, `ns/name`, in file order (kube-system left out). */
  readonly deployments: readonly { readonly namespace: string; readonly name: string; readonly replicas: number }[];
  readonly workers: number;
  readonly hasNodesSlider: boolean;
  readonly perSecond: number;
  /** Who can ask the API server, and in a few words what each may do. */
  readonly users: readonly { readonly name: string; readonly may: string }[];
}
