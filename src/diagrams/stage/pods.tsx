import { countWords } from "../layout/counts";
import type { CellGroup, CellPlace, HostLayout, PodPlace } from "../layout/host-layout";
import ink from "../marks/ink.module.css";
import { Line } from "../marks/lines";
import { Pill } from "../marks/Pill";
import { PodCell, PodMark } from "../marks/PodMark";
import { Text } from "../marks/Text";
import { selectAddress, type Scene } from "./scene";

function stateTitle(place: PodPlace | CellPlace): string {
  return `${place.pod.namespace}/${place.pod.name}, ${place.pod.address}, ${countWords([place.pod]).replace("1 ", "")}`;
}

/** Lines first, so that names and pills stand on them. */
export function Veths({ host }: { readonly host: HostLayout }) {
  return (
    <g>
      {host.pods.map((place) => (
        <Line key={place.key} kind="wire" points={place.veth} radius={3} />
      ))}
      {host.risers.map((points) => (
        <Line key={points[0]?.y} kind="wire" points={points} radius={3} />
      ))}
      <rect className={ink["bridge"]} {...host.bridge} rx={2} />
      {host.pods.map((place) => (
        <rect key={place.key} className={ink["port"]} x={place.port.x - 3} y={place.port.y - 3} width={6} height={6} rx={1} />
      ))}
    </g>
  );
}

function NamedPod({ place, scene, isEnd }: { readonly place: PodPlace; readonly scene: Scene; readonly isEnd: boolean }) {
  const { nameAt, pod } = place;
  const selectPod = (): void => scene.onSelect({ kind: "pod", namespace: pod.namespace, name: pod.name });
  return (
    <g>
      <g className={ink["clickable"]} onClick={selectPod}>
        <title>{stateTitle(place)}</title>
        <PodMark x={nameAt.x - 8} y={nameAt.y - 4} sign={place.sign} />
        <Text x={nameAt.x} y={nameAt.y} style={isEnd ? ["strong"] : []}>
          {place.name}
        </Text>
      </g>
      <Pill
        text={pod.address}
        network="pod"
        box={place.pill}
        lit={isEnd}
        selected={scene.selected === pod.address}
        onSelect={selectAddress(scene)}
      />
    </g>
  );
}

function Cells({ group, scene }: { readonly group: CellGroup; readonly scene: Scene }) {
  return (
    <g>
      <Text x={group.at.x} y={group.at.y}>
        {group.words}
      </Text>
      {group.cells.map((cell) => (
        <g
          key={cell.key}
          className={ink["clickable"]}
          onClick={() => scene.onSelect({ kind: "pod", namespace: cell.pod.namespace, name: cell.pod.name })}
        >
          <title>{stateTitle(cell)}</title>
          <PodCell box={cell.box} sign={cell.sign} />
        </g>
      ))}
    </g>
  );
}

/** A host's Pods: named, or as cells with counts in words. */
export function Pods({ host, scene }: { readonly host: HostLayout; readonly scene: Scene }) {
  return (
    <g>
      {host.cells.map((group) => (
        <Cells key={group.key} group={group} scene={scene} />
      ))}
      {host.pods.map((place) => (
        <NamedPod key={place.key} place={place} scene={scene} isEnd={scene.carried.has(place.pod.address)} />
      ))}
    </g>
  );
}
