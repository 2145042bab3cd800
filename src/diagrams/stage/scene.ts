/** What every part of the stage needs to know: made once a drawing, handed down whole. */
import type { MomentView, TraceEvent } from "../../bridge/protocol";
import type { PacketPath } from "../layout/packet-path";
import type { StageLayout } from "../layout/stage-layout";
import { isOfOuter } from "../layout/telling";
import type { StationName } from "../layout/host-layout";
import type { NetworkOf } from "../marks/network";
import { bareAddress, type OnSelect } from "./selection";

export interface Scene {
  readonly moment: MomentView;
  readonly layout: StageLayout;
  readonly path: PacketPath;
  readonly networkOf: NetworkOf;
  /** Bare address that is selected, "" for none. */
  readonly selected: string;
  /** Bare addresses that the packet carries now. */
  readonly carried: ReadonlySet<string>;
  readonly events: readonly TraceEvent[];
  readonly at: number;
  readonly onSelect: OnSelect;
}

/** Selecting an address on the stage. */
export function selectAddress(scene: Scene): (address: string) => void {
  return (address) => scene.onSelect({ kind: "address", address: bareAddress(address) });
}

/** Stations of a host that the told packet has passed, and those that it will pass. */
export function stationsOnTheWay(
  scene: Scene,
  host: string,
): { readonly been: ReadonlySet<StationName>; readonly coming: ReadonlySet<StationName> } {
  const been = new Set<StationName>();
  const coming = new Set<StationName>();
  const told = scene.layout.told;
  told?.hops.forEach((hop, n) => {
    if (hop.host !== host) return;
    const own = (told.hops[n - 1]?.step === "output" && hop.step === "route") || isOfOuter(told.hops, n);
    const station = own ? null : stationName(hop.role, hop.way, hop.step);
    if (station === null) return;
    (n <= told.now ? been : coming).add(station);
  });
  return { been, coming };
}

function stationName(role: string, way: string, step: string): StationName | null {
  if (role === "bridge") return way === "in" ? "cni0In" : "cni0Out";
  if (role === "vxlan") return "flannel";
  if (role === "nic") return "eth0";
  switch (step) {
    case "prerouting":
      return "PREROUTING";
    case "input":
      return "INPUT";
    case "forward":
      return "FORWARD";
    case "output":
      return "OUTPUT";
    case "postrouting":
      return "POSTROUTING";
    case "route":
      return "routing";
    case "socket":
      return "sockets";
    default:
      return null;
  }
}
