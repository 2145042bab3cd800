/** States that the stage is looked at in, by name: cluster, journey and playhead. */
import type { HopView, JourneyView, Level, MomentView, PodState } from "../../../src/bridge/protocol";
import type { Playhead } from "../../../src/diagrams";
import {
  droppedJourney,
  hairpinJourney,
  hopWhere,
  journey,
  PICTURE_HOP,
  rejectedJourney,
  sameNodeJourney,
} from "../../fixtures/view/journey";
import { AT, moment, momentOf } from "../../fixtures/view/moment";

export interface StageState {
  readonly moment: MomentView;
  readonly journey: JourneyView | null;
  readonly playhead: Playhead;
}

function at(of: JourneyView, wanted: (hop: HopView) => boolean, level: Level = "kernel", shown: MomentView = moment): StageState {
  const hopIndex = hopWhere(of, wanted);
  return { moment: shown, journey: of, playhead: { at: of.hops[hopIndex]?.at ?? AT, hopIndex, level } };
}

const last =
  (of: JourneyView): ((hop: HopView) => boolean) =>
  (hop) =>
    hop.index === of.hops.length - 1;
const still = (shown: MomentView): StageState => ({ moment: shown, journey: null, playhead: { at: AT, hopIndex: -1, level: "stations" } });
const MIXED: readonly PodState[] = [
  "Running",
  "Running",
  "Running",
  "Running",
  "Not ready",
  "Terminating",
  "Failed",
  "ContainerCreating",
  "Pending",
];

export const STATES: Readonly<Record<string, () => StageState>> = {
  overview: () => still(moment),
  "one-worker": () => still(momentOf({ workers: 1 })),
  "three-workers": () => still(momentOf({ workers: 3, myApp: 4, yourApp: 6 })),
  "four-workers": () => still(momentOf({ workers: 4, myApp: 4, yourApp: 8, states: MIXED })),
  "five-workers": () => still(momentOf({ workers: 5, myApp: 6, yourApp: 9, states: MIXED })),
  "many-pods": () => still(momentOf({ workers: 2, myApp: 20, yourApp: 20, states: MIXED })),
  "many-pods-one-worker": () => still(momentOf({ workers: 1, myApp: 20, yourApp: 20 })),
  picture: () => ({ moment, journey, playhead: { at: AT, hopIndex: PICTURE_HOP, level: "kernel" } }),
  "before-hook": () => at(journey, (hop) => hop.packet === 2 && hop.role === "veth"),
  "dns-trap": () => at(journey, (hop) => hop.packet === 0 && hop.step === "prerouting"),
  "dns-server": () => at(journey, (hop) => hop.packet === 0 && hop.step === "socket"),
  cni0: () => at(journey, (hop) => hop.packet === 2 && hop.role === "bridge"),
  tunnel: () => at(journey, (hop) => hop.packet === 2 && hop.role === "nic" && hop.node === "node-b"),
  arrived: () => at(journey, (hop) => hop.packet === 2 && hop.step === "socket"),
  undo: () => at(journey, (hop) => hop.packet === 3 && hop.step === "postrouting" && hop.node === "node-a"),
  "reply-home": () => at(journey, (hop) => hop.packet === 3 && hop.step === "socket"),
  "same-node": () => at(sameNodeJourney, (hop) => hop.step === "socket"),
  "same-node-reply": () => at(sameNodeJourney, (hop) => hop.packet === 1 && hop.step === "postrouting"),
  hairpin: () => at(hairpinJourney, (hop) => hop.step === "postrouting"),
  rejected: () => at(rejectedJourney, (hop) => hop.packet === 0 && hop.step === "forward"),
  "rejected-error": () => at(rejectedJourney, last(rejectedJourney)),
  dropped: () => at(droppedJourney, last(droppedJourney)),
  "follow-five-workers": () =>
    at(journey, (hop) => hop.index === PICTURE_HOP, "kernel", momentOf({ workers: 5, myApp: 6, yourApp: 9, states: MIXED })),
  "follow-many-pods": () =>
    at(journey, (hop) => hop.index === PICTURE_HOP, "kernel", momentOf({ workers: 2, myApp: 20, yourApp: 20, states: MIXED })),
};
