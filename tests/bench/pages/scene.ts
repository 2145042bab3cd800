/** 200 Pods on 20 nodes, and flights between them of which as many as asked for are moving at every moment. */
import type { FlightView, MomentView, PodView } from "../../../src/bridge/protocol";
import { makeNode, makePod } from "../../fixtures/view/cluster";
import { moment } from "../../fixtures/view/moment";

const NODES = 20;
const PODS_EACH = 10;
/** How long a flight is on its way, microseconds; then its mark fades. */
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

/** The window of time, in microseconds, in which `count` flights are moving at every moment. */
export const WINDOW = { from: FLIGHT, length: FLIGHT } as const;

/** Twice as many flights as shall move at once, evenly begun over two flights' time. */
export function flightsOf(count: number): readonly FlightView[] {
  return Array.from({ length: 2 * count }, (_, n): FlightView => {
    const from = pods[(n * 37) % pods.length];
    const to = pods[(n * 61 + 11) % pods.length];
    const startedAt = Math.trunc((n * FLIGHT) / count);
    return {
      request: n,
      startedAt,
      endedAt: startedAt + 4400,
      fromPod: from?.uid ?? "",
      toPod: to?.uid ?? "",
      fromNode: from?.node ?? "",
      toNode: to?.node ?? "",
      service: "shop/your-app-svc",
      verdict: "answered",
    };
  });
}
