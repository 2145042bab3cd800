/** What the scenario `old-kernel` changes in two-apps' objects: the machines' kernel, and a Pod that goes round its trouble. */

const KERNEL = "4.19.0-27-amd64";

interface Thing {
  readonly kind?: unknown;
  readonly status?: unknown;
}

function isThing(object: unknown): object is Thing {
  return typeof object === "object" && object !== null;
}

function withKernel(object: unknown): unknown {
  if (!isThing(object) || object.kind !== "Node") return object;
  const status = isThing(object.status) ? object.status : {};
  return { ...object, status: { ...status, nodeInfo: { kernelVersion: KERNEL } } };
}

/** Its resolver takes a new socket for the second query, and so another connection in conntrack. */
const REOPENS: unknown = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "reopens", namespace: "shop" },
  spec: {
    dnsConfig: { options: [{ name: "single-request-reopen" }] },
    containers: [{ name: "main", image: "registry.example/asker:1.0" }],
  },
};

/** Two-apps' objects on machines with a kernel before 5.0. */
export function oldKernelObjects(twoApps: readonly unknown[]): readonly unknown[] {
  return [...twoApps.map(withKernel), REOPENS];
}
