/** A cluster as text for controller tests: objects in as lines, writes out as lines. Writes are applied as they are. */
import type { ApiWrite } from "../../../src/cluster/api-write";
import { mergePatch } from "../../../src/cluster/api-write";
import type { KubeObject, Kind, Labels, ObjectOfKind, Pod, Service } from "../../../src/cluster/objects";
import { refOf, showRef } from "../../../src/cluster/objects";
import type { ClusterView } from "../../../src/cluster/store-types";
import { compareText } from "../../../src/base/order";

/** Objects by reference; each change bumps the revision. */
export class SmallCluster {
  private readonly objects = new Map<string, KubeObject>();
  private lists = new Map<Kind, readonly KubeObject[]>();
  private revision = 0;

  constructor(objects: readonly KubeObject[] = []) {
    for (const object of objects) this.put(object);
  }

  put(object: KubeObject): void {
    this.revision += 1;
    const uid = object.metadata.uid ?? `uid-${this.revision}`;
    const metadata = { ...object.metadata, uid, resourceVersion: `${this.revision}` };
    this.objects.set(showRef(refOf(object)), { ...object, metadata } as KubeObject);
    this.lists = new Map();
  }

  remove(object: KubeObject): void {
    this.objects.delete(showRef(refOf(object)));
    this.lists = new Map();
  }

  all<K extends Kind>(kind: K): readonly ObjectOfKind[K][] {
    const known =
      this.lists.get(kind) ??
      [...this.objects.values()]
        .filter((object) => object.kind === kind)
        .toSorted((a, b) => compareText(showRef(refOf(a)), showRef(refOf(b))));
    this.lists.set(kind, known);
    return known as readonly ObjectOfKind[K][];
  }

  view(): ClusterView {
    return {
      revisionOf: () => this.revision,
      get: <K extends Kind>(kind: K, namespace: string, name: string) =>
        this.objects.get(showRef({ kind, namespace, name })) as ObjectOfKind[K] | undefined,
      list: (kind) => this.all(kind),
    };
  }

  /** Applies writes as the API server would, without defaults or checks; deletions take effect at once. */
  apply(writes: readonly ApiWrite[]): void {
    for (const write of writes) this.write(write);
  }

  private write(write: ApiWrite): void {
    switch (write.verb) {
      case "create":
        return this.put(named(write.object, `${this.revision + 1}`));
      case "update":
        return this.put(write.object);
      case "patch": {
        const old = this.objects.get(showRef(write.ref));
        if (old !== undefined) this.put(mergePatch(old, write.patch) as KubeObject);
        return;
      }
      case "delete":
        this.objects.delete(showRef(write.ref));
        this.lists = new Map();
    }
  }
}

function named(object: KubeObject, suffix: string): KubeObject {
  if (object.metadata.name !== "") return object;
  const name = `${object.metadata.generateName ?? ""}${suffix.padStart(2, "0")}`;
  return { ...object, metadata: { ...object.metadata, name } } as KubeObject;
}

/** `NAME zone=zone-a range=10.244.1.0/24 taint=key:NoSchedule unschedulable`. */
export function node(line: string): KubeObject {
  const [name = "", ...words] = line.trim().split(/\s+/);
  const zone = valueOf(words, "zone");
  const range = valueOf(words, "range");
  const taint = valueOf(words, "taint")?.split(":");
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: zone === undefined ? {} : { "topology.kubernetes.io/zone": zone } },
    spec: {
      ...(range === undefined ? {} : { podCIDR: range, podCIDRs: [range] }),
      ...(words.includes("unschedulable") ? { unschedulable: true } : {}),
      ...(taint === undefined ? {} : { taints: [{ key: taint[0] ?? "", effect: taint[1] as "NoSchedule" }] }),
    },
  };
}

/**
 * `NAME app=web @node-a 10.244.1.2 ready since=SECOND created=SECOND terminating phase=Running owner=rs cost=5 port=http:8080`,
 * in namespace shop; `owner=web` is the ReplicaSet `web` with UID `uid-of-web`.
 */
export function pod(line: string): Pod {
  const [name = "", ...words] = line.trim().split(/\s+/);
  const ip = words.find((word) => /^[\d.]+$/.test(word) || word.includes("::"));
  const at = words.find((word) => word.startsWith("@"))?.slice(1);
  const cost = valueOf(words, "cost");
  const owner = valueOf(words, "owner");
  const phase = (valueOf(words, "phase") ?? (at === undefined ? "Pending" : "Running")) as "Running";
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "shop",
      uid: valueOf(words, "uid") ?? `uid-of-${name}`,
      labels: labelsOf(words),
      creationTimestamp: time(valueOf(words, "created") ?? "0"),
      ...(words.includes("terminating") ? { deletionTimestamp: time("30") } : {}),
      ...(cost === undefined ? {} : { annotations: { "controller.kubernetes.io/pod-deletion-cost": cost } }),
      ...(owner === undefined ? {} : { ownerReferences: [ownerRef(owner)] }),
    },
    spec: { ...(at === undefined ? {} : { nodeName: at }), containers: [{ name: "main", ports: portsOf(words) }] },
    status: {
      phase,
      ...(ip === undefined ? {} : { podIP: ip }),
      conditions: [
        { type: "Ready", status: words.includes("ready") ? "True" : "False", lastTransitionTime: time(valueOf(words, "since") ?? "0") },
      ],
    },
  };
}

export function ownerRef(name: string): { apiVersion: string; kind: string; name: string; uid: string; controller: boolean } {
  return { apiVersion: "apps/v1", kind: "ReplicaSet", name, uid: `uid-of-${name}`, controller: true };
}

/** `NAME app=web 80:http 443:8443`, in namespace shop. */
export function service(line: string, spec: Partial<Service["spec"]> = {}): Service {
  const [name = "", ...words] = line.trim().split(/\s+/);
  const ports = words
    .filter((word) => /^\d+:/.test(word))
    .map((word, index) => {
      const [port = "", target = ""] = word.split(":");
      return { name: index === 0 ? "web" : `p${port}`, port: Number(port), targetPort: /^\d+$/.test(target) ? Number(target) : target };
    });
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "shop", uid: `uid-of-${name}` },
    spec: { selector: labelsOf(words), ports, clusterIP: "10.96.0.20", ...spec },
  };
}

const NOT_LABELS = ["since", "created", "owner", "cost", "port", "uid", "phase", "zone", "range", "taint"];

function labelsOf(words: readonly string[]): Labels {
  const pairs = words.filter((word) => word.includes("=")).map((word) => word.split("="));
  return Object.fromEntries(pairs.filter(([key = ""]) => !NOT_LABELS.includes(key)).map(([key, value]) => [key, value ?? ""]));
}

function portsOf(words: readonly string[]): { name: string; containerPort: number }[] {
  return words
    .filter((word) => word.startsWith("port="))
    .map((word) => {
      const [name = "", number = ""] = word.slice("port=".length).split(":");
      return { name, containerPort: Number(number) };
    });
}

function valueOf(words: readonly string[], key: string): string | undefined {
  return words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
}

function two(value: number): string {
  return `${value}`.padStart(2, "0");
}

/** A second of the run as API time. */
export function time(second: string): string {
  const whole = Number(second);
  return `2026-01-01T${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}Z`;
}

/** Writes as lines: `create Pod web-`, `delete Pod shop/web-1`, `patch ReplicaSet shop/web {"spec":{"replicas":2}}`. */
export function linesOf(writes: readonly ApiWrite[]): readonly string[] {
  return writes.map((write) => {
    switch (write.verb) {
      case "create":
        return `create ${write.object.kind} ${write.object.metadata.name || write.object.metadata.generateName}`;
      case "update":
        return `update ${showRef(refOf(write.object))} based on ${write.basedOn}`;
      case "patch":
        return `patch ${showRef(write.ref)} ${JSON.stringify(write.patch)}`;
      case "delete":
        return `delete ${showRef(write.ref)}`;
    }
  });
}
