import { bottom, right } from "../layout/geometry";
import { hasLocalRail, type HostLayout, type StationName } from "../layout/host-layout";
import type { HopView } from "../../bridge/protocol";
import { isOfOuter } from "../layout/telling";
import { Lens, Priorities } from "../lens/Lens";
import ink from "../marks/ink.module.css";
import { Line } from "../marks/lines";
import { Stop, type StopShape } from "../marks/Stop";
import { Text } from "../marks/Text";
import { stationsOnTheWay, type Scene } from "./scene";
import { stationWords } from "./words";

type RailStop = readonly [StationName, StopShape, string];

const RAIL: readonly RailStop[] = [
  ["PREROUTING", "hook", "PREROUTING"],
  ["cni0In", "device", "cni0"],
  ["routing", "route", "routing"],
  ["FORWARD", "hook", "FORWARD"],
  ["POSTROUTING", "hook", "POSTROUTING"],
];

const LOCAL_RAIL: readonly RailStop[] = [
  ["PREROUTING", "hook", "PREROUTING"],
  ["cni0In", "device", "cni0"],
  ["INPUT", "hook", "INPUT"],
  ["routing", "route", "routing"],
  ["OUTPUT", "hook", "OUTPUT"],
  ["POSTROUTING", "hook", "POSTROUTING"],
];

interface KernelProps {
  readonly host: HostLayout;
  readonly scene: Scene;
}

interface OpenKernelProps extends KernelProps {
  /** How much of the beat has gone by, 0 to 1. */
  readonly progress: number;
}

/** The told packet's own hop at a station of this host. */
function hopAt(scene: Scene, host: string, station: StationName): HopView | undefined {
  return scene.layout.told?.hops.find((hop, n, all) => {
    if (hop.host !== host || isOfOuter(all, n)) return false;
    if (station === "cni0In") return hop.role === "bridge" && hop.way === "in";
    if (station === "routing") return hop.step === "route";
    return hop.hook === station;
  });
}

/** The told packet goes past cni0 and routing, from port to port. */
function isBridged(scene: Scene, host: string): boolean {
  return scene.layout.told?.hops.some((hop) => hop.host === host && hop.bridged && hop.hook === "FORWARD") === true;
}

interface StationProps extends KernelProps {
  readonly station: StationName;
  readonly shape: StopShape;
  readonly name: string;
  readonly been: boolean;
  readonly dark: boolean;
}

/** Its sentence stands beside the station once the packet has been there. */
function Sentence({
  host,
  hop,
  y,
  been,
}: {
  readonly host: HostLayout;
  readonly hop: HopView;
  readonly y: number;
  readonly been: boolean;
}) {
  return (
    <Text x={host.box.x + 142} y={y} style={been ? [] : ["quiet"]}>
      {stationWords(hop, hop.hook === "FORWARD" ? 158 : 340)}
    </Text>
  );
}

function Station({ host, scene, station, shape, name, been, dark }: StationProps) {
  const at = host.stations[station];
  const hop = hopAt(scene, host.key, station);
  const opened = scene.layout.lens !== null && hop !== undefined && scene.layout.lens.hop.index === hop.index;
  const mono = station === "routing" ? [] : (["mono"] as const);
  return (
    <g opacity={dark ? 0.55 : 1}>
      <Stop at={at} shape={shape} been={been} />
      <Text x={host.box.x + 52} y={at.y + 4} style={[...mono, ...(been ? (["strong"] as const) : [])]}>
        {name}
      </Text>
      {opened && hop !== undefined && <Priorities hop={hop} x={host.box.x} y={at.y + 4} />}
      {!opened && hop !== undefined && been && <Sentence host={host} hop={hop} y={at.y + 4} been={been} />}
      {dark && (
        <Text x={host.box.x + 142} y={at.y + 4} style={["quiet"]}>
          {station === "cni0In" ? "passed by: the packet is bridged" : "not asked"}
        </Text>
      )}
    </g>
  );
}

/** INPUT, sockets and OUTPUT: the way of packets for the node itself and from it, round FORWARD. */
function LocalWay({ host, scene }: KernelProps) {
  const { stations } = host;
  const way = stationsOnTheWay(scene, host.key);
  const rail = stations.FORWARD.x;
  const y = stations.FORWARD.y;
  const [first, last] = [stations.INPUT.x, stations.OUTPUT.x];
  const points = [
    { x: rail, y: y - 10 },
    { x: first, y: y - 10 },
    { x: first, y },
    { x: last, y },
    { x: last, y: y + 10 },
    { x: rail, y: y + 10 },
  ];
  return (
    <g>
      <Line kind="thin" radius={6} points={points} />
      {(["INPUT", "sockets", "OUTPUT"] as const).map((station, n) => (
        <LocalStop
          key={station}
          x={first + ((last - first) * (n + 1)) / 4 + (n - 1) * 14}
          y={y}
          name={station}
          been={way.been.has(station)}
        />
      ))}
    </g>
  );
}

/** A name that sits in a gap of its own line. */
function LocalStop({ x, y, name, been }: { readonly x: number; readonly y: number; readonly name: string; readonly been: boolean }) {
  const half = name.length * 3.3 + 5;
  return (
    <g data-gap="line">
      <rect className={ink["paper"]} x={x - half} y={y - 7} width={2 * half} height={14} />
      <Text x={x} y={y + 4} style={been ? ["mono", "strong", "centre"] : ["mono", "quiet", "centre"]}>
        {name}
      </Text>
    </g>
  );
}

/** The opened node's kernel: a rail with its stations, one of them unrolled. */
export function OpenKernel({ host, scene, progress }: OpenKernelProps) {
  const { paper, stations } = host;
  const way = stationsOnTheWay(scene, host.key);
  const bridged = isBridged(scene, host.key);
  const { lens, told } = scene.layout;
  const foot = bottom(paper) + 7;
  const isLocal = hasLocalRail(host);
  return (
    <g>
      <rect className={ink["paper"]} data-mark="box" x={paper.x} y={paper.y} width={paper.width} height={paper.height} rx={6} />
      <Line
        kind="thin"
        points={[
          stations.PREROUTING,
          stations.POSTROUTING,
          { x: stations.POSTROUTING.x, y: foot },
          { x: stations.flannel.x, y: foot },
          stations.flannel,
          stations.eth0,
        ]}
      />
      {lens?.hop.hook !== "FORWARD" && !isLocal && <LocalWay host={host} scene={scene} />}
      {lens !== null && told !== null && <Lens host={host} lens={lens} told={told} progress={progress} networkOf={scene.networkOf} />}
      {(isLocal ? LOCAL_RAIL : RAIL).map(([station, shape, name]) => (
        <Station
          key={station}
          host={host}
          scene={scene}
          station={station}
          shape={shape}
          name={name}
          been={way.been.has(station)}
          dark={bridged && (station === "cni0In" || station === "routing")}
        />
      ))}
      {Math.max(stations.FORWARD.y, stations.OUTPUT.y) + 30 < bottom(paper) && (
        <Text x={right(paper) - 8} y={bottom(paper) - 6} style={["quiet", "end"]}>
          kernel
        </Text>
      )}
      <Stop at={stations.flannel} shape="device" been={way.been.has("flannel")} />
      <Stop at={stations.eth0} shape="device" been={way.been.has("eth0")} />
    </g>
  );
}
