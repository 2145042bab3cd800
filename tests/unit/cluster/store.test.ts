import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConfigMap, Kind, KubeObject } from "../../../src/cluster/objects";
import { refOf } from "../../../src/cluster/objects";
import { Store } from "../../../src/cluster/store";
import type { Write } from "../../../src/cluster/store-types";
import { simTime } from "../../../src/engine/time";

const RUNS = { numRuns: Number(process.env.KUBEWALK_PROPERTY_RUNS ?? "50") };

function object(kind: "ConfigMap" | "Namespace", namespace: string, name: string, value: string): KubeObject {
  if (kind === "Namespace") return { apiVersion: "v1", kind, metadata: { name } };
  const config: ConfigMap = { apiVersion: "v1", kind, metadata: { name, namespace }, data: { value } };
  return config;
}

/** `+a=1` makes or changes ConfigMap a in namespace n, `-a` deletes it, `+x/a=1` names the namespace, `N a` makes a Namespace. */
function apply(store: Store, step: string): void {
  const [, verb, namespace, name, value] = /^([+-]|N )(?:(\w+)\/)?([\w-]+)(?:=(\w+))?$/.exec(step) ?? [];
  const kind = verb === "N " ? "Namespace" : "ConfigMap";
  const made = object(kind, namespace ?? "n", name ?? "", value ?? "");
  const ref = refOf(made);
  const old = store.latest().get(kind, ref.namespace, ref.name);
  const at = simTime(store.head * 10);
  if (verb === "-") {
    if (old !== undefined) store.write({ type: "DELETED", kind, object: old, at, event: 0 });
    return;
  }
  store.write({ type: old === undefined ? "ADDED" : "MODIFIED", kind, object: made, at, event: 0 });
}

function storeOf(steps: string): Store {
  const store = new Store();
  for (const step of steps.split(", ")) apply(store, step);
  return store;
}

function shown(list: readonly ConfigMap[]): string {
  return list.map(({ metadata, data }) => `${metadata.namespace}/${metadata.name}=${data?.value}@${metadata.resourceVersion}`).join(" ");
}

function configsAt(store: Store, revision: number): string {
  return shown(store.view(revision).list("ConfigMap"));
}

/** The plain way: every write in order into a map, then sorted. */
function folded(writes: readonly Write[], revision: number): string {
  const objects = new Map<string, string>();
  for (const {
    type,
    namespace,
    name,
    object: { metadata, ...rest },
    revision: at,
  } of writes) {
    if (at > revision) break;
    const key = `${namespace}\u0000${name}`;
    if (type === "DELETED") objects.delete(key);
    else objects.set(key, `${namespace}/${name}=${rest.kind === "ConfigMap" ? rest.data?.["value"] : ""}@${metadata.resourceVersion}`);
  }
  return [...objects.keys()]
    .toSorted()
    .map((key) => objects.get(key))
    .join(" ");
}

describe("the store", () => {
  it("counts one revision a write, over all kinds, and stamps it on the object", () => {
    const store = storeOf("+a=1, N shop, +b=1, +a=2");
    expect(store.head).toBe(4);
    expect(configsAt(store, 4)).toBe("n/a=2@4 n/b=1@3");
    expect(store.writesOf("ConfigMap").map((write) => `${write.revision} ${write.type} ${write.name} after ${write.previous}`)).toEqual([
      "1 ADDED a after 0",
      "3 ADDED b after 0",
      "4 MODIFIED a after 1",
    ]);
  });

  it("shows any earlier revision as it was", () => {
    const store = storeOf("+a=1, +b=1, +a=2, -b, +b=3");
    expect([1, 2, 3, 4, 5].map((revision) => configsAt(store, revision))).toEqual([
      "n/a=1@1",
      "n/a=1@1 n/b=1@2",
      "n/a=2@3 n/b=1@2",
      "n/a=2@3",
      "n/a=2@3 n/b=3@5",
    ]);
    expect(store.view(4).get("ConfigMap", "n", "b")).toBeUndefined();
    expect(store.view(3).get("ConfigMap", "n", "b")?.data).toEqual({ value: "1" });
  });

  it("orders by namespace, then name, by code units", () => {
    const store = storeOf("+b/a=1, +a/b=1, +a/B=1, +a/a-1=1, +a/a=1, +B/z=1");
    expect(configsAt(store, 6)).toBe("B/z=1@6 a/B=1@3 a/a=1@5 a/a-1=1@4 a/b=1@2 b/a=1@1");
  });

  it("gives a reader each kind at the revision it has of it", () => {
    const store = storeOf("+a=1, N shop, +a=2, N tools");
    const revisions: Record<Kind, number> = {
      Namespace: 4,
      Node: 0,
      Pod: 0,
      Service: 0,
      EndpointSlice: 0,
      Endpoints: 0,
      Deployment: 0,
      ReplicaSet: 0,
      StatefulSet: 0,
      ControllerRevision: 0,
      ConfigMap: 1,
    };
    const view = store.view(revisions);
    expect(shown(view.list("ConfigMap"))).toBe("n/a=1@1");
    expect(view.list("Namespace").map(({ metadata }) => metadata.name)).toEqual(["shop", "tools"]);
    expect(view.revisionOf("ConfigMap")).toBe(1);
  });

  it("lists the same array again while nothing of the kind was written", () => {
    const store = storeOf("+a=1, +b=1");
    const before = store.latest().list("ConfigMap");
    apply(store, "N shop");
    expect(store.latest().list("ConfigMap")).toBe(before);
  });

  it("refuses writes that do not fit what stands: that is our mistake, not a user's", () => {
    const store = storeOf("+a=1");
    const again = object("ConfigMap", "n", "a", "2");
    expect(() => store.write({ type: "ADDED", kind: "ConfigMap", object: again, at: simTime(0), event: 0 })).toThrow(
      "ADDED of ConfigMap n/a",
    );
    const other = object("ConfigMap", "n", "b", "2");
    expect(() => store.write({ type: "DELETED", kind: "ConfigMap", object: other, at: simTime(0), event: 0 })).toThrow(
      "DELETED of ConfigMap n/b",
    );
  });

  it("goes back to a checkpoint, forward again, and across a fork", () => {
    const store = storeOf("+a=1, +b=1");
    const early = store.checkpoint();
    apply(store, "+a=2");
    const late = store.checkpoint();
    const lateHash = store.hash();
    expect(store.restore(early)).toBe(2);
    apply(store, "+a=other");
    expect(store.hash()).not.toBe(lateHash);
    expect(store.restore(late)).toBe(2);
    expect(configsAt(store, 3)).toBe("n/a=2@3 n/b=1@2");
    expect(store.hash()).toBe(lateHash);
  });

  it("hashes every field of every write", () => {
    const hashes = ["+a=1", "+a=2", "+b=1", "+m/a=1", "N a", "+a=1, -a", "+a=1, +a=1"].map((steps) => storeOf(steps).hash());
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(storeOf("+a=1, -a").hash()).toBe(storeOf("+a=1, -a").hash());
  });
});

describe("laws of the store", () => {
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom("x", "y", "z", "x-1"), fc.nat(9))
        .map(([ns, name, value]) => `+${ns}/${name}=${value}`),
    },
    fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom("x", "y", "z", "x-1")).map(([ns, name]) => `-${ns}/${name}`),
  );
  const steps = fc.array(step, { minLength: 1, maxLength: 40 });

  it("a view at any revision, asked in any order, equals a plain fold", () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat(40), { maxLength: 20 }), (log, asked) => {
        const store = storeOf(log.join(", "));
        for (const revision of [...asked, store.head]) {
          expect(configsAt(store, revision)).toBe(folded(store.writesOf("ConfigMap"), revision));
        }
      }),
      RUNS,
    );
  });

  it("restoring and writing the same again gives the same store", () => {
    fc.assert(
      fc.property(steps, steps, steps, (before, then, detour) => {
        const store = storeOf(before.join(", "));
        const checkpoint = store.checkpoint();
        for (const each of detour) apply(store, each);
        configsAt(store, store.head);
        store.restore(checkpoint);
        for (const each of then) apply(store, each);
        const straight = storeOf([...before, ...then].join(", "));
        expect(store.hash()).toBe(straight.hash());
        expect(configsAt(store, store.head)).toBe(configsAt(straight, straight.head));
      }),
      RUNS,
    );
  });
});

describe("size", () => {
  it("takes 100,000 writes and reads the newest and an old page of them", () => {
    const store = new Store();
    for (let index = 0; index < 100_000; index += 1) {
      const made = object("ConfigMap", "n", `c${index % 10_000}`, `${index}`);
      store.write({ type: index < 10_000 ? "ADDED" : "MODIFIED", kind: "ConfigMap", object: made, at: simTime(index), event: 0 });
    }
    expect(store.latest().list("ConfigMap").length).toBe(10_000);
    expect(store.view(500).list("ConfigMap").length).toBe(500);
  });
});
