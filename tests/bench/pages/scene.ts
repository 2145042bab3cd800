/** 200 Pods on 20 nodes, and as many flights between them as asked for. */
import type { FlightView, MomentView, PodView } from "../../../src/bridge/protocol";
import { makeNode, makePod } from "../../fixtures/view/cluster";
import { moment } from "../../fixtures/view/moment";

const NODES = 20;
const PODS_EACH = 10;
/** How long a flight is on its way, microseconds. */
const FLIGHT = 700_000;

function nodeName(n: number): string {
  return `node-${"abcdefghijklmnopqrst".charAt(n - 1)}`;
}

const pods: readonly PodView[] = Array.from({ length: NODES * PODS_EACH }, (_, index) => {
  const node = 1 + (index % NODES);
  const owner = index % 2 === 0 ? "my-app" : "your-app";
  const address = `10.244.${node}.${2 + Math.trunc(index / NODES)}`;
  return makePod({ name: `${owner}-n${index}`, owner, node: nodeName(node), address, veth: `veth${0xa0000000 + index}` }, index);
});

const proxy = { syncedAt: 0, syncing: false, serviceRevision: 1, sliceRevision: 1, behind: 0 };

/** The cluster. */
export const large: MomentView = {
  ...moment,
  pods,
  nodes: Array.from({ length: NODES }, (_, n) => ({ ...makeNode(n + 1, pods, proxy), name: nodeName(n + 1) })),
};

/** The window of time, in microseconds, in which all flights are on their way. */
export const WINDOW = { from: 0, length: FLIGHT } as const;

/** Flights that begin together, so that exactly so many move at every moment; their paths differ in length and course. */
export function flightsOf(count: number): readonly FlightView[] {
  return Array.from({ length: count }, (_, n): FlightView => {
    const from = pods[(n * 37) % pods.length];
    const to = pods[(n * 61 + 11) % pods.length];
    return {
      request: n,
      startedAt: 0,
      endedAt: 4400,
      fromPod: from?.uid ?? "",
      toPod: to?.uid ?? "",
      fromNode: from?.node ?? "",
      toNode: to?.node ?? "",
      service: "shop/your-app-svc",
      verdict: "answered",
    };
  });
}
