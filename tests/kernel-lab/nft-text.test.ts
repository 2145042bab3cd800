/**
 * The kernel takes our nftables transactions as they are, and what `nft list ruleset` prints afterwards is our listing,
 * byte for byte: after a first sync, after every partial one, over what an older kube-proxy left, and for random
 * clusters. Nothing is masked but the time left to a dynamic element, which runs on while one looks.
 */
import { execFileSync, spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EndpointSlice, Service } from "../../src/cluster/objects";
import { seconds, simTime } from "../../src/engine/time";
import type { NftProxyState } from "../../src/node/agents/kube-proxy/nftables/proxy-state";
import { syncNft } from "../../src/node/agents/kube-proxy/nftables/sync";
import { cleanupText, nftListText, nftScript, transactionText } from "../../src/node/agents/kube-proxy/nftables/text";
import type { ProxySettings } from "../../src/node/agents/kube-proxy/settings";
import { DynamicSets } from "../../src/node/kernel/nftables/dynamic-sets";
import { listText } from "../../src/node/kernel/nftables/show";
import { service, slice } from "../unit/kube-proxy/objects";
import { nftInputOf } from "../unit/kube-proxy-nftables/input";
import { someServices } from "../unit/kube-proxy-nftables/some-services";

const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "30");

function hasNft(): boolean {
  const missing = spawnSync("nft", ["--version"]).status !== 0;
  if (missing) console.info("nftables listings are not compared: nft is not installed");
  return !missing;
}

function load(script: string): void {
  const done = spawnSync("nft", ["-f", "-"], { input: script, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${done.stderr}\n${script}`);
}

function list(): string {
  return execFileSync("nft", ["list", "ruleset"], { encoding: "utf8" });
}

function empty(): void {
  execFileSync("nft", ["flush", "ruleset"]);
}

type Objects = readonly (Service | EndpointSlice)[];

const PORTS = [
  { name: "http", port: 80, protocol: "TCP", nodePort: 30_080 },
  { name: "https", port: 443, protocol: "TCP", nodePort: 31_000 },
] as const;

const BALANCED = { loadBalancer: { ingress: [{ ip: "198.51.100.5" }, { ip: "198.51.100.6" }] } };

const CLUSTERS: Readonly<Record<string, { readonly objects: Objects; readonly settings?: Partial<ProxySettings> }>> = {
  "no Services at all": { objects: [] },
  "one Service with endpoints, one without": {
    objects: [service("shop/web", "10.96.0.20"), service("shop/empty", "10.96.0.30"), slice("shop/web", ["10.244.1.2", "10.244.2.2"])],
  },
  "a load balancer with source ranges that touch, external IPs, NodePorts, external policy Local": {
    objects: [
      service(
        "shop/web",
        "10.96.0.20",
        {
          type: "LoadBalancer",
          ports: PORTS,
          externalIPs: ["192.0.2.5"],
          externalTrafficPolicy: "Local",
          loadBalancerSourceRanges: ["203.0.113.0/25", "203.0.113.128/25", "192.168.0.0/24", "10.1.2.3/32"],
        },
        { status: BALANCED },
      ),
      slice("shop/web", ["10.244.1.2@node-a", "10.244.2.2@node-b"]),
    ],
  },
  "ClientIP affinity, twelve endpoints, masquerading everything": {
    objects: [
      service("shop/web", "10.96.0.20", { sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds: 5430 } } }),
      slice(
        "shop/web",
        [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13].map((last) => `10.244.1.${last}`),
      ),
    ],
    settings: { masqueradeAll: true, masqueradeMark: "0x8000" },
  },
  "NodePorts on every address, two service ranges, local traffic by bridge": {
    objects: [
      service("shop/web", "10.96.0.20", { type: "NodePort", ports: PORTS, externalTrafficPolicy: "Local" }),
      slice("shop/web", ["10.244.1.2"]),
    ],
    settings: {
      nodePortAddresses: ["0.0.0.0/0"],
      serviceCIDRs: ["10.96.0.0/12", "10.0.0.0/24"],
      detectLocalMode: "BridgeInterface",
      detectLocalInterface: "lo",
    },
  },
  "local traffic by the beginning of an interface's name, no service range": {
    objects: [
      service("shop/web", "10.96.0.20", { type: "NodePort", ports: PORTS, externalTrafficPolicy: "Local" }),
      slice("shop/web", ["10.244.1.2@node-a"]),
    ],
    settings: { serviceCIDRs: [], detectLocalMode: "InterfaceNamePrefix", detectLocalInterface: "veth" },
  },
};

describe.skipIf(!hasNft())("nft", () => {
  for (const [name, { objects, settings }] of Object.entries(CLUSTERS)) {
    test(`takes our script and lists our text: ${name}`, () => {
      empty();
      const input = nftInputOf(objects, settings);
      load(nftScript(input));
      expect(list()).toBe(nftListText(input));
    });
  }

  test("follows every partial sync: stale chains stand empty, go, and come back at the end", () => {
    empty();
    const web = service("shop/web", "10.96.0.20");
    const api = service("shop/api", "10.96.0.21", { sessionAffinity: "ClientIP" });
    const briefly = { sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } };
    const steps: readonly Objects[] = [
      [web, slice("shop/web", ["10.244.1.2", "10.244.1.3"])],
      [web, slice("shop/web", ["10.244.1.2"]), api, slice("shop/api", ["10.244.1.9"])],
      [web, slice("shop/web", ["10.244.1.4"]), api],
      [web, slice("shop/web", ["10.244.1.3"]), api, slice("shop/api", ["10.244.1.9", "10.244.1.8"])],
      [service("shop/api", "10.96.0.21", { sessionAffinity: "ClientIP", ...briefly }), slice("shop/api", ["10.244.1.9", "10.244.1.8"])],
      [service("shop/api", "10.96.0.21"), slice("shop/api", ["10.244.1.9", "10.244.1.8"])],
      [api],
      [],
      [web, slice("shop/web", ["10.244.1.2"])],
    ];
    let state: NftProxyState | null = null;
    for (const [index, objects] of steps.entries()) {
      const next = syncNft(state, { ...nftInputOf(objects), now: simTime(index * seconds(1.5)) });
      load(cleanupText(next));
      load(transactionText(next));
      expect(list(), `step ${index + 1}`).toBe(listText(next.table));
      state = next;
    }
  });

  test("takes a full sync with other settings over the table as it stands, and back", () => {
    empty();
    const objects = [service("shop/web", "10.96.0.20", { type: "NodePort", ports: PORTS }), slice("shop/web", ["10.244.1.2"])];
    const all = { nodePortAddresses: ["0.0.0.0/0"], masqueradeMark: "0x8000", masqueradeAll: true, serviceCIDRs: [] };
    let state: NftProxyState | null = null;
    for (const settings of [{}, all, {}]) {
      state = syncNft(state, nftInputOf(objects, settings));
      load(transactionText(state));
      expect(state.kind).toBe("full");
      expect(list()).toBe(listText(state.table));
    }
  });

  test("takes a restarted kube-proxy's first sync over the table of the one before", () => {
    empty();
    const web = service("shop/web", "10.96.0.20");
    const before = syncNft(
      null,
      nftInputOf([web, service("shop/gone", "10.96.0.9"), slice("shop/web", ["10.244.1.2"]), slice("shop/gone", ["10.244.1.7"])]),
    );
    load(transactionText(before));
    const after = syncNft(null, { ...nftInputOf([web, slice("shop/web", ["10.244.1.2", "10.244.1.3"])]), into: before.table });
    load(transactionText(after));
    expect(list()).toBe(listText(after.table));
  });

  test("lists what affinity sets hold as we do, the time left apart", () => {
    empty();
    const objects = [service("shop/web", "10.96.0.20", { sessionAffinity: "ClientIP" }), slice("shop/web", ["10.244.1.2"])];
    const { table } = syncNft(null, nftInputOf(objects));
    load(nftScript(nftInputOf(objects)));
    const [set = ""] = [...table.sets.keys()].filter((name) => name.startsWith("affinity-"));
    const held = new DynamicSets();
    for (const address of ["10.244.1.9", "10.244.1.10", "9.9.9.9"]) {
      load(`add element ip kube-proxy ${set} { ${address} }\n`);
      held.update({ set, address, timeout: 10_800, now: simTime(0) });
    }
    const ours = listText(table, { elementsOf: (name) => held.elements(name, simTime(16_000)), now: simTime(16_000) });
    expect(timeless(ours)).toContain("9.9.9.9 expires TIME, 10.244.1.9 expires TIME,\n");
    expect(timeless(list())).toBe(timeless(ours));
  });

  test("lists random clusters as we do", () => {
    fc.assert(
      fc.property(someServices(), (objects) => {
        empty();
        const input = nftInputOf(objects);
        load(nftScript(input));
        expect(list()).toBe(nftListText(input));
      }),
      { numRuns: RUNS },
    );
  });
});

/** The kernel counts in ticks: a time left has the form of hours, minutes, seconds and thousandths. */
function timeless(text: string): string {
  return text.replaceAll(/expires (?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?/g, "expires TIME");
}
