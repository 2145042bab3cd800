/** What a cluster file leaves unsaid is made, and said. */
import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../../src/cluster/objects";
import { complete } from "../../../src/world/completing";
import { namesOf, objectsFromText } from "../../fixtures/cluster-from-text";

function completed(
  objects: readonly KubeObject[],
  addsKubernetes = false,
): { readonly names: string; readonly warnings: readonly string[] } {
  const given = objects.map((object, index) => ({ object, at: `objects[${index}]` }));
  const result = complete(given, { clusterCIDR: "10.244.0.0/16", serviceCIDRs: ["10.96.0.0/12"], addsKubernetes });
  return { names: namesOf(result.objects.map(({ object }) => object)), warnings: result.warnings };
}

describe("what a file uses and does not give", () => {
  test("is made: Namespaces, and Nodes in the order in which they are named", () => {
    const { names, warnings } = completed(
      objectsFromText(`
        node node-a 192.168.0.11 10.244.1.0/24 zone-a
        pod shop/a node-x - app=a
        slice tools/b-x b 80 10.244.1.9@node-y,10.244.1.8@node-a`),
    );
    expect(names).toBe("Node node-a\nPod shop/a\nEndpointSlice tools/b-x\nNamespace shop\nNamespace tools\nNode node-x\nNode node-y");
    expect(warnings).toEqual([
      'Namespace "shop" is used and not given; it was made.',
      'Namespace "tools" is used and not given; it was made.',
      'Node "node-x" is named and not given; it was made, with address 192.168.0.12 and Pod range 10.244.2.0/24.',
      'Node "node-y" is named and not given; it was made, with address 192.168.0.13 and Pod range 10.244.3.0/24.',
    ]);
  });

  test("begins at .11 and the second /24, and takes the range that a Node's Pods already show", () => {
    const { warnings } = completed(
      objectsFromText("namespace s\npod s/a n1 - app=a\npod s/b n2 10.244.7.5 app=a ready\npod s/c n3 - app=a"),
    );
    expect(warnings.map((text) => text.replace(/^.*, with /, ""))).toEqual([
      "address 192.168.0.11 and Pod range 10.244.1.0/24.",
      "address 192.168.0.12 and Pod range 10.244.7.0/24.",
      "address 192.168.0.13 and Pod range 10.244.2.0/24.",
    ]);
  });

  test("is nothing where all is given", () => {
    expect(completed(objectsFromText("namespace s\nnode n 192.168.0.11 10.244.1.0/24 zone-a\npod s/a n - app=a")).warnings).toEqual([]);
  });

  test("the API server keeps default/kubernetes itself, without a word", () => {
    const { names, warnings } = completed(objectsFromText("node control-plane 192.168.0.10 10.244.0.0/24 zone-a"), true);
    expect(names).toContain("Service default/kubernetes");
    expect(names).toContain("EndpointSlice default/kubernetes");
    expect(warnings).toEqual([]);
  });
});
