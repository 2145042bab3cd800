/**
 * Where everything on the stage stands. A pure function of what is shown: the same moment and the same packet give the
 * same drawing, on every machine and from whichever side of time one comes.
 */
import type { HopView, JourneyView, MomentView, NodeView } from "../../bridge/protocol";
import { controlLayout, MARGIN, STAGE_WIDTH, type ControlLayout } from "./control-layout";
import { bottom, right, type Box, type Point } from "./geometry";
import {
  closedHost,
  CLOSED_HEIGHT,
  CLOSED_WIDTH,
  foldedHost,
  FOLDED_HEIGHT,
  openHost,
  OPEN_PAPER,
  OPEN_WIDTH,
  overviewHost,
  OVERVIEW_HEIGHT,
} from "./host-forms";
import type { HostLayout } from "./host-layout";
import { KERNEL_HEIGHT, openedKernel, type LensLayout } from "./lens-layout";
import { servicesLayout, type ServicesLayout } from "./service-layout";
import { openedNode, refusingHop, toldAt, touchedNodes, type Playhead, type Told } from "./telling";

/** The wire between hosts. */
export interface NetworkLayout {
  /** The y of the lowest wire. */
  readonly y: number;
  /** Wires in the order left to right or top to bottom, as polylines. */
  readonly wires: readonly (readonly Point[])[];
  /** The tunnel around the wire. */
  readonly tubes: readonly Box[];
  readonly gateway: Box;
  /** x of the trunk that closed hosts hang on. */
  readonly trunkX: number;
  /** First baseline of its name; below the wire where that runs to the left edge. */
  readonly labelY: number;
  /** Where a host meets its wire, by host. */
  readonly taps: ReadonlyMap<string, readonly Point[]>;
}

export interface StageLayout {
  readonly width: number;
  readonly height: number;
  readonly form: "overview" | "following";
  readonly control: ControlLayout;
  readonly services: ServicesLayout;
  readonly hosts: readonly HostLayout[];
  readonly network: NetworkLayout;
  readonly told: Told | null;
  readonly lens: LensLayout | null;
  /** Hop that refused what the told ICMP error answers. */
  readonly refusal: HopView | null;
  /** Host whose kernel is opened, "" while nothing is followed. */
  readonly opened: string;
  /** Baseline of the Pod network's name above the hosts; null where the opened host carries it. */
  readonly podNetworkY: number | null;
}

const GAP = 16;
const OPEN_HEIGHT = OPEN_PAPER + KERNEL_HEIGHT + 44;

const rank = (node: NodeView): string => `${node.controlPlane ? 0 : 1} ${node.name.length.toString().padStart(4, "0")} ${node.name}`;

/** The control plane first, then workers by name. */
function inOrder(nodes: readonly NodeView[]): readonly NodeView[] {
  return nodes.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** Pods that the followed request leaves or reaches, by UID. */
function markedPods(moment: MomentView, journey: JourneyView): readonly string[] {
  const names = new Set(journey.hops.map((hop) => hop.pod));
  return moment.pods.filter((pod) => names.has(`${pod.namespace}/${pod.name}`)).map((pod) => pod.uid);
}

interface Hosts {
  readonly hosts: readonly HostLayout[];
  readonly lens: LensLayout | null;
  readonly bottom: number;
}

function followingHosts(moment: MomentView, journey: JourneyView, told: Told | null, top: number): Hosts {
  const opened = openedNode(journey);
  const touched = touchedNodes(journey);
  const marked = markedPods(moment, journey);
  const nodes = inOrder(moment.nodes);
  const others = nodes.filter((node) => node.name !== opened);
  const draft = { pods: moment.pods, marked };
  const column: HostLayout[] = [];
  let y = top;
  for (const node of others) {
    const onTheWay = touched.has(node.name);
    const height = onTheWay ? CLOSED_HEIGHT : FOLDED_HEIGHT;
    const box: Box = { x: STAGE_WIDTH - MARGIN - CLOSED_WIDTH, y, width: CLOSED_WIDTH, height };
    column.push(onTheWay ? closedHost({ ...draft, node, box }) : foldedHost({ ...draft, node, box }));
    y += height + 12;
  }
  const node = nodes.find((each) => each.name === opened);
  if (node === undefined) return { hosts: column, lens: null, bottom: y - 12 };
  const box: Box = { x: MARGIN, y: top, width: OPEN_WIDTH, height: Math.max(OPEN_HEIGHT, y - 12 - top) };
  const paper: Box = { x: box.x + 8, y: top + OPEN_PAPER, width: box.width - 16, height: box.height - OPEN_PAPER - 44 };
  const kernel = openedKernel(told, opened, paper);
  return { hosts: [openHost({ ...draft, node, box }, kernel.rows), ...column], lens: kernel.lens, bottom: bottom(box) };
}

function acrossFor(count: number): number {
  if (count <= 3) return Math.max(1, count);
  return count === 4 ? 2 : 3;
}

const ROW_GAP = 46;
/** Left of several rows of hosts runs the trunk that joins their wires. */
const TRUNK_ROOM = 16;

function overviewHosts(moment: MomentView, top: number): Hosts {
  const nodes = inOrder(moment.nodes);
  const across = acrossFor(nodes.length);
  const hasTrunk = nodes.length > across;
  const gap = hasTrunk ? 12 : 20;
  const left = MARGIN + (hasTrunk ? TRUNK_ROOM : 0);
  const width = Math.trunc((STAGE_WIDTH - MARGIN - left - gap * (across - 1)) / across);
  const hosts = nodes.map((node, n) => {
    const box: Box = {
      x: left + (n % across) * (width + gap),
      y: top + Math.trunc(n / across) * (OVERVIEW_HEIGHT + ROW_GAP),
      width,
      height: OVERVIEW_HEIGHT,
    };
    return overviewHost({ node, pods: moment.pods, box, marked: [] });
  });
  return { hosts, lens: null, bottom: Math.max(top, ...hosts.map((host) => bottom(host.box))) };
}

const GATEWAY_WIDTH = 86;

function gatewayAt(y: number): Box {
  return { x: STAGE_WIDTH - MARGIN - GATEWAY_WIDTH, y: y - 9, width: GATEWAY_WIDTH, height: 18 };
}

function followingNetwork(hosts: Hosts): NetworkLayout {
  const y = hosts.bottom + 28;
  const trunkX = STAGE_WIDTH - MARGIN - CLOSED_WIDTH - GAP / 2;
  const gateway = gatewayAt(y);
  const tube: Box = { x: trunkX - 108, y: y - 11, width: 100, height: 22 };
  const taps = new Map<string, readonly Point[]>();
  const opened = hosts.hosts.find((host) => host.form === "open");
  const ends = hosts.hosts.filter((host) => host.form !== "open").map((host) => host.stations.eth0);
  for (const host of hosts.hosts) {
    const eth0 = host.stations.eth0;
    taps.set(
      host.key,
      host.form === "open" ? [eth0, { x: eth0.x, y }, { x: tube.x, y }] : [eth0, { x: trunkX, y: eth0.y }, { x: trunkX, y }],
    );
  }
  const topmost = Math.min(y, ...ends.map((end) => end.y));
  const wires = [
    [
      { x: right(tube), y },
      { x: gateway.x, y },
    ],
    ...(ends.length > 0
      ? [
          [
            { x: trunkX, y: topmost },
            { x: trunkX, y },
          ],
        ]
      : []),
    ...ends.map((end) => [
      { x: trunkX, y: end.y },
      { x: end.x, y: end.y },
    ]),
    ...(opened === undefined ? [] : [[opened.stations.eth0, { x: opened.stations.eth0.x, y }, { x: tube.x, y }]]),
  ];
  return { y, wires, tubes: [tube], gateway, trunkX, labelY: y - 1, taps };
}

/** The tunnel stands on the wire where no host comes down to it. */
function betweenLastTwo(hosts: readonly HostLayout[]): number {
  const exits = hosts.map((host) => host.stations.eth0.x).toSorted((a, b) => a - b);
  const [a, b] = exits.slice(-2);
  if (a === undefined || b === undefined) return (a ?? 0) + 160;
  return Math.round((a + b) / 2);
}

/** One wire under each row of hosts; a trunk at their left joins them. */
function overviewNetwork(hosts: Hosts): NetworkLayout {
  const rows = [...new Set(hosts.hosts.map((host) => bottom(host.box)))].toSorted((a, b) => a - b);
  const wireY = (foot: number): number => foot + (foot === rows.at(-1) ? 30 : 24);
  const y = wireY(rows.at(-1) ?? hosts.bottom);
  const gateway = gatewayAt(y);
  const trunkX = MARGIN + 1;
  const taps = new Map<string, readonly Point[]>();
  const wires: (readonly Point[])[] = [];
  const tubes: Box[] = [];
  for (const foot of rows) {
    const own = hosts.hosts.filter((host) => bottom(host.box) === foot);
    const last = foot === rows.at(-1);
    const at = wireY(foot);
    const start = rows.length > 1 ? trunkX : Math.min(...own.map((host) => host.stations.eth0.x));
    wires.push([
      { x: start, y: at },
      { x: last ? gateway.x : Math.max(...own.map((host) => host.stations.eth0.x)), y: at },
    ]);
    for (const host of own) {
      const eth0 = host.stations.eth0;
      wires.push([eth0, { x: eth0.x, y: at }]);
      taps.set(host.key, [eth0, { x: eth0.x, y: at }]);
    }
    if (last) tubes.push({ x: betweenLastTwo(own) - 50, y: at - 11, width: 100, height: 22 });
  }
  const topRow = rows[0];
  if (rows.length > 1 && topRow !== undefined)
    wires.push([
      { x: trunkX, y: wireY(topRow) },
      { x: trunkX, y },
    ]);
  return { y, wires, tubes, gateway, trunkX, labelY: rows.length > 1 ? y + 17 : y - 1, taps };
}

export interface StageInput {
  readonly moment: MomentView;
  readonly journey: JourneyView | null;
  readonly playhead: Playhead;
}

/** The whole stage. */
export function stageLayout({ moment, journey, playhead }: StageInput): StageLayout {
  const control = controlLayout(moment);
  const services = servicesLayout(moment.services, control.bottom + 16);
  const told = toldAt(journey, playhead);
  const following = journey !== null && told !== null;
  const top = services.bottom + (following ? 12 : 36);
  const hosts = following ? followingHosts(moment, journey, told, top) : overviewHosts(moment, top);
  const network = following ? followingNetwork(hosts) : overviewNetwork(hosts);
  return {
    width: STAGE_WIDTH,
    height: network.labelY + 37,
    form: following ? "following" : "overview",
    control,
    services,
    hosts: hosts.hosts,
    network,
    told,
    lens: hosts.lens,
    refusal: journey === null ? null : refusingHop(journey, told),
    opened: following ? openedNode(journey) : "",
    podNetworkY: following ? null : top - 13,
  };
}
