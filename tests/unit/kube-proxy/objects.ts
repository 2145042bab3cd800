/** Services and slices from few words, for the tests of this room. */
import type { Endpoint, EndpointSlice, Service, ServicePort } from "../../../src/cluster/objects";
import type { SyncInput } from "../../../src/node/agents/kube-proxy/iptables/proxy-state";
import { DEFAULT_PROXY_SETTINGS, type ProxySettings } from "../../../src/node/agents/kube-proxy/settings";
import { viewOf } from "../../packet-flow/kube-proxy/view-of";

export const NODE = { name: "node-a", zone: "zone-a", addresses: ["192.168.0.11"] };

/** `shop/web` at an address, one TCP port `http` 80 unless told otherwise. */
export function service(key: string, clusterIP: string, spec: Partial<Service["spec"]> = {}, more: Partial<Service> = {}): Service {
  const [namespace = "", name = ""] = key.split("/");
  const ports: readonly ServicePort[] = [{ name: "http", port: 80, protocol: "TCP" }];
  return { apiVersion: "v1", kind: "Service", metadata: { namespace, name }, spec: { clusterIP, ports, ...spec }, ...more };
}

/** A slice of `shop/web` for port `http` 8080. */
export function slice(key: string, endpoints: readonly (string | Endpoint)[], suffix = "a"): EndpointSlice {
  const [namespace = "", name = ""] = key.split("/");
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { namespace, name: `${name}-${suffix}`, labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    endpoints: endpoints.map((one) => (typeof one === "string" ? endpoint(one) : one)),
  };
}

/** `10.244.1.2`, or `10.244.1.2@node-a`, then any of `unready`, `serving`, `terminating`, `zone=…`, `node=…`. */
export function endpoint(text: string): Endpoint {
  const [place = "", ...words] = text.split(" ");
  const [address = "", nodeName] = place.split("@");
  const hints = (kind: string) =>
    words.filter((word) => word.startsWith(`${kind}=`)).map((word) => ({ name: word.slice(kind.length + 1) }));
  const terminating = words.includes("terminating");
  return {
    addresses: [address],
    conditions: { ready: !words.includes("unready") && !terminating, serving: !words.includes("unready"), terminating },
    ...(nodeName === undefined ? {} : { nodeName }),
    hints: { forZones: hints("zone"), forNodes: hints("node") },
  };
}

export function inputOf(objects: readonly (Service | EndpointSlice)[], settings: Partial<ProxySettings> = {}): SyncInput {
  return { view: viewOf(objects), settings: { ...DEFAULT_PROXY_SETTINGS, ...settings }, node: NODE };
}
