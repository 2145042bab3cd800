/** What the scenario `names` has beside two-apps' objects: other settings of CoreDNS, and things with names of every kind. */

const COREFILE = `.:53 {
    errors
    health {
        lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
        max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`;

const SHOP = "shop";

/** A Pod that asks, with something of its own in resolv.conf. */
function asker(name: string, dns: Readonly<Record<string, unknown>>): unknown {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: SHOP },
    spec: { ...dns, containers: [{ name: "main", image: "registry.example/asker:1.0" }] },
  };
}

/** The add-on's Corefile (cluster/addons/dns/coredns): plain `cache 30`. */
const ADDON_COREFILE: unknown = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "coredns", namespace: "kube-system" },
  data: { Corefile: COREFILE },
};

/** A headless Service: its name leads to the Pods themselves. */
const HEADLESS: unknown = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "your-app-pods", namespace: SHOP },
  spec: { clusterIP: "None", selector: { app: "your-app" }, ports: [{ name: "http", port: 8080, targetPort: "http" }] },
};

/** An alias for a name outside. */
const ALIAS: unknown = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "website", namespace: SHOP },
  spec: { type: "ExternalName", externalName: "www.example.com" },
};

const EXTRA: readonly unknown[] = [
  ADDON_COREFILE,
  HEADLESS,
  ALIAS,
  asker("ndots-1", { dnsConfig: { options: [{ name: "ndots", value: "1" }] } }),
  asker("node-resolver", { dnsPolicy: "Default" }),
];

function isCorefile(object: unknown): boolean {
  return typeof object === "object" && object !== null && "kind" in object && object.kind === "ConfigMap";
}

/** Two-apps' objects with the Corefile changed and more names. */
export function namesObjects(twoApps: readonly unknown[]): readonly unknown[] {
  return [...twoApps.filter((object) => !isCorefile(object)), ...EXTRA];
}
