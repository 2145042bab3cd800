import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../src/cluster/objects";
import { collectGarbage } from "../../../src/control-plane/garbage";
import { linesOf, pod, service, SmallCluster } from "./small-cluster";

/** What is written once the owner `gone` has vanished. */
function collected(objects: readonly KubeObject[]): readonly string[] {
  return linesOf(collectGarbage({ view: new SmallCluster(objects).view(), deletedUid: "uid-of-gone" }));
}

describe("garbage collection", () => {
  it("deletes what the vanished owner leaves behind, and nothing else", () => {
    const objects = [pod("a owner=gone"), pod("b owner=gone terminating"), pod("c owner=other"), pod("d")];
    expect(collected(objects)).toEqual(["delete Pod shop/a"]);
  });

  it("keeps a dependent that has another living owner, and takes the dead one off it", () => {
    const shared = pod("a owner=gone");
    const alive = { apiVersion: "v1", kind: "Service", name: "web", uid: "uid-of-web" };
    const both = { ...shared, metadata: { ...shared.metadata, ownerReferences: [...(shared.metadata.ownerReferences ?? []), alive] } };
    expect(collected([both, service("web app=web")])).toEqual([
      `patch Pod shop/a {"metadata":{"ownerReferences":[${JSON.stringify(alive)}]}}`,
    ]);
    expect(collected([both])).toEqual(["delete Pod shop/a"]);
  });
});
