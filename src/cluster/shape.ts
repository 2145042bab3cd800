/**
 * Which type each field has: the check that turns unknown JSON into API objects. Only fields that we act on are named;
 * others may hold anything and are kept. Values are checked in validation.ts. Source: kubernetes/api types.go files.
 */
import type { Kind, KubeObject } from "./objects";
import { KINDS } from "./objects";

/** A field's type. `texts` is a map of text to text; `nullable` may also be null. */
type Shape =
  | "text"
  | "whole"
  | "truth"
  | "whole or text"
  | "texts"
  | "nullable truth"
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>>; readonly required?: readonly string[] };

/** A field whose type is wrong, or which is missing. */
export interface ShapeError {
  /** Such as `spec.ports[0].port`. */
  readonly path: string;
  readonly message: string;
}

const OWNER: Shape = {
  fields: { apiVersion: "text", kind: "text", name: "text", uid: "text", controller: "truth", blockOwnerDeletion: "truth" },
  required: ["kind", "name", "uid"],
};

const METADATA: Shape = {
  fields: {
    name: "text",
    namespace: "text",
    generateName: "text",
    uid: "text",
    resourceVersion: "text",
    generation: "whole",
    creationTimestamp: "text",
    deletionTimestamp: "text",
    deletionGracePeriodSeconds: "whole",
    labels: "texts",
    annotations: "texts",
    ownerReferences: { list: OWNER },
  },
};

const CONDITIONS: Shape = {
  list: {
    fields: { type: "text", status: "text", reason: "text", message: "text", lastUpdateTime: "text", lastTransitionTime: "text" },
    required: ["type", "status"],
  },
};

const CONTAINER: Shape = {
  fields: {
    name: "text",
    image: "text",
    env: { list: { fields: { name: "text", value: "text" }, required: ["name"] } },
    ports: { list: { fields: { name: "text", containerPort: "whole", protocol: "text" }, required: ["containerPort"] } },
  },
  required: ["name"],
};

const CONTAINER_STATE: Shape = {
  fields: {
    waiting: { fields: { reason: "text", message: "text" } },
    running: { fields: { startedAt: "text" } },
    terminated: { fields: { exitCode: "whole", reason: "text", startedAt: "text", finishedAt: "text" }, required: ["exitCode"] },
  },
};

const CONTAINER_STATUSES: Shape = {
  list: {
    fields: {
      name: "text",
      image: "text",
      imageID: "text",
      ready: "truth",
      restartCount: "whole",
      started: "truth",
      state: CONTAINER_STATE,
      lastState: CONTAINER_STATE,
    },
    required: ["name"],
  },
};

const POD_SPEC: Shape = {
  fields: {
    nodeName: "text",
    containers: { list: CONTAINER },
    nodeSelector: "texts",
    hostNetwork: "truth",
    hostname: "text",
    subdomain: "text",
    dnsPolicy: "text",
    terminationGracePeriodSeconds: "whole",
    tolerations: { list: { fields: { key: "text", operator: "text", value: "text", effect: "text", tolerationSeconds: "whole" } } },
    hostAliases: { list: { fields: { ip: "text", hostnames: { list: "text" } }, required: ["ip"] } },
    dnsConfig: {
      fields: { nameservers: { list: "text" }, searches: { list: "text" }, options: { list: { fields: { name: "text", value: "text" } } } },
    },
  },
  required: ["containers"],
};

const SELECTOR: Shape = {
  fields: {
    matchLabels: "texts",
    matchExpressions: { list: { fields: { key: "text", operator: "text", values: { list: "text" } }, required: ["key", "operator"] } },
  },
};

const TEMPLATE: Shape = {
  fields: { metadata: { fields: { labels: "texts", annotations: "texts" } }, spec: POD_SPEC },
  required: ["spec"],
};

const WORKLOAD_SPEC: Shape = {
  fields: {
    replicas: "whole",
    selector: SELECTOR,
    minReadySeconds: "whole",
    serviceName: "text",
    paused: "truth",
    revisionHistoryLimit: "whole",
    progressDeadlineSeconds: "whole",
    template: TEMPLATE,
    strategy: { fields: { type: "text", rollingUpdate: { fields: { maxSurge: "whole or text", maxUnavailable: "whole or text" } } } },
    podManagementPolicy: "text",
    updateStrategy: { fields: { type: "text", rollingUpdate: { fields: { partition: "whole" } } } },
    ordinals: { fields: { start: "whole" } },
  },
  required: ["selector", "template"],
};

const WORKLOAD_STATUS: Shape = {
  fields: {
    observedGeneration: "whole",
    replicas: "whole",
    updatedReplicas: "whole",
    readyReplicas: "whole",
    availableReplicas: "whole",
    unavailableReplicas: "whole",
    fullyLabeledReplicas: "whole",
    terminatingReplicas: "whole",
    currentReplicas: "whole",
    currentRevision: "text",
    updateRevision: "text",
    conditions: CONDITIONS,
  },
};

const SERVICE_SPEC: Shape = {
  fields: {
    type: "text",
    selector: "texts",
    clusterIP: "text",
    clusterIPs: { list: "text" },
    ipFamilies: { list: "text" },
    ipFamilyPolicy: "text",
    ports: {
      list: {
        fields: { name: "text", protocol: "text", port: "whole", targetPort: "whole or text", nodePort: "whole", appProtocol: "text" },
        required: ["port"],
      },
    },
    externalName: "text",
    externalIPs: { list: "text" },
    sessionAffinity: "text",
    sessionAffinityConfig: { fields: { clientIP: { fields: { timeoutSeconds: "whole" } } } },
    internalTrafficPolicy: "text",
    externalTrafficPolicy: "text",
    healthCheckNodePort: "whole",
    loadBalancerSourceRanges: { list: "text" },
    publishNotReadyAddresses: "truth",
    trafficDistribution: "text",
  },
};

const TARGET: Shape = { fields: { kind: "text", namespace: "text", name: "text", uid: "text" } };
const FOR: Shape = { list: { fields: { name: "text" }, required: ["name"] } };
const ENDPOINT_PORTS: Shape = { list: { fields: { name: "text", port: "whole", protocol: "text", appProtocol: "text" } } };

const ENDPOINT: Shape = {
  fields: {
    addresses: { list: "text" },
    hostname: "text",
    nodeName: "text",
    zone: "text",
    targetRef: TARGET,
    conditions: { fields: { ready: "nullable truth", serving: "nullable truth", terminating: "nullable truth" } },
    hints: { fields: { forZones: FOR, forNodes: FOR } },
  },
  required: ["addresses"],
};

const LEGACY_ADDRESSES: Shape = {
  list: { fields: { ip: "text", hostname: "text", nodeName: "text", targetRef: TARGET }, required: ["ip"] },
};

const SHAPES: Readonly<Record<Kind, { readonly fields: Readonly<Record<string, Shape>>; readonly required?: readonly string[] }>> = {
  Namespace: { fields: { status: { fields: { phase: "text" } } } },
  Node: {
    fields: {
      spec: {
        fields: {
          podCIDR: "text",
          podCIDRs: { list: "text" },
          unschedulable: "truth",
          taints: { list: { fields: { key: "text", value: "text", effect: "text" }, required: ["key", "effect"] } },
        },
      },
      status: {
        fields: {
          addresses: { list: { fields: { type: "text", address: "text" }, required: ["type", "address"] } },
          conditions: CONDITIONS,
        },
      },
    },
  },
  Pod: {
    fields: {
      spec: POD_SPEC,
      status: {
        fields: {
          phase: "text",
          podIP: "text",
          podIPs: { list: { fields: { ip: "text" }, required: ["ip"] } },
          hostIP: "text",
          startTime: "text",
          conditions: CONDITIONS,
          containerStatuses: CONTAINER_STATUSES,
        },
      },
    },
    required: ["spec"],
  },
  Service: {
    fields: {
      spec: SERVICE_SPEC,
      status: { fields: { loadBalancer: { fields: { ingress: { list: { fields: { ip: "text", hostname: "text", ipMode: "text" } } } } } } },
    },
    required: ["spec"],
  },
  EndpointSlice: {
    fields: { addressType: "text", endpoints: { list: ENDPOINT }, ports: ENDPOINT_PORTS },
    required: ["addressType", "endpoints"],
  },
  Endpoints: {
    fields: { subsets: { list: { fields: { addresses: LEGACY_ADDRESSES, notReadyAddresses: LEGACY_ADDRESSES, ports: ENDPOINT_PORTS } } } },
  },
  Deployment: { fields: { spec: WORKLOAD_SPEC, status: WORKLOAD_STATUS }, required: ["spec"] },
  ReplicaSet: { fields: { spec: WORKLOAD_SPEC, status: WORKLOAD_STATUS }, required: ["spec"] },
  StatefulSet: { fields: { spec: WORKLOAD_SPEC, status: WORKLOAD_STATUS }, required: ["spec"] },
  ControllerRevision: {
    fields: {
      data: { fields: { spec: { fields: { template: TEMPLATE }, required: ["template"] } }, required: ["spec"] },
      revision: "whole",
    },
    required: ["revision"],
  },
  ConfigMap: { fields: { data: "texts" } },
};

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a text names a kind that the simulation acts on. */
export function isKind(text: unknown): text is Kind {
  return KINDS.some((kind) => kind === text);
}

/** Every field of the object whose type is wrong or which is missing; [] where it is an object of its kind. */
export function shapeErrors(value: unknown): readonly ShapeError[] {
  if (!isRecord(value)) return [{ path: "", message: `expected an object, got ${describe(value)}` }];
  const { kind } = value;
  if (!isKind(kind)) return [{ path: "kind", message: `expected one of ${KINDS.join(", ")}, got ${describe(kind)}` }];
  const { fields, required = [] } = SHAPES[kind];
  const shape: Shape = { fields: { apiVersion: "text", metadata: METADATA, ...fields }, required: ["apiVersion", "metadata", ...required] };
  const errors: ShapeError[] = [];
  check({ value, shape, path: "", errors });
  return errors;
}

/** Whether an unknown value is an API object as far as we act on it. */
export function isKubeObject(value: unknown): value is KubeObject {
  return shapeErrors(value).length === 0;
}

interface Check {
  readonly value: unknown;
  readonly shape: Shape;
  readonly path: string;
  readonly errors: ShapeError[];
}

function check({ value, shape, path, errors }: Check): void {
  if (typeof shape === "string") {
    const wrong = scalarProblem(value, shape);
    if (wrong !== undefined) errors.push({ path, message: wrong });
    if (shape === "texts" && wrong === undefined) checkTexts(value, path, errors);
    return;
  }
  if ("list" in shape) {
    if (!Array.isArray(value)) return void errors.push({ path, message: `expected a list, got ${describe(value)}` });
    value.forEach((item: unknown, index) => check({ value: item, shape: shape.list, path: `${path}[${index}]`, errors }));
    return;
  }
  if (!isRecord(value)) return void errors.push({ path, message: `expected an object with fields, got ${describe(value)}` });
  checkFields(value, shape, path, errors);
}

function checkFields(
  value: Readonly<Record<string, unknown>>,
  shape: Extract<Shape, { fields: unknown }>,
  path: string,
  errors: ShapeError[],
): void {
  const at = (field: string): string => (path === "" ? field : `${path}.${field}`);
  for (const field of shape.required ?? []) {
    if (value[field] === undefined) errors.push({ path: at(field), message: "is missing, and is required" });
  }
  for (const [field, type] of Object.entries(shape.fields)) {
    if (value[field] !== undefined) check({ value: value[field], shape: type, path: at(field), errors });
  }
}

function checkTexts(value: unknown, path: string, errors: ShapeError[]): void {
  if (!isRecord(value)) return;
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === "string") continue;
    const hint = typeof text === "object" ? "" : `; write "${String(text)}" in quotes`;
    errors.push({ path: `${path}.${key}`, message: `expected a text, got ${describe(text)}${hint}` });
  }
}

function scalarProblem(value: unknown, shape: Exclude<Shape, object>): string | undefined {
  switch (shape) {
    case "text":
      return typeof value === "string" ? undefined : `expected a text, got ${describe(value)}`;
    case "whole":
      return isWhole(value) ? undefined : `expected a whole number, got ${describe(value)}`;
    case "truth":
      return typeof value === "boolean" ? undefined : `expected true or false, got ${describe(value)}`;
    case "whole or text":
      return isWhole(value) || typeof value === "string" ? undefined : `expected a whole number or a text, got ${describe(value)}`;
    case "nullable truth":
      return value === null || typeof value === "boolean" ? undefined : `expected true or false, got ${describe(value)}`;
    case "texts":
      return isRecord(value) ? undefined : `expected pairs of key and text, got ${describe(value)}`;
  }
}

function isWhole(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value);
}

/** A value in a few words, for a message. */
function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value !== "string") return `${String(value)}`;
  return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
}
