import { memo } from "react";
import { right } from "../layout/geometry";
import { classes } from "../marks/classes";
import ink from "../marks/ink.module.css";
import { Line } from "../marks/lines";
import { Pill } from "../marks/Pill";
import { Text } from "../marks/Text";
import { selectAddress, type Scene } from "./scene";

/** Wires lie under everything else. */
export const Wires = memo(function Wires({ scene }: { readonly scene: Scene }) {
  return (
    <g data-part="wires">
      {scene.layout.network.wires.map((points) => (
        <Line key={points.map((point) => `${point.x},${point.y}`).join(" ")} kind="wire" points={points} />
      ))}
    </g>
  );
});

/** Gateway of the node network, from its nodes' default route. */
function gatewayAddress(scene: Scene): string {
  const routes = scene.moment.nodes[0]?.routes ?? "";
  return /^default via (\S+)/mu.exec(routes)?.[1] ?? "";
}

/** While nothing is opened the Pod network is named above its hosts. */
export const PodNetwork = memo(function PodNetwork({ scene }: { readonly scene: Scene }) {
  const y = scene.layout.podNetworkY;
  if (y === null) return null;
  return (
    <g data-part="pod network">
      <Text x={24} y={y} style={["name"]}>
        Pod network
      </Text>
      <Text x={112} y={y} style={["mono"]}>
        {scene.moment.ranges.pods}
      </Text>
      <Text x={212} y={y} style={["quiet"]}>
        every Pod reaches every other at its own address
      </Text>
    </g>
  );
});

/** The third network: a wire, the tunnel around it, and the way out. */
export const NodeNetwork = memo(function NodeNetwork({ scene }: { readonly scene: Scene }) {
  const { network, form } = scene.layout;
  const gateway = gatewayAddress(scene);
  const wrapped = scene.layout.told?.hop.after.outer !== null && scene.layout.told !== null;
  return (
    <g data-part="node network">
      <Text x={24} y={network.labelY} style={["name"]}>
        Node network
      </Text>
      <Text x={24} y={network.labelY + 16} style={["mono"]}>
        {scene.moment.ranges.nodes}
      </Text>
      {network.tubes.map((tube) => (
        <g key={`${tube.x} ${tube.y}`} data-gap="tube">
          <rect
            className={classes(ink["tube"], wrapped && ink["tubeNow"])}
            data-mark="tube"
            x={tube.x}
            y={tube.y}
            width={tube.width}
            height={tube.height}
            rx={11}
          />
          <Text x={tube.x + tube.width / 2} y={tube.y + 15} style={["centre"]}>
            VXLAN, VNI 1
          </Text>
          <Text x={tube.x + tube.width / 2} y={tube.y + 36} style={["quiet", "centre"]}>
            UDP port 8472
          </Text>
        </g>
      ))}
      {gateway !== "" && (
        <Pill text={gateway} network="node" box={network.gateway} selected={scene.selected === gateway} onSelect={selectAddress(scene)} />
      )}
      <Text x={right(network.gateway)} y={network.y + 25} style={["quiet", "end"]}>
        default gateway
      </Text>
      {form === "overview" && scene.moment.requests.length > 0 && (
        <Text x={130} y={network.labelY + 16} style={["quiet"]}>
          flights are slowed
        </Text>
      )}
    </g>
  );
});
