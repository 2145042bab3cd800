import { describe, expect, it } from "vitest";
import { draw } from "../../../src/base/draw";
import type { ApiWrite } from "../../../src/cluster/api-write";
import type { ApiUser, StageContext } from "../../../src/cluster/api-server";
import { API_STAGES, apiUsers, commit, runStage } from "../../../src/cluster/api-server";
import type { Deployment, KubeObject, Pod, Service } from "../../../src/cluster/objects";
import type { Store } from "../../../src/cluster/store";
import { simTime } from "../../../src/engine/time";
import { objectsFromText, storeFromText } from "../../fixtures/cluster-from-text";

function context(
  store: Store,
  { seconds = 0, serviceCIDRs = ["10.96.0.0/12"] }: { seconds?: number; serviceCIDRs?: readonly string[] } = {},
) {
  const n = store.head;
  return { at: simTime(seconds * 1_000_000), event: 7, serviceCIDRs, draw: (who: string, what: string) => draw(1, who, what, n) };
}

/** What a write was answered: `201 …`, `unchanged`, or `CODE REASON: text`. */
function answer(store: Store, write: ApiWrite, options: Parameters<typeof context>[1] = {}): string {
  const done = commit(store, write, context(store, options));
  if (!done.ok) return `${done.problem.code} ${done.problem.reason}: ${done.problem.message}`;
  return done.value === null ? "unchanged" : `${done.value.revision} ${done.value.type} ${done.value.kind} ${done.value.name}`;
}

function create(store: Store, object: KubeObject | undefined, options: Parameters<typeof context>[1] = {}): string {
  if (object === undefined) throw new Error("nothing to create");
  return answer(store, { verb: "create", object }, options);
}

function service(name: string, spec: Service["spec"]): Service {
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace: "shop" }, spec };
}

const PORT = { ports: [{ port: 80 }] };
const shop = (more = ""): Store => storeFromText(`namespace shop\n${more}`);
const podRef = { kind: "Pod", namespace: "shop", name: "a" } as const;

describe("creating", () => {
  it("gives identity, defaults, first status and an address", () => {
    const store = shop();
    expect(create(store, service("web", { ...PORT, selector: { app: "web" } }), { seconds: 3 })).toBe("2 ADDED Service web");
    expect(store.latest().get("Service", "shop", "web")).toEqual({
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "web",
        namespace: "shop",
        resourceVersion: "2",
        creationTimestamp: "2026-01-01T00:00:03Z",
        uid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      },
      spec: {
        type: "ClusterIP",
        selector: { app: "web" },
        sessionAffinity: "None",
        internalTrafficPolicy: "Cluster",
        clusterIP: expect.stringMatching(/^10\.(9[6-9]|10\d|11[01])\./),
        clusterIPs: [expect.any(String)],
        ipFamilies: ["IPv4"],
        ipFamilyPolicy: "SingleStack",
        ports: [{ port: 80, protocol: "TCP", targetPort: 80 }],
      },
      status: { loadBalancer: {} },
    });
  });

  it("appends five letters to a generateName, other ones where the name is taken", () => {
    const store = shop();
    const pod: Pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "", generateName: "web-", namespace: "shop" },
      spec: { containers: [{ name: "a" }] },
    };
    const fixed = { ...context(store), draw: (_: string, what: string) => draw(1, "x", what, 0) };
    const names = [1, 2, 3].map(() => {
      const done = commit(store, { verb: "create", object: pod }, fixed);
      return done.ok ? (done.value?.name ?? "") : done.problem.message;
    });
    for (const name of names) expect(name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(new Set(names).size).toBe(3);
  });

  const REFUSED: readonly (readonly [string, Service, string])[] = [
    [
      "a Namespace that is not there",
      { ...service("web", PORT), metadata: { name: "web", namespace: "foo" } },
      '404 NotFound: namespaces "foo" not found',
    ],
    ["a name that is taken", service("old", PORT), '409 AlreadyExists: services "old" already exists'],
    [
      "an address that is taken",
      service("web", { ...PORT, clusterIP: "10.96.0.10" }),
      '422 Invalid: Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    ],
    [
      "an address out of range",
      service("web", { ...PORT, clusterIP: "192.168.0.1" }),
      '422 Invalid: Service "web" is invalid: spec.clusterIPs: Invalid value: ["192.168.0.1"]: failed to allocate IP 192.168.0.1: the provided network does not match the current range',
    ],
    [
      "the range's own network address",
      service("web", { ...PORT, clusterIP: "10.96.0.0" }),
      '422 Invalid: Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.0"]: failed to allocate IP 10.96.0.0: the provided network does not match the current range',
    ],
    [
      "a bad address before a bad port",
      service("web", { ports: [{ port: 70_000 }], clusterIP: "10.96.0.10" }),
      '422 Invalid: Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    ],
    [
      "two wrong fields",
      service("web", { ports: [{ port: 70_000, protocol: "TCP", nodePort: 30_080 }] }),
      "422 Invalid: Service \"web\" is invalid: [spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive, spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP']",
    ],
    ["no ports", service("web", {}), '422 Invalid: Service "web" is invalid: spec.ports: Required value'],
  ];

  it.each(REFUSED)("refuses %s in the API's words", (_, object, text) => {
    const store = shop("service shop/old 10.96.0.10 80 app=a");
    const head = store.head;
    expect(create(store, object)).toBe(text);
    expect(store.head).toBe(head);
  });

  it("says that a range is full, and that a deleted Service's address is free again", () => {
    const store = shop();
    const small = { serviceCIDRs: ["10.96.0.0/30"] };
    expect(create(store, service("a", PORT), small)).toBe("2 ADDED Service a");
    expect(create(store, service("b", PORT), small)).toBe("3 ADDED Service b");
    expect(create(store, service("c", PORT), small)).toBe(
      '500 InternalError: Internal error occurred: failed to allocate a serviceIP for Service "c": range is full',
    );
    const held = store.latest().get("Service", "shop", "a")?.spec.clusterIP;
    answer(store, { verb: "delete", ref: { kind: "Service", namespace: "shop", name: "a" } });
    expect(create(store, service("c", PORT), small)).toBe("5 ADDED Service c");
    expect(store.latest().get("Service", "shop", "c")?.spec.clusterIP).toBe(held);
  });

  it("gives no address to headless and ExternalName Services", () => {
    const store = shop();
    create(store, service("headless", { clusterIP: "None", selector: { app: "a" } }));
    create(store, service("away", { type: "ExternalName", externalName: "example.org" }));
    expect(
      store
        .latest()
        .list("Service")
        .map(({ spec }) => spec.clusterIPs),
    ).toEqual([undefined, ["None"]]);
  });

  it("keeps identity, status and address of what stands as given", () => {
    const [pod] = objectsFromText("pod shop/a node-a 10.244.1.2 app=a ready");
    const store = shop();
    if (pod === undefined) throw new Error("no Pod");
    const done = commit(store, { verb: "create", object: pod }, { ...context(store), asGiven: true });
    expect(done.ok && done.value?.object.metadata.uid).toBe("uid-pod-shop-a");
    expect(store.latest().get("Pod", "shop", "a")?.status?.podIP).toBe("10.244.1.2");
  });
});

describe("the stages of a request", () => {
  const store = shop("service shop/old 10.96.0.77 80 -");
  const [admin, jane, vera, deployer, expired] = apiUsers("shop");

  /** Runs the stages as somebody: `stage: what it did`, and the error that ended it. */
  function walk(write: ApiWrite, user: ApiUser | undefined): readonly string[] {
    if (user === undefined) throw new Error("no such user");
    const context: StageContext = { view: store.latest(), serviceCIDRs: ["10.96.0.0/12"], user, draw: () => 0 };
    const said: string[] = [];
    let current = write;
    for (const stage of API_STAGES) {
      const done = runStage(stage, current, context);
      if (!done.ok) return [...said, `${stage}: ${done.problem.code} ${done.problem.message}`];
      said.push(`${stage}: ${done.value.did}`);
      current = done.value.write;
    }
    return said;
  }

  const post: ApiWrite = { verb: "create", object: service("web", { ...PORT, type: "NodePort" }) };
  const deployment = { kind: "Deployment", namespace: "shop", name: "web" } as const;
  const scale: ApiWrite = { verb: "patch", ref: deployment, patch: { spec: { replicas: 2 } }, subresource: "scale" };

  it("of a POST give defaults at decoding, and address and node port before its fields are checked", () => {
    expect(walk(post, jane)).toEqual([
      "authentication: the client certificate says that jane asks, of system:authenticated",
      "audit: the request is noted as received; no audit policy is set, so no log is kept",
      "priority and fairness: flow schema global-default counts it at global-default, where one of 49 seats is free",
      "authorization: RoleBinding shop/editors gives jane the ClusterRole edit, which allows it",
      "decoding: defaults fill in spec.externalTrafficPolicy, spec.internalTrafficPolicy, spec.sessionAffinity, spec.ports",
      "mutating admission: NamespaceLifecycle finds shop active; no plugin changes it",
      "allocation: it gets the ClusterIP 10.96.1.1 from the dynamic band of 10.96.0.0/12; its port 80 gets the node port 30086 from the dynamic band",
      "validation: every field is valid",
      "validating admission: no policy, webhook or quota is set that could refuse it",
      "store: its key is free, and it goes to etcd",
    ]);
  });

  it("of a PATCH and a DELETE name the revision that they meet", () => {
    const ref = { kind: "Service", namespace: "shop", name: "old" } as const;
    const patched = walk({ verb: "patch", ref, patch: { spec: { type: "NodePort" } } }, admin);
    expect(patched.slice(4)).toEqual([
      "decoding: it is laid over Service shop/old as of revision 2 and changes spec.type",
      "mutating admission: no plugin changes it",
      "allocation: its port 80 gets the node port 30086 from the dynamic band",
      "validation: every field is valid, and none that may not change has changed",
      "validating admission: no policy, webhook or quota is set that could refuse it",
      "store: revision 2 still stands, and the write goes to etcd",
    ]);
    expect(walk({ verb: "delete", ref }, admin).at(-1)).toBe("store: revision 2 still stands, and the write goes to etcd");
  });

  it("end where nobody is known, and where RBAC has no rule", () => {
    expect(walk(post, expired)).toEqual(["authentication: 401 Unauthorized"]);
    expect(walk(post, vera).at(-1)).toBe(
      'authorization: 403 services is forbidden: User "vera" cannot create resource "services" in API group "" in the namespace "shop"',
    );
    expect(walk(scale, vera).at(-1)).toBe(
      'authorization: 403 deployments.apps "web" is forbidden: User "vera" cannot patch resource "deployments/scale" in API group "apps" in the namespace "shop"',
    );
    expect(walk(scale, deployer).at(-1)).toBe('decoding: 404 deployments.apps "web" not found');
    expect(walk({ verb: "delete", ref: { kind: "Node", namespace: "", name: "node-a" } }, jane).at(-1)).toBe(
      'authorization: 403 nodes "node-a" is forbidden: User "jane" cannot delete resource "nodes" in API group "" at the cluster scope',
    );
  });

  it("count a service account at another level than people", () => {
    expect(walk(scale, deployer)[2]).toBe(
      "priority and fairness: flow schema service-accounts counts it at workload-low, where one of 245 seats is free",
    );
  });
});

describe("changing", () => {
  it("makes no revision where nothing changes", () => {
    const store = shop("service shop/web 10.96.0.20 80 app=web");
    const ref = { kind: "Service", namespace: "shop", name: "web" } as const;
    expect(answer(store, { verb: "patch", ref, patch: { spec: { selector: { app: "web" } } } })).toBe("unchanged");
    expect(answer(store, { verb: "patch", ref, patch: { spec: { selector: { app: "api", tier: null } } } })).toBe("3 MODIFIED Service web");
    expect(store.latest().get("Service", "shop", "web")?.spec.selector).toEqual({ app: "api" });
  });

  it("keeps the address of a Service that is sent without one, and never another", () => {
    const store = shop("service shop/web 10.96.0.20 80 app=web");
    const ref = { kind: "Service", namespace: "shop", name: "web" } as const;
    expect(answer(store, { verb: "update", object: service("web", { ports: [{ port: 81 }] }), basedOn: 0 })).toBe("3 MODIFIED Service web");
    expect(store.latest().get("Service", "shop", "web")?.spec.clusterIPs).toEqual(["10.96.0.20"]);
    expect(answer(store, { verb: "patch", ref, patch: { spec: { clusterIP: "10.96.5.5" } } })).toBe(
      '422 Invalid: Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.5.5"]: may not change once set',
    );
  });

  it("refuses what was based on an older revision", () => {
    const store = shop("service shop/web 10.96.0.20 80 app=web");
    expect(answer(store, { verb: "update", object: service("web", { ports: [{ port: 81 }] }), basedOn: 1 })).toBe(
      '409 Conflict: Operation cannot be fulfilled on services "web": the object has been modified; please apply your changes to the latest version and try again',
    );
    expect(answer(store, { verb: "update", object: service("web", { ports: [{ port: 81 }] }), basedOn: 2 })).toBe("3 MODIFIED Service web");
  });

  it("counts a generation for each new spec, none for a status", () => {
    const store = shop("deployment shop/web 2 app=web");
    const ref = { kind: "Deployment", namespace: "shop", name: "web" } as const;
    const generation = (): number | undefined => store.latest().get("Deployment", "shop", "web")?.metadata.generation;
    answer(store, { verb: "patch", ref, patch: { spec: { replicas: 6 } } });
    expect(generation()).toBe(2);
    answer(store, { verb: "patch", ref, patch: { status: { replicas: 6 } } });
    expect(generation()).toBe(2);
  });

  it("refuses another selector of a Deployment, fewer than no replicas, and what is no object any more", () => {
    const store = shop("deployment shop/web 2 app=web");
    const ref = { kind: "Deployment", namespace: "shop", name: "web" } as const;
    const patch = (spec: Partial<Record<keyof Deployment["spec"], unknown>>): string =>
      answer(store, { verb: "patch", ref, patch: { spec } });
    expect(patch({ selector: { matchLabels: { app: "api" } }, template: { metadata: { labels: { app: "api" } } } })).toBe(
      '422 Invalid: Deployment.apps "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"api"}}: field is immutable',
    );
    expect(patch({ replicas: -1 })).toBe(
      '422 Invalid: Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    );
    expect(patch({ replicas: "many" })).toBe('400 BadRequest: spec.replicas: expected a whole number, got the text "many"');
    expect(answer(store, { verb: "patch", ref: { ...ref, name: "wep" }, patch: {} })).toBe(
      '404 NotFound: deployments.apps "wep" not found',
    );
  });

  it("binds a Pod once", () => {
    const store = shop("pod shop/a - - app=a");
    expect(answer(store, { verb: "patch", ref: podRef, patch: { spec: { nodeName: "node-a" } } })).toBe("3 MODIFIED Pod a");
    expect(answer(store, { verb: "patch", ref: podRef, patch: { spec: { nodeName: "node-b" } } })).toBe(
      '409 Conflict: Operation cannot be fulfilled on pods "a": pod a is already assigned to node "node-a"',
    );
  });

  it("takes a patch for another object of the same name as not found", () => {
    const store = shop("pod shop/a - - app=a");
    expect(answer(store, { verb: "patch", ref: podRef, uid: "another", patch: { status: { phase: "Running" } } })).toBe(
      '404 NotFound: pods "a" not found',
    );
  });
});

describe("deleting", () => {
  it("marks a Pod that runs, and removes it when its kubelet says so", () => {
    const store = shop("pod shop/a node-a 10.244.1.2 app=a ready");
    expect(answer(store, { verb: "delete", ref: podRef }, { seconds: 10 })).toBe("3 MODIFIED Pod a");
    expect(store.latest().get("Pod", "shop", "a")?.metadata).toMatchObject({
      deletionTimestamp: "2026-01-01T00:00:40Z",
      deletionGracePeriodSeconds: 30,
    });
    expect(answer(store, { verb: "delete", ref: podRef }, { seconds: 11 })).toBe("unchanged");
    expect(answer(store, { verb: "delete", ref: podRef, gracePeriodSeconds: 5 }, { seconds: 12 })).toBe("4 MODIFIED Pod a");
    expect(store.latest().get("Pod", "shop", "a")?.metadata.deletionTimestamp).toBe("2026-01-01T00:00:15Z");
    expect(answer(store, { verb: "delete", ref: podRef, gracePeriodSeconds: 0 })).toBe("5 DELETED Pod a");
    expect(answer(store, { verb: "delete", ref: podRef })).toBe('404 NotFound: pods "a" not found');
  });

  it("gives no grace to a Pod that no node has, or that has ended", () => {
    expect(answer(shop("pod shop/a - - app=a"), { verb: "delete", ref: podRef })).toBe("3 DELETED Pod a");
    const ended = shop("pod shop/a node-a 10.244.1.2 app=a");
    answer(ended, { verb: "patch", ref: podRef, patch: { status: { phase: "Succeeded" } } });
    expect(answer(ended, { verb: "delete", ref: podRef })).toBe("4 DELETED Pod a");
  });

  it("names an object that only waits to go when its name is asked for again", () => {
    const store = shop("pod shop/a node-a 10.244.1.2 app=a ready");
    answer(store, { verb: "delete", ref: podRef });
    expect(create(store, objectsFromText("pod shop/a - - app=a")[0])).toBe(
      '409 AlreadyExists: object is being deleted: pods "a" already exists',
    );
  });

  it("spares another object of the same name", () => {
    const store = shop("pod shop/a node-a 10.244.1.2 app=a ready");
    expect(answer(store, { verb: "delete", ref: podRef, uid: "another" })).toBe(
      '409 Conflict: Operation cannot be fulfilled on pods "a": Precondition failed: UID in precondition: another, UID in object meta: uid-pod-shop-a',
    );
  });
});
