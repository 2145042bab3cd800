/** Acts on what is followed and selected. */
import type { ObjectRef } from "../bridge/protocol";
import type { Shown } from "../sharing/shown";
import type { Context } from "./app-store";
import { atTime, withJourney } from "./playback";
import { TABS, type SelectionState, type Tab } from "./selection";
import { followable } from "./selectors";
import { reducedMotion } from "./view";

export interface SelectionActions {
  /** Follows a request from its first event (µs, where known) and plays. Looking back never forks. */
  follow(request: number, startedAt?: number): void;
  /** Follows a request without moving; stands at one of its hops as soon as they are known. */
  followAt(request: number, hop: number): void;
  /** The newest request under way, else the newest begun. */
  followThis(): void;
  stopFollowing(): void;
  setTab(tab: Tab): void;
  selectAddress(address: string | null): void;
  /** Selects an object everywhere; `show` opens its tab too. */
  selectObject(ref: ObjectRef | null, show?: boolean): void;
  selectNode(node: string | null): void;
  selectService(service: string | null): void;
  /** Sets something that a panel has open or looks for; "" forgets it. */
  setPane(name: string, value: string): void;
  /** Shows the inspector as it was shared. */
  showAgain(shown: Shown): void;
  /** Clears what is selected, else stops following. */
  clear(): void;
}

export function makeSelectionActions(context: Context): SelectionActions {
  const change = (next: Partial<SelectionState>): void => context.set(({ selection }) => ({ selection: { ...selection, ...next } }));

  function follow(request: number, startedAt?: number): void {
    const { session, view } = context.get();
    const start = startedAt ?? session.moment?.requests.find((one) => one.id === request)?.startedAt;
    context.set(({ playback, selection }) => {
      const unmapped = withJourney({ ...playback, hop: -1, level: null, opened: {} }, null);
      const placed = start === undefined ? unmapped : atTime(unmapped, start);
      const known = session.journey?.request === request ? session.journey : null;
      const playing = !reducedMotion(view);
      return {
        selection: {
          ...selection,
          followed: request,
          followNext: null,
          tab: "journey",
          node: null,
          service: null,
          panes: withoutLookup(selection.panes),
        },
        playback: { ...withJourney({ ...placed, hop: -1 }, known), playing, awaitsFirst: false, event: null },
        view: { ...view, said: "" },
      };
    });
  }

  function stopFollowing(): void {
    change({ followed: null, followNext: null });
    context.set(({ playback, view }) => ({ playback: withJourney(playback, null), view: { ...view, said: "" } }));
  }

  return {
    follow,
    followAt(request, hop) {
      change({ followed: request, followNext: null, tab: "journey" });
      context.set(({ playback }) => ({ playback: { ...playback, playing: false, awaitsFirst: false, hop } }));
    },
    followThis() {
      const choice = followable(context.get());
      if (choice !== null) follow(choice.flight.request, choice.flight.startedAt);
    },
    stopFollowing,
    setTab: (tab) => change({ tab }),
    selectAddress: (address) => change({ address }),
    selectObject(ref, show = false) {
      const service = ref?.kind === "Service" ? { service: `${ref.namespace}/${ref.name}` } : {};
      const node = ref?.kind === "Node" ? { node: ref.name } : {};
      change({ object: ref, ...service, ...node, ...(show ? { tab: "object" } : {}) });
    },
    selectNode: (node) => change({ node }),
    selectService: (service) => change({ service }),
    setPane(name, value) {
      const { [name]: _, ...others } = context.get().selection.panes;
      change({ panes: value === "" ? others : { ...others, [name]: value } });
    },
    showAgain({ tab, node, service, panes }) {
      const known = TABS.find((one) => one === tab);
      change({ node: node ?? null, service: service ?? null, panes: panes ?? {}, ...(known === undefined ? {} : { tab: known }) });
    },
    clear() {
      const { selection } = context.get();
      if (selection.address !== null || selection.object !== null) return change({ address: null, object: null });
      if (selection.followed !== null) stopFollowing();
    },
  };
}

/** What is followed is what the DNS panel tells. */
function withoutLookup(panes: SelectionState["panes"]): SelectionState["panes"] {
  const { "dns.lookup": _, ...others } = panes;
  return others;
}
