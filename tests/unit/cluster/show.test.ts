import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { ConfigMap, Kind } from "../../../src/cluster/objects";
import { kubectlGet, yamlOf } from "../../../src/cluster/show";
import { seconds, simTime } from "../../../src/engine/time";
import { objectsFromText } from "../../fixtures/cluster-from-text";

const RUNS = { numRuns: Number(process.env.KUBEWALK_PROPERTY_RUNS ?? "50") };

function get(kind: Kind, text: string, options: Parameters<typeof kubectlGet>[3] = {}): string {
  return `\n${kubectlGet(kind, objectsFromText(text), simTime(seconds(192)), options)}`;
}

describe("kubectl get", () => {
  it("prints Pods", () => {
    const pods = `
      pod shop/my-app-1 node-a 10.244.1.2 app=my-app ready
      pod shop/my-app-22 node-b 10.244.2.2 app=my-app ready terminating
      pod shop/my-app-3 node-b - app=my-app
      pod shop/my-app-4 - - app=my-app`;
    expect(get("Pod", pods)).toBe(`
NAME        READY   STATUS              RESTARTS   AGE
my-app-1    1/1     Running             0          3m12s
my-app-22   1/1     Terminating         0          3m12s
my-app-3    0/1     ContainerCreating   0          3m12s
my-app-4    0/1     Pending             0          3m12s
`);
    expect(get("Pod", "pod shop/my-app-1 node-a 10.244.1.2 app=my-app ready", { wide: true, allNamespaces: true })).toBe(`
NAMESPACE   NAME       READY   STATUS    RESTARTS   AGE     IP           NODE     NOMINATED NODE   READINESS GATES
shop        my-app-1   1/1     Running   0          3m12s   10.244.1.2   node-a   <none>           <none>
`);
  });

  it("prints Services", () => {
    expect(
      get(
        "Service",
        "service kube-system/kube-dns 10.96.0.10 dns:53/UDP,dns-tcp:53,metrics:9153 k8s-app=kube-dns\nservice shop/db None 5432 -",
        { wide: true },
      ),
    ).toBe(`
NAME       TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)                  AGE     SELECTOR
kube-dns   ClusterIP   10.96.0.10   <none>        53/UDP,53/TCP,9153/TCP   3m12s   k8s-app=kube-dns
db         ClusterIP   None         <none>        5432/TCP                 3m12s   <none>
`);
  });

  it("prints EndpointSlices", () => {
    expect(
      get(
        "EndpointSlice",
        "slice shop/web-x web http:8080 10.244.1.2@node-a,10.244.1.3@node-a,10.244.2.2@node-b,10.244.2.3@node-b\nslice shop/none-x none - -",
      ),
    ).toBe(`
NAME     ADDRESSTYPE   PORTS     ENDPOINTS                                      AGE
web-x    IPv4          8080      10.244.1.2,10.244.1.3,10.244.2.2 + 1 more...   3m12s
none-x   IPv4          <unset>   <unset>                                        3m12s
`);
  });

  it("prints Nodes and Deployments", () => {
    expect(
      get("Node", "node node-a 192.168.0.11 10.244.1.0/24 zone-a unschedulable\nnode node-b 192.168.0.12 10.244.2.0/24 zone-b notready", {
        wide: true,
      }),
    ).toBe(`
NAME     STATUS                     ROLES    AGE         INTERNAL-IP
node-a   Ready,SchedulingDisabled   <none>   <unknown>   192.168.0.11
node-b   NotReady                   <none>   <unknown>   192.168.0.12
`);
    expect(get("Deployment", "deployment shop/my-app 2 app=my-app")).toBe(`
NAME     READY   UP-TO-DATE   AVAILABLE   AGE
my-app   0/2     0            0           3m12s
`);
    expect(get("ConfigMap", "")).toBe("\nNo resources found\n");
  });
});

describe("kubectl get -o yaml", () => {
  it("sorts keys, keeps lists at their key's indent, and quotes only what must be", () => {
    const [service] = objectsFromText("service shop/web 10.96.0.20 http:80->http version=1,app=web,on=yes");
    if (service === undefined) throw new Error("no Service");
    expect(yamlOf(service)).toBe(`apiVersion: v1
kind: Service
metadata:
  creationTimestamp: "2026-01-01T00:00:00Z"
  name: web
  namespace: shop
  uid: uid-service-shop-web
spec:
  clusterIP: 10.96.0.20
  clusterIPs:
  - 10.96.0.20
  ports:
  - name: http
    port: 80
    protocol: TCP
    targetPort: http
  selector:
    app: web
    "on": "yes"
    version: "1"
  type: ClusterIP
`);
  });

  it("shows texts of several lines as a block", () => {
    const config: ConfigMap = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "coredns" },
      data: { Corefile: ".:53 {\n    errors\n\n    ready\n}\n", open: "a\nb" },
    };
    expect(yamlOf(config)).toBe(`apiVersion: v1
data:
  Corefile: |
    .:53 {
        errors

        ready
    }
  open: |-
    a
    b
kind: ConfigMap
metadata:
  name: coredns
`);
  });

  it("is read back as what it was, whatever the texts", () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom("a", "1", ":", " ", "\n", "-", "#", "'", '"', "\t", "0", "e", ".", "~", "é", "{", "y") }),
    );
    fc.assert(
      fc.property(fc.dictionary(text, text), (data) => {
        const config: ConfigMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data };
        expect(parse(yamlOf(config))).toEqual(config);
      }),
      { numRuns: RUNS.numRuns * 5 },
    );
  });
});
