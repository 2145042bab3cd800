/** What a host looks like, in whichever form: the same names of parts, so that routes need not know the form. */
import type { NodeView, PodView } from "../../bridge/protocol";
import type { Box, Point } from "./geometry";
import type { PodSign } from "./counts";

/** `open`: the node whose kernel is told; `closed`: another one on the way; `folded`: not on the way; `overview`: nothing is followed. */
export type HostForm = "open" | "closed" | "folded" | "overview";

/** A Pod with its own name and pill. */
export interface PodPlace {
  readonly key: string;
  readonly pod: PodView;
  readonly name: string;
  readonly nameAt: Point;
  readonly sign: PodSign;
  /** Its address pill. */
  readonly pill: Box;
  /** From the pill to the bridge port, the port last. */
  readonly veth: readonly Point[];
  readonly port: Point;
}

/** A Pod as a small square among many. */
export interface CellPlace {
  readonly key: string;
  readonly pod: PodView;
  readonly sign: PodSign;
  readonly box: Box;
}

/** One app's cells, with their counts in words above. */
export interface CellGroup {
  readonly key: string;
  readonly words: string;
  readonly at: Point;
  readonly cells: readonly CellPlace[];
}

/** The stations of a kernel. `cni0In` is passed after PREROUTING (up to IP), `cni0Out` on the way to the ports. */
export type StationName =
  | "PREROUTING"
  | "cni0In"
  | "routing"
  | "INPUT"
  | "sockets"
  | "OUTPUT"
  | "FORWARD"
  | "POSTROUTING"
  | "cni0Out"
  | "flannel"
  | "eth0";

export interface HostLayout {
  readonly key: string;
  readonly node: NodeView;
  readonly form: HostForm;
  readonly box: Box;
  readonly pods: readonly PodPlace[];
  readonly cells: readonly CellGroup[];
  /** From each group of cells beside it to the line that all of them hang on, the bridge last. */
  readonly risers: readonly (readonly Point[])[];
  readonly bridge: Box;
  /** The kernel's paper. */
  readonly paper: Box;
  readonly stations: Readonly<Record<StationName, Point>>;
}

/** Whether its rail goes by INPUT and OUTPUT: what INPUT decides about is unrolled there. */
export function hasLocalRail({ form, stations }: Pick<HostLayout, "form" | "stations">): boolean {
  return form === "open" && stations.INPUT.x === stations.PREROUTING.x;
}

/** Pods on the network: they have an address, and are not done. Others are told in the host's counts. */
export function onNetwork(pods: readonly PodView[], node: string): readonly PodView[] {
  return pods.filter((pod) => pod.node === node && pod.address !== "" && pod.state !== "Completed" && pod.state !== "Failed");
}
