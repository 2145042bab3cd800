import { describe, expect, it } from "vitest";
import { collectGarbage } from "../../../src/control-plane/garbage";
import { linesOf, pod, service, SmallCluster } from "./small-cluster";

describe("garbage collection", () => {
  it("deletes what the vanished owner leaves behind, and nothing else", () => {
    const view = new SmallCluster([
      pod("a owner=gone"), pod("b owner=gone terminating"), pod("c owner=other"), pod("d"),
    ]).view();
    expect(linesOf(collectGarbage({ view, deletedUid: "uid-of-gone" }))).toEqual(["delete Pod shop/a"]);
  });

  it("keeps a dependent that has another living owner, and takes the dead one off it", () => {
    const shared = pod("a owner=gone");
    const alive = { apiVersion: "v1", kind: "Service", name: "web", uid: "uid-of-web" };
    const both = { ...shared, metadata: { ...shared.metadata, ownerReferences: [...(shared.metadata.ownerReferences ?? []), alive] } };
    const write = (objects: SmallCluster) => linesOf(collectGarbage({ view: objects.view(), deletedUid: "uid-of-gone" }));
    expect(write(new SmallCluster([both, service("web app=web")]))).toEqual([
      `patch Pod shop/a {"metadata":{"ownerReferences":[${JSON.stringify(alive)}]}}`,
    ]);
    expect(write(new SmallCluster([both]))).toEqual(["delete Pod shop/a"]);
  });
});
