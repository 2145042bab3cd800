import { describe, expect, it } from "vitest";
import type { KubeObject, Pod, Service } from "../../../src/cluster/objects";
import { showFieldError, validate } from "../../../src/cluster/validation";
import { objectsFromText } from "../../fixtures/cluster-from-text";

function said(object: KubeObject): string {
  return validate(object).map(showFieldError).join("\n");
}

function service(spec: Partial<Service["spec"]>, name = "web"): Service {
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace: "shop" }, spec: { ports: [{ port: 80 }], ...spec } };
}

function pod(spec: Partial<Pod["spec"]>): Pod {
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "shop" }, spec: { containers: [{ name: "app" }], ...spec } };
}

describe("validation", () => {
  it("finds nothing wrong with ordinary objects", () => {
    const objects = objectsFromText(`
      namespace shop
      node node-a 192.168.0.11 10.244.1.0/24 zone-a
      deployment shop/web 2 app=web http=8080
      replicaset shop/web-abc 2 app=web http=8080
      statefulset shop/db 1 app=db sql=5432
      service shop/web 10.96.0.20 http:80->http,dns:53/UDP->53 app=web
      pod shop/web-1 node-a 10.244.1.2 app=web ready http=8080
      slice shop/web-x web http:8080 10.244.1.2@node-a
      configmap shop/c a=b`);
    expect(objects.map(said).join("")).toBe("");
    expect(objects.length).toBe(9);
  });

  it.each<readonly [string, KubeObject]>([
    ["spec.ports[1].name: Required value", service({ ports: [{ name: "a", port: 80 }, { port: 81 }] })],
    [
      'spec.ports[1].name: Duplicate value: "a"',
      service({
        ports: [
          { name: "a", port: 80 },
          { name: "a", port: 81 },
        ],
      }),
    ],
    [
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
      service({
        ports: [
          { name: "a", port: 80 },
          { name: "b", port: 80 },
        ],
      }),
    ],
    [
      "",
      service({
        ports: [
          { name: "a", port: 53, protocol: "UDP" },
          { name: "b", port: 53, protocol: "TCP" },
        ],
      }),
    ],
    ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'", service({ ports: [{ port: 80, nodePort: 30_080 }] })],
    [
      "spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services",
      service({ type: "NodePort", clusterIP: "None" }),
    ],
    [
      'spec.ports[0].targetPort: Invalid value: "Http": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      service({ ports: [{ port: 80, targetPort: "Http" }] }),
    ],
    [
      'spec.ports[0].targetPort: Invalid value: "8080": must contain at least one letter (a-z)',
      service({ ports: [{ port: 80, targetPort: "8080" }] }),
    ],
    ['metadata.name: Invalid value: "' + "a".repeat(64) + '": must be no more than 63 characters', service({}, "a".repeat(64))],
    ["spec.externalName: Required value", service({ type: "ExternalName" })],
    ["spec.containers: Required value", pod({ containers: [] })],
    ['spec.containers[1].name: Duplicate value: "app"', pod({ containers: [{ name: "app" }, { name: "app" }] })],
    [
      "spec.containers[0].ports[0].containerPort: Invalid value: 0: must be between 1 and 65535, inclusive",
      pod({ containers: [{ name: "app", ports: [{ containerPort: 0 }] }] }),
    ],
    [
      'spec.containers[0].ports[0].name: Invalid value: "much-too-long-a-name": must be no more than 15 characters',
      pod({ containers: [{ name: "app", ports: [{ name: "much-too-long-a-name", containerPort: 80 }] }] }),
    ],
    ['metadata.name: Invalid value: "a.b": must not contain dots', { apiVersion: "v1", kind: "Namespace", metadata: { name: "a.b" } }],
    [
      "metadata.namespace: Forbidden: not allowed on this type",
      { apiVersion: "v1", kind: "Node", metadata: { name: "a", namespace: "shop" } },
    ],
    [
      "endpoints[0].addresses: Required value: must contain at least 1 address",
      {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { name: "a", namespace: "shop" },
        addressType: "IPv4",
        endpoints: [{ addresses: [] }],
      },
    ],
    [
      "spec.selector: Invalid value: {}: empty selector is invalid for deployment",
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "a", namespace: "shop" },
        spec: { selector: {}, template: { spec: { containers: [{ name: "app" }] } } },
      },
    ],
  ])("says %s", (text, object) => {
    expect(said(object)).toBe(text);
  });
});
