import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draw } from "../../../src/base/draw";
import { commit } from "../../../src/cluster/api-server";
import { kubectlGet, yamlOf } from "../../../src/cluster/show";
import { Store } from "../../../src/cluster/store";
import { simTime } from "../../../src/engine/time";
import { ManifestLoad, loadManifests, loadObjects } from "../../../src/manifests/load";
import { pieces } from "../../../src/manifests/split";
import { namesOf, objectsFromText } from "../../fixtures/cluster-from-text";

const RUNS = { numRuns: Number(process.env.KUBEWALK_PROPERTY_RUNS ?? "50") };

/** `Kind ns/name @place` of every object. */
function loaded(text: string): readonly string[] {
  const result = loadManifests({ name: "f", text });
  if (!result.ok) return [result.problem.message];
  return result.value.objects.map(({ object, at }) => `${namesOf([object])} @${at}`);
}

const CONFIG = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

describe("loading", () => {
  it("reads several documents, with comments, directives and empty ones between", () => {
    const text = `# first\n%YAML 1.2\n---\n${CONFIG("a")}---\n# nothing here\n---\n${CONFIG("b")}...\n---\n${CONFIG("c")}`;
    expect(loaded(text)).toEqual(["ConfigMap default/a @f:4:1", "ConfigMap default/b @f:11:1", "ConfigMap default/c @f:17:1"]);
  });

  it("does not cut a document at a line that only looks like an end", () => {
    const text = `${CONFIG("a")}data:\n  text: |\n    --- not here\n    ...\n  other: "x\n    ---y"\n`;
    const result = loadManifests({ name: "f", text });
    expect(result.ok && result.value.objects[0]?.object).toMatchObject({ data: { text: "--- not here\n...\n", other: "x ---y" } });
  });

  it("unpacks Lists, as YAML and as JSON", () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${CONFIG("a").trimEnd().replaceAll("\n", "\n  ")}\n- ${CONFIG("b").trimEnd().replaceAll("\n", "\n  ")}\n`;
    expect(loaded(list)).toEqual(["ConfigMap default/a @f:4:3", "ConfigMap default/b @f:8:3"]);
    const items = ["a", "b"].map((name) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } }));
    const json = JSON.stringify({ apiVersion: "v1", kind: "ConfigMapList", items }, null, 1);
    expect(loaded(json)).toEqual(["ConfigMap default/a @f:5:3", "ConfigMap default/b @f:12:3"]);
  });

  it.each(["yaml", "json"])("reads a long List (%s) item by item, with the places it has in the file", (form) => {
    const count = 600;
    const values = Array.from({ length: count }, (_, index) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: `c${index}` },
      data: { text: `${"[x]{".repeat(40)}\\"` },
    }));
    const yaml = `apiVersion: v1\nitems:\n${values.map((value) => `- apiVersion: v1\n  data:\n    text: '${value.data.text}'\n  kind: ConfigMap\n  metadata:\n    name: ${value.metadata.name}\n`).join("")}kind: List\nmetadata:\n  resourceVersion: ""\n`;
    const text = form === "yaml" ? yaml : JSON.stringify({ apiVersion: "v1", items: values, kind: "List" }, null, 2);
    const load = new ManifestLoad({ name: "f", text });
    let steps = 0;
    let last = 0;
    for (let step = load.step(); !step.done; step = load.step()) {
      steps += 1;
      expect(step.read).toBeGreaterThan(last);
      last = step.read;
    }
    expect(steps).toBe(count);
    const result = load.result();
    if (!result.ok) throw new Error(result.problem.message);
    expect(result.value.objects.length).toBe(count);
    const [, line = "", column = ""] = (result.value.objects.at(-1)?.at ?? "").split(":");
    const lines = text.split("\n");
    expect(lines[Number(line) - 1]?.slice(Number(column) - 1)).toBe(form === "yaml" ? "apiVersion: v1" : "{");
    expect(result.value.objects.at(-1)?.object).toEqual(values.at(-1));
  });

  it("finds the wrong item of a long List at its own line", () => {
    const items = Array.from(
      { length: 900 },
      (_, index) =>
        `- apiVersion: v1\n  data: {text: "${"x".repeat(60)}"}\n  kind: ConfigMap\n  metadata: {name: ${index === 700 ? "c3" : `c${index}`}}\n`,
    );
    const text = `apiVersion: v1\nitems:\n${items.join("")}kind: List\n`;
    expect(text.length).toBeGreaterThan(64 * 1024);
    const result = loadManifests({ name: "f", text });
    expect(result.ok ? "fine" : `${result.problem.at} ${result.problem.message}`).toBe(
      "f:2806:20 ConfigMap default/c3 stands twice, first at line 18; expected each name once",
    );
  });

  it("takes null as not given, and fills what the API prints as nothing", () => {
    const text =
      "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata:\n  name: a\n  creationTimestamp: null\naddressType: IPv4\nendpoints: null\nports: null\n";
    const result = loadManifests({ name: "f", text });
    expect(result.ok && result.value.objects[0]?.object).toEqual({
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: "a" },
      addressType: "IPv4",
      endpoints: [],
    });
  });

  it("follows anchors and merges", () => {
    const text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: &l {app: web}\n  annotations: {<<: *l, more: x}\n";
    const result = loadManifests({ name: "f", text });
    expect(result.ok && result.value.objects[0]?.object.metadata.annotations).toEqual({ app: "web", more: "x" });
  });

  it("lets Services of a list stand as given: any address, no ports", () => {
    const [a, b] = ["a", "b"].map((name) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name },
      spec: { clusterIP: "172.30.0.41" },
    }));
    expect(loadObjects([a, b]).ok).toBe(true);
    const strict = loadObjects([a], "objects", { serviceCIDRs: ["10.96.0.0/12"] });
    expect(strict.ok ? "" : strict.problem.message).toContain("spec.ports: Required value");
  });

  it("reads back everything that is printed", () => {
    const objects = objectsFromText(`
      namespace shop
      node node-a 192.168.0.11 10.244.1.0/24 zone-a taint=a
      deployment shop/web 2 app=web http=8080
      service shop/web 10.96.0.20 http:80->http app=web
      pod shop/web-1 node-a 10.244.1.2 app=web ready http=8080 owner=ReplicaSet/web-abc
      slice shop/web-x web http:8080 10.244.1.2@node-a,10.244.1.3@node-a!notready`);
    const result = loadManifests({ name: "f", text: objects.map((object) => `---\n${yamlOf(object)}`).join("") });
    expect(result.ok && result.value.objects.map(({ object }) => object)).toEqual(objects);
  });
});

describe("cutting", () => {
  it("loses and repeats nothing, and counts lines right", () => {
    const line = fc.constantFrom("---", "...", "a: 1", "# c", "", "--- # c", "----", "  - b", "%YAML 1.2", "---\r");
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const text = lines.join("\n");
        const cut = [...pieces(text)];
        expect(cut.map((piece) => piece.text).join("")).toBe(text);
        let before = "";
        for (const piece of cut) {
          expect(piece.line).toBe(before.split("\n").length);
          before += piece.text;
          expect(piece.end).toBe(before.length);
        }
      }),
      RUNS,
    );
  });
});

describe("the example two-apps", () => {
  const text = readFileSync("public/examples/two-apps.yaml", "utf8");

  it("loads without a word and lacks nothing", () => {
    const result = loadManifests({ name: "two-apps.yaml", text });
    if (!result.ok) throw new Error(result.problem.message);
    const objects = result.value.objects.map(({ object }) => object);
    expect(result.value.warnings).toEqual([]);
    expect(namesOf(objects)).toBe(
      [
        "Node control-plane",
        "Node node-a",
        "Node node-b",
        "Namespace default",
        "Namespace kube-system",
        "Namespace shop",
        "Deployment shop/my-app",
        "Service shop/my-app-svc",
        "Deployment shop/your-app",
        "Service shop/your-app-svc",
        "Deployment kube-system/coredns",
        "Service kube-system/kube-dns",
        "ConfigMap kube-system/coredns",
      ].join("\n"),
    );
  });

  it("goes into a store through the API server, each Service with an address", () => {
    const result = loadManifests({ name: "two-apps.yaml", text });
    if (!result.ok) throw new Error(result.problem.message);
    const store = new Store();
    const objects = result.value.objects.map(({ object }) => object);
    const ordered = [...objects.filter(({ kind }) => kind === "Namespace"), ...objects.filter(({ kind }) => kind !== "Namespace")];
    const problems = ordered.flatMap((object) => {
      const n = store.head;
      const done = commit(
        store,
        { verb: "create", object },
        { at: simTime(0), event: -1, serviceCIDRs: ["10.96.0.0/12"], draw: (who, what) => draw(1, who, what, n), asGiven: true },
      );
      return done.ok ? [] : [done.problem.message];
    });
    expect(problems).toEqual([]);
    expect(kubectlGet("Service", store.latest().list("Service"), simTime(0), { allNamespaces: true })).toBe(
      `NAMESPACE     NAME           TYPE        CLUSTER-IP       EXTERNAL-IP   PORT(S)                  AGE
kube-system   kube-dns       ClusterIP   10.96.0.10       <none>        53/UDP,53/TCP,9153/TCP   0s
shop          my-app-svc     ClusterIP   10.108.113.190   <none>        80/TCP                   0s
shop          your-app-svc   ClusterIP   10.103.5.55      <none>        80/TCP                   0s
`,
    );
  });
});
