import { memo } from "react";
import { bottom, right } from "../layout/geometry";
import type { HostLayout, StationName } from "../layout/host-layout";
import { fitted, pillWidth } from "../layout/text-width";
import type { HopView } from "../../bridge/protocol";
import { isOfOuter } from "../layout/telling";
import ink from "../marks/ink.module.css";
import { Line } from "../marks/lines";
import { Pill } from "../marks/Pill";
import { Stop, type StopShape } from "../marks/Stop";
import { Text } from "../marks/Text";
import { FoldedHeader, NarrowHeader, TallHeader, WideHeader } from "./HostHeader";
import { Pods, Veths } from "./pods";
import { OpenKernel } from "./OpenKernel";
import { selectAddress, stationsOnTheWay, type Scene } from "./scene";
import { changeWords } from "./words";

interface HostProps {
  readonly host: HostLayout;
  readonly scene: Scene;
}

/** `10.244.1.0` etc. as a pill, its right end given. */
function AddressPill({
  address,
  end,
  y,
  scene,
}: {
  readonly address: string;
  readonly end: number;
  readonly y: number;
  readonly scene: Scene;
}) {
  const width = pillWidth(address);
  return (
    <Pill
      text={address}
      network="pod"
      box={{ x: end - width, y, width, height: 18 }}
      lit={scene.carried.has(address)}
      selected={scene.selected === address}
      onSelect={selectAddress(scene)}
    />
  );
}

/** The bridge's own interface, named at the end of its bar. Ink only where the packet was seen on it. */
function BridgeName({ host, scene, been, y }: HostProps & { readonly been: boolean; readonly y: number }) {
  const end = right(host.box) - 16;
  const width = pillWidth(host.node.bridgeAddress);
  return (
    <g>
      <Text x={end - width - 6} y={y + 13} style={been ? ["mono", "strong", "end"] : ["mono", "end"]}>
        cni0
      </Text>
      <AddressPill address={host.node.bridgeAddress} end={end} y={y} scene={scene} />
    </g>
  );
}

function OpenHost({ host, scene, progress }: HostProps & { readonly progress: number }) {
  const { box, stations } = host;
  const way = stationsOnTheWay(scene, host.key);
  const foot = bottom(box);
  return (
    <g data-part={`host ${host.key}`}>
      <rect className={ink["host"]} data-mark="box" x={box.x} y={box.y} width={box.width} height={box.height} rx={8} />
      <WideHeader host={host} scene={scene} />
      <Veths host={host} />
      <VethNames host={host} scene={scene} />
      <Pods host={host} scene={scene} />
      <BridgeName host={host} scene={scene} been={way.been.has("cni0Out")} y={box.y + 122} />
      <OpenKernel host={host} scene={scene} progress={progress} />
      <Text x={box.x + 16} y={foot - 17} style={["name"]}>
        Pod network
      </Text>
      <Text x={box.x + 96} y={foot - 17} style={["mono"]}>
        {scene.moment.ranges.pods}
      </Text>
      <AddressPill address={host.node.vtepAddress} end={stations.flannel.x - 12} y={foot - 30} scene={scene} />
      <Text x={stations.flannel.x + 14} y={foot - 17} style={["mono"]}>
        flannel.1
      </Text>
      <Text x={stations.eth0.x + 14} y={foot + 14} style={["mono"]}>
        eth0
      </Text>
    </g>
  );
}

/** A Pod that hangs on the bridge close to the right takes room from a veth's name. */
function isBesideAnother(host: HostLayout, x: number): boolean {
  return host.pods.some((pod) => pod.port.x > x && pod.port.x - x < 110);
}

/** Names of the veths whose Pods the packet leaves or reaches: others would only be noise. */
function VethNames({ host, scene }: HostProps) {
  return (
    <g>
      {host.pods
        .filter((place) => scene.layout.told?.hops.some((hop) => hop.iface !== "" && hop.iface === place.pod.veth) === true)
        .map((place) => (
          <Text
            key={place.key}
            y={host.box.y + 103}
            x={place.port.x > host.box.x + 400 ? place.port.x - 14 : place.port.x + 14}
            style={place.port.x > host.box.x + 400 ? ["mono", "quiet", "end"] : ["mono", "quiet"]}
          >
            {fitted(place.pod.veth, isBesideAnother(host, place.port.x) ? 68 : 90, 11, "mono", 4)}
          </Text>
        ))}
    </g>
  );
}

const CLOSED_STATIONS: readonly (readonly [StationName, StopShape, string])[] = [
  ["POSTROUTING", "hook", "POSTROUTING"],
  ["FORWARD", "hook", "FORWARD"],
  ["routing", "route", "routing"],
  ["PREROUTING", "hook", "PREROUTING"],
];

function hopAt(scene: Scene, host: string, station: StationName): HopView | undefined {
  const hook = station === "routing" ? "" : station;
  return scene.layout.told?.hops.find(
    (hop, n, all) => hop.host === host && !isOfOuter(all, n) && (hook === "" ? hop.step === "route" : hop.hook === hook),
  );
}

function ClosedHost({ host, scene }: HostProps) {
  const { box, stations } = host;
  const way = stationsOnTheWay(scene, host.key);
  const words = (station: StationName): string => {
    const hop = hopAt(scene, host.key, station);
    return hop === undefined || !way.been.has(station) ? "" : fitted(changeWords(hop), 90, 11);
  };
  return (
    <g data-part={`host ${host.key}`}>
      <rect className={ink["host"]} data-mark="box" x={box.x} y={box.y} width={box.width} height={box.height} rx={8} />
      <NarrowHeader host={host} scene={scene} />
      <Veths host={host} />
      <Pods host={host} scene={scene} />
      <BridgeName host={host} scene={scene} been={way.been.has("cni0Out") || way.been.has("cni0In")} y={box.y + 156} />
      <rect
        className={ink["paper"]}
        data-mark="box"
        x={host.paper.x}
        y={host.paper.y}
        width={host.paper.width}
        height={host.paper.height}
        rx={6}
      />
      <Line kind="thin" points={[{ x: stations.cni0Out.x, y: host.bridge.y + 4 }, stations.flannel]} />
      <Line kind="thin" points={[stations.eth0, stations.flannel]} />
      {CLOSED_STATIONS.map(([station, shape, name]) => (
        <g key={station}>
          <Stop at={stations[station]} shape={shape} been={way.been.has(station)} small={shape === "route"} />
          <Text
            x={stations[station].x + 16}
            y={stations[station].y + 4}
            style={[...(station === "routing" ? [] : (["mono"] as const)), ...(way.been.has(station) ? (["strong"] as const) : [])]}
          >
            {name}
          </Text>
          <Text x={right(box) - 16} y={stations[station].y + 4} style={["quiet", "end"]}>
            {words(station)}
          </Text>
        </g>
      ))}
      <Stop at={stations.cni0Out} shape="device" been={way.been.has("cni0Out")} />
      <Stop at={stations.flannel} shape="device" been={way.been.has("flannel")} />
      <Stop at={stations.eth0} shape="device" been={way.been.has("eth0")} />
      <Text x={box.x + 9} y={stations.eth0.y + 15} style={["mono"]}>
        eth0
      </Text>
      <Text x={stations.flannel.x + 14} y={stations.flannel.y + 4} style={["mono"]}>
        flannel.1
      </Text>
      <AddressPill address={host.node.vtepAddress} end={right(box) - 16} y={stations.flannel.y - 9} scene={scene} />
    </g>
  );
}

function FoldedHost({ host, scene }: HostProps) {
  const { box, stations } = host;
  return (
    <g data-part={`host ${host.key}`}>
      <rect className={ink["host"]} data-mark="box" x={box.x} y={box.y} width={box.width} height={box.height} rx={8} />
      <Stop at={stations.eth0} shape="device" />
      <FoldedHeader host={host} scene={scene} />
    </g>
  );
}

function OverviewHost({ host, scene }: HostProps) {
  const { box, stations, paper } = host;
  const lane = stations.cni0Out.x;
  const foot = stations.flannel.y;
  return (
    <g data-part={`host ${host.key}`}>
      <rect className={ink["host"]} data-mark="box" x={box.x} y={box.y} width={box.width} height={box.height} rx={8} />
      <TallHeader host={host} scene={scene} />
      <Veths host={host} />
      <Pods host={host} scene={scene} />
      <Text x={right(box) - 20 - pillWidth(host.node.bridgeAddress) - 4} y={host.bridge.y + 21} style={["mono", "end"]}>
        cni0
      </Text>
      <AddressPill address={host.node.bridgeAddress} end={right(box) - 16} y={host.bridge.y + 8} scene={scene} />
      <rect className={ink["paper"]} data-mark="box" x={paper.x} y={paper.y} width={paper.width} height={paper.height} rx={6} />
      <Line
        kind="wire"
        points={[
          { x: lane, y: host.bridge.y + 4 },
          { x: lane, y: stations.PREROUTING.y },
          { x: stations.flannel.x, y: stations.PREROUTING.y },
          stations.eth0,
        ]}
      />
      {CLOSED_STATIONS.map(([station, shape, name]) => (
        <g key={station}>
          <title>{name}</title>
          <Stop at={stations[station]} shape={shape} small />
        </g>
      ))}
      <Text x={lane + 12} y={host.bridge.y + 21} style={["quiet"]}>
        kernel
      </Text>
      <Stop at={stations.flannel} shape="device" />
      <Stop at={stations.eth0} shape="device" />
      <AddressPill address={host.node.vtepAddress} end={box.x + 16 + pillWidth(host.node.vtepAddress)} y={foot - 9} scene={scene} />
      <Text x={stations.flannel.x + 14} y={foot + 4} style={["mono"]}>
        flannel.1
      </Text>
      <Text x={stations.eth0.x + 12} y={bottom(box) + 15} style={["mono"]}>
        eth0
      </Text>
    </g>
  );
}

/** A host in its form. Only the opened one changes within a beat. */
export const Host = memo(function Host({ host, scene, progress }: HostProps & { readonly progress: number }) {
  switch (host.form) {
    case "open":
      return <OpenHost host={host} scene={scene} progress={progress} />;
    case "closed":
      return <ClosedHost host={host} scene={scene} />;
    case "folded":
      return <FoldedHost host={host} scene={scene} />;
    case "overview":
      return <OverviewHost host={host} scene={scene} />;
  }
});
