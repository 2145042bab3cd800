/** Layouts as pictures: what stands where, as text; and every box that must not overlap another. */
import type { JourneyView, MomentView } from "../../../src/bridge/protocol";
import { bottom, overlaps, right, type Box } from "../../../src/diagrams/layout/geometry";
import type { HostLayout } from "../../../src/diagrams/layout/host-layout";
import { stageLayout, type StageLayout } from "../../../src/diagrams/layout/stage-layout";

export function stageOf(moment: MomentView, journey: JourneyView | null = null, hopIndex = 0): StageLayout {
  return stageLayout({ moment, journey, playhead: { at: moment.stamp.at, hopIndex: journey === null ? -1 : hopIndex, level: "kernel" } });
}

/** `node-a open 24,170 520×614: my-app-kx2vq 40,236; …` */
export function picture(layout: StageLayout): readonly string[] {
  return layout.hosts.map((host) => {
    const { x, y, width, height } = host.box;
    const pods = host.pods.map((pod) => pod.pod.name).join(" ");
    const cells = host.cells.map((group) => `[${group.words}]`).join(" ");
    return `${host.key} ${host.form} ${x},${y} ${width}×${height}: ${[pods, cells].filter((part) => part !== "").join(" ")}`.trimEnd();
  });
}

/** Where each Pod stands, named or as a cell. */
export function podPlacesOf(layout: StageLayout): ReadonlyMap<string, Box> {
  const places = new Map<string, Box>();
  for (const host of layout.hosts) {
    for (const pod of host.pods) places.set(pod.key, pod.pill);
    for (const cell of host.cells.flatMap((group) => group.cells)) if (!places.has(cell.key)) places.set(cell.key, cell.box);
  }
  return places;
}

function boxesOf(host: HostLayout): readonly Box[] {
  return [...host.pods.map((pod) => pod.pill), ...host.cells.flatMap((group) => group.cells.map((cell) => cell.box))];
}

const name = (box: Box): string => `${box.x},${box.y} ${box.width}×${box.height}`;

/** Pairs that overlap, and what sticks out of its host or of the stage. */
export function overlapsIn(layout: StageLayout): readonly string[] {
  const faults: string[] = [];
  const pairs = (boxes: readonly Box[]): void => {
    boxes.forEach((a, n) => boxes.slice(n + 1).forEach((b) => overlaps(a, b) && faults.push(`${name(a)} on ${name(b)}`)));
  };
  pairs([...layout.hosts.map((host) => host.box), ...layout.services.places.map((place) => place.box), layout.network.gateway]);
  for (const host of layout.hosts) {
    pairs(boxesOf(host));
    for (const box of boxesOf(host)) {
      if (box.x < host.box.x || right(box) > right(host.box) || bottom(box) > host.bridge.y) faults.push(`${name(box)} out of ${host.key}`);
    }
    if (right(host.box) > layout.width || bottom(host.box) > layout.height) faults.push(`${host.key} out of the stage`);
  }
  return faults;
}
