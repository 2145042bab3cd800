import { memo } from "react";
import type { ServicePlace } from "../layout/service-layout";
import { Pill } from "../marks/Pill";
import { Text } from "../marks/Text";
import { selectAddress, type Scene } from "./scene";

function Ghost({ place, scene }: { readonly place: ServicePlace; readonly scene: Scene }) {
  const lit = scene.carried.has(place.clusterIP);
  return (
    <g>
      <Text x={place.centre} y={place.nameY} style={lit ? ["strong", "centre"] : ["quiet", "centre"]}>
        {place.name}
      </Text>
      <Pill
        text={place.text}
        network="service"
        box={place.box}
        lit={lit}
        selected={scene.selected === place.clusterIP}
        onSelect={selectAddress(scene)}
      />
    </g>
  );
}

/**
 * The service network as what it is: nothing. No ground, and no line reaches its addresses; in IPVS mode each node has
 * all of them on a device that leads nowhere.
 */
export const ServiceNetwork = memo(function ServiceNetwork({ scene }: { readonly scene: Scene }) {
  const { services } = scene.layout;
  return (
    <g data-part="service network">
      <Text x={24} y={services.top + 17} style={["name"]}>
        Service network
      </Text>
      <Text x={24} y={services.top + 33} style={["mono"]}>
        {scene.moment.ranges.services[0]}
      </Text>
      <Text x={112} y={services.top + 33} style={["quiet"]}>
        {scene.moment.proxyMode === "ipvs" ? "on every kube-ipvs0" : "no interface, no route"}
      </Text>
      {services.places.map((place) => (
        <Ghost key={place.key} place={place} scene={scene} />
      ))}
      {services.folded > 0 && (
        <Text x={24} y={services.top + 49} style={["quiet"]}>
          {`${services.folded} more Services, not drawn`}
        </Text>
      )}
    </g>
  );
});
