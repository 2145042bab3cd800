/** What is followed and selected; the same thing is selected everywhere. */
import type { ObjectRef } from "../bridge/protocol";

/** Tabs of the inspector; "controls" is one of them where the left column has no room. */
export const TABS = ["controls", "journey", "service", "rules", "dns", "conntrack", "node", "object", "causes"] as const;

export type Tab = (typeof TABS)[number];

export interface SelectionState {
  /** The followed request, null where none. */
  readonly followed: number | null;
  /** "Send request" follows the request that starts at or after this moment (µs) as soon as it is known. */
  readonly followNext: number | null;
  /** Where it is followed: a look-up in the panel that asked for it. */
  readonly followNextIn: Tab;
  readonly tab: Tab;
  /** An address that is lit wherever it stands, without its port. */
  readonly address: string | null;
  readonly object: ObjectRef | null;
  /** The node whose rules, conntrack and interfaces are shown; null: the one the packet is on, else the first worker. */
  readonly node: string | null;
  /** The Service shown, `ns/name`; null: the one that is asked for, else the first with a slider beside it. */
  readonly service: string | null;
  /** What panels have open and look for, by their own names (`rules.find`); travels in links, so texts are short. */
  readonly panes: Readonly<Record<string, string>>;
}

export const NOTHING_SELECTED: SelectionState = {
  followed: null,
  followNext: null,
  followNextIn: "journey",
  tab: "journey",
  address: null,
  object: null,
  node: null,
  service: null,
  panes: {},
};
