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
        {podNetwork(scene)}
      </Text>
      <Text x={212} y={y} style={["quiet"]}>
        every Pod reaches every other at its own address
      </Text>
    </g>
  );
});

/** The range that all nodes' ranges lie in. */
export function podNetwork(scene: Scene): string {
  const range = scene.moment.nodes[0]?.podRange.range ?? "";
  return range.startsWith("10.244.") ? "10.244.0.0/16" : `${range.split(".").slice(0, 2).join(".")}.0.0/9`;
}

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
        {rangeOf(scene)}
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

function rangeOf(scene: Scene): string {
  const address = scene.moment.nodes[0]?.address ?? "";
  return address.startsWith("172.16.") ? "172.16.0.0/16" : `${address.split(".").slice(0, 3).join(".")}.0/24`;
}
