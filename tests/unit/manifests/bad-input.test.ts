import { describe, expect, it } from "vitest";
import { problemLine } from "../../../src/base/result";
import { MAX_MANIFEST_SIZE, loadManifests, loadObjects, sizeProblem } from "../../../src/manifests/load";

/** The one line that a bad text is answered with, or "fine" and the warnings. */
function said(text: string): string {
  const loaded = loadManifests({ name: "app.yaml", text });
  return loaded.ok ? ["fine", ...loaded.value.warnings].join("\n") : problemLine(loaded.problem);
}

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  selector:
    app: web
  ports:
  - name: http
    port: 80
`;

const TABLE: readonly (readonly [what: string, text: string, line: string])[] = [
  ["a tab", SERVICE.replace("  ports:", "\tports:"), "app.yaml:9:1: a tab is used for indentation; YAML expects spaces"],
  [
    "a tab in the last line",
    "apiVersion: v1\nkind: Service\nmetadata:\n\tname: web",
    "app.yaml:4:1: a tab is used for indentation; YAML expects spaces",
  ],
  [
    "port 70000",
    SERVICE.replace("port: 80", "port: 70000"),
    'app.yaml:11:11: Service "web" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
  ],
  [
    "a port in words",
    SERVICE.replace("port: 80", "port: eighty"),
    'app.yaml:11:11: Service: spec.ports[0].port: expected a whole number, got the text "eighty"',
  ],
  ["a missing port", SERVICE.replace("    port: 80\n", ""), "app.yaml:10:5: Service: spec.ports[0].port: is missing, and is required"],
  ["a name twice", `${SERVICE}---\n${SERVICE}`, "app.yaml:16:9: Service shop/web stands twice, first at line 4; expected each name once"],
  [
    "an address out of range",
    SERVICE.replace("spec:", "spec:\n  clusterIP: 192.168.0.1"),
    'app.yaml:7:14: Service "web" is invalid: spec.clusterIPs: Invalid value: ["192.168.0.1"]: failed to allocate IP 192.168.0.1: the provided network does not match the current range (ClusterIPs here are from 10.96.0.0/12)',
  ],
  [
    "an address twice",
    `${SERVICE.replace("spec:", "spec:\n  clusterIP: 10.96.0.9")}---\n${SERVICE.replace("name: web", "name: api").replace("spec:", "spec:\n  clusterIP: 10.96.0.9")}`,
    'app.yaml:20:14: Service "api" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.9"]: failed to allocate IP 10.96.0.9: provided IP is already allocated (ClusterIPs here are from 10.96.0.0/12)',
  ],
  [
    "an empty file",
    "",
    "app.yaml:1:1: there is no Kubernetes object in this text; expected at least one, with apiVersion, kind and metadata",
  ],
  [
    "only comments",
    "# nothing\n---\n# here\n",
    "app.yaml:1:1: there is no Kubernetes object in this text; expected at least one, with apiVersion, kind and metadata",
  ],
  [
    "cut off in a key",
    SERVICE.slice(0, SERVICE.indexOf("tor:")),
    'app.yaml:7:3: Service: spec: expected an object with fields, got the text "selec"; the text ends here, is it cut off?',
  ],
  [
    "cut off behind a key",
    SERVICE.slice(0, SERVICE.indexOf("app: web") + 3),
    'app.yaml:8:5: Service: spec.selector: expected pairs of key and text, got the text "app"; the text ends here, is it cut off?',
  ],
  [
    "JSON that is cut off",
    '{"apiVersion": "v1", "kind": "Service",\n "metadata": {"name": "web"',
    "app.yaml:2:27: flow map in block collection must be sufficiently indented and end with a }; the text ends here, is it cut off?",
  ],
  [
    "a text without an end",
    SERVICE.replace("port: 80", 'port: "80'),
    'app.yaml:11:13: missing closing "quote; the text ends here, is it cut off?',
  ],
  [
    "a key twice",
    SERVICE.replace("  selector:", "  ports: []\n  selector:"),
    "app.yaml:10:3: this key stands twice in one mapping; expected once",
  ],
  ["no kind", "apiVersion: v1\nmetadata:\n  name: web\n", "app.yaml:1:1: kind is missing; expected a text such as Service"],
  [
    "no name",
    "apiVersion: v1\nkind: Service\nmetadata:\n  labels: {}\n",
    "app.yaml:3:1: metadata.name is missing; every Service needs a name",
  ],
  ["a list at the top", "- a\n- b\n", "app.yaml:1:1: expected a Kubernetes object with apiVersion, kind and metadata"],
  ["plain words", "hello there\n", "app.yaml:1:1: expected a Kubernetes object with apiVersion, kind and metadata"],
  [
    "a name with a capital",
    SERVICE.replace("name: web", "name: Web"),
    "app.yaml:4:9: Service \"Web\" is invalid: metadata.name: Invalid value: \"Web\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
  ],
  [
    "a label that is a number",
    SERVICE.replace("app: web", "app.kubernetes.io/version: 1"),
    'app.yaml:8:32: Service: spec.selector.app.kubernetes.io/version: expected a text, got 1; write "1" in quotes',
  ],
  [
    "an unknown protocol",
    SERVICE.replace("port: 80", "port: 80\n    protocol: FOO"),
    'app.yaml:12:15: Service "web" is invalid: spec.ports[0].protocol: Unsupported value: "FOO": supported values: "SCTP", "TCP", "UDP"',
  ],
  ["an alias without an anchor", SERVICE.replace("app: web", "app: *name"), "app.yaml:8:10: the alias *name has no anchor &name before it"],
  [
    "an error in a later document, after one with Windows line ends",
    `${SERVICE.replaceAll("\n", "\r\n")}---\r\n${SERVICE.replace("name: web", "name: api").replace("port: 80", "port: 0")}`,
    'app.yaml:23:11: Service "api" is invalid: spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
  ],
  [
    "a Deployment whose selector misses its Pods",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata:\n      labels: {app: wep}\n    spec: {containers: [{name: a}]}\n",
    'app.yaml:8:15: Deployment "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"wep"}: `selector` does not match template `labels`',
  ],
  [
    "replicas below zero, in an item of a List",
    "apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: web}\n  spec:\n    replicas: -1\n    selector: {matchLabels: {app: web}}\n    template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a}]}}\n",
    'app.yaml:8:15: Deployment "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    "a Pod range that is none",
    "apiVersion: v1\nkind: Node\nmetadata:\n  name: node-a\nspec:\n  podCIDR: 10.244.1.0\n",
    'app.yaml:6:12: Node "node-a" is invalid: spec.podCIDR: Invalid value: "10.244.1.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
  ],
  [
    "an address in a slice that is none",
    "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata:\n  name: web-1\naddressType: IPv4\nendpoints:\n- addresses: [10.244.1.2]\n- addresses: [10.244.1.256]\n",
    'app.yaml:8:15: EndpointSlice "web-1" is invalid: endpoints[1].addresses[0]: Invalid value: "10.244.1.256": must be a valid IPv4 address',
  ],
  [
    "containerPort 70000",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    ports: [{containerPort: 70000}]\n",
    'app.yaml:7:29: Pod "a" is invalid: spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
  ],
];

describe("bad input", () => {
  it.each(TABLE)("%s gets one line that says where and what", (_, text, line) => {
    expect(said(text)).toBe(line);
  });

  it("bounds aliases", () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
    for (const [at, name] of [..."bcdefghij"].entries())
      bomb.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${"abcdefghi".charAt(at)}`).join(", ")}]`);
    expect(said(bomb.join("\n"))).toBe("app.yaml:1:1: the aliases (*name) of this document expand to too much; at most 100 are read");
    expect(said(`a: [${Array.from({ length: 2000 }, (_, index) => `&n${index} x, *n${index}`).join(", ")}]`)).toMatch(
      /^app.yaml:1:\d+: this document has more than 1000 aliases/,
    );
  });

  it.each([
    ["a little too deep, in YAML", `a: ${"[".repeat(150)}${"]".repeat(150)}`],
    ["a little too deep, in JSON", `${'{"a":'.repeat(150)}1${"}".repeat(150)}`],
    ["much too deep, in YAML", `a: ${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["much too deep, in JSON", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
  ])("bounds nesting: %s", (_, text) => {
    expect(said(text)).toBe("app.yaml:1:1: this document is nested more than 100 levels deep; no Kubernetes object is");
  });

  it("refuses what is too large before reading it", () => {
    expect(sizeProblem("big.yaml", MAX_MANIFEST_SIZE)).toBeUndefined();
    expect(problemLine(sizeProblem("big.yaml", MAX_MANIFEST_SIZE + 1) ?? { message: "" })).toBe(
      "big.yaml: the file has 65 MB; at most 64 MB are read",
    );
  });

  it("names the place in a list of objects as a path", () => {
    const service = { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: { ports: [{ port: 70_000 }] } };
    const answers = [
      [service],
      [service, null],
      [[]],
      [{ ...service, spec: 3 }],
      [{ apiVersion: "v1", kind: "List", items: [service] }],
    ].map((list) => {
      const loaded = loadObjects(list);
      return loaded.ok ? "fine" : problemLine(loaded.problem);
    });
    expect(answers).toEqual([
      'objects[0].spec.ports[0].port: Service "web" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'objects[0].spec.ports[0].port: Service "web" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
      "objects[0]: expected a Kubernetes object with apiVersion, kind and metadata",
      "objects[0].spec: Service: spec: expected an object with fields, got 3",
      'objects[0].items[0].spec.ports[0].port: Service "web" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ]);
  });

  it("keeps kinds that are not simulated, and says so", () => {
    const ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n  namespace: shop\n";
    const knative = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: web}\n";
    expect(said(`${ingress}---\n${knative}`)).toBe(
      [
        "fine",
        "app.yaml:1:1: kind Ingress (networking.k8s.io/v1) is not simulated; Ingress shop/web is kept and has no effect",
        "app.yaml:7:1: kind Service (serving.knative.dev/v1) is not simulated; Service web is kept and has no effect",
      ].join("\n"),
    );
  });

  it("takes a selector that matches nothing: it is said on the Service, not here", () => {
    expect(said(SERVICE)).toBe("fine");
  });
});
