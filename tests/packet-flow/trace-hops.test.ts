/**
 * Journeys in the settled two-apps, tap by tap, against what captures on a real kernel showed for the same two cases: an
 * endpoint on the client's node (9 taps) and one across the overlay (20). Our names and addresses are put into the lab's
 * words; only the outer source port is not compared. The first packet of a settled cluster meets a STALE neighbour, so
 * that the bridge itself shows a tap (row 3).
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { HopJson, PacketJson, TraceAnswer } from "../../src/bridge/questions";
import { ask } from "../../src/bridge/questions";
import type { World } from "../../src/world/world";
import { observed } from "../fixtures/lab-tables";
import { twoApps } from "../fixtures/world";

const FILE = { name: "two-apps.yaml", text: readFileSync("public/examples/two-apps.yaml", "utf8") };

type TapJson = Extract<HopJson, { readonly kind: "tap" }>;

interface Cast {
  readonly world: World;
  readonly service: string;
  readonly client: PodRow;
  readonly server: PodRow;
  /** The server's name in the lab. */
  readonly serverLabel: string;
  /** The address that it has there. */
  readonly serverAddress: string;
}

type PodRow = ReturnType<World["inside"]["state"]["pods"]["all"]>[number];

function cast({
  app,
  node,
  label,
  address,
}: {
  readonly app: string;
  readonly node: string;
  readonly label: string;
  readonly address: string;
}): Cast {
  const world = twoApps({ perSecond: 0 });
  const { state } = world.inside;
  const find = (name: string, on: string): PodRow => {
    const row = state.pods.all().find((pod) => pod.name.startsWith(name) && pod.node === on);
    if (row === undefined) throw new Error(`no ${name} on ${on}`);
    return row;
  };
  const service = state.store.latest().get("Service", "shop", `${app}-svc`)?.spec.clusterIP ?? "";
  return { world, service, client: find("my-app", "node-a"), server: find(app, node), serverLabel: label, serverAddress: address };
}

function traced({ service, client, server }: Cast, srcPort: number): TraceAnswer {
  const answer = ask(
    {
      do: "trace",
      from: { pod: `${client.namespace}/${client.name}` },
      to: { ip: service, port: 80 },
      choices: { srcPort, endpoint: `${server.links?.address}:8080` },
    },
    FILE,
  );
  if (!answer.ok || answer.value.do !== "trace") throw new Error(answer.ok ? "no journey" : answer.problem.message);
  return answer.value;
}

/** Our words in the lab's: hosts, interfaces, addresses. */
class Words {
  private readonly owners = new Map<string, string>();

  constructor(private readonly cast: Cast) {
    const { state } = cast.world.inside;
    for (const host of state.hosts.values()) {
      for (const { name, mac } of host.interfaces.values()) this.owners.set(mac, this.place(host.name, name));
    }
  }

  place(host: string, iface: string): string {
    const { client, server, serverLabel } = this.cast;
    const label = { "node-a": "n1", "node-b": "n2", [client.host]: "a1", [server.host]: serverLabel }[host] ?? host;
    const port = { cni0: "cbr0", [client.links?.veth ?? ""]: "p-a1", [server.links?.veth ?? ""]: `p-${serverLabel}` }[iface] ?? iface;
    return `${label}.${port}`;
  }

  owner(mac: string | undefined): string {
    return this.owners.get(mac ?? "") ?? mac ?? "";
  }

  addresses(text: string): string {
    const { service, server, serverAddress } = this.cast;
    return text
      .replaceAll(`${service}:`, "10.96.0.20:")
      .replaceAll(`${server.links?.address}:`, `${serverAddress}:`)
      .replaceAll("192.168.0.", "192.168.1.");
  }

  row({ node, pod, iface, way, packet }: TapJson): string {
    const host = pod === null ? node : `pod:${pod}`;
    const cells = [
      this.place(host, iface),
      way,
      packet.src,
      packet.dst,
      this.what(packet),
      this.owner(packet.srcMac),
      this.owner(packet.dstMac),
      packet.ttl,
    ];
    return `|${this.addresses(cells.join("|"))}|`;
  }

  private what({ protocol, flags = "", outer }: PacketJson): string {
    const own = `${protocol.toLowerCase()} ${flags}`;
    return outer === undefined
      ? own
      : `${own}; VXLAN outer ${outer.src}>${outer.dst} ttl ${outer.ttl} ${this.owner(outer.srcMac)}>${this.owner(outer.dstMac)}`;
  }
}

function tableOf(one: Cast, { hops }: TraceAnswer): string {
  const words = new Words(one);
  const taps = hops.filter((hop): hop is TapJson => hop.kind === "tap");
  return observed(taps.map((tap, index) => `|${index + 1}${words.row(tap)}`).join("\n"));
}

test("an endpoint on the client's own node: bridged, nine taps, TTL stays 64", () => {
  const one = cast({ app: "your-app", node: "node-a", label: "b1", address: "10.244.1.3" });
  expect(tableOf(one, traced(one, 40_006))).toBe(
    observed(`
      |1|a1.eth0|out|10.244.1.2:40006|10.96.0.20:80|tcp S|a1.eth0|n1.cbr0|64|
      |2|n1.p-a1|in|10.244.1.2:40006|10.96.0.20:80|tcp S|a1.eth0|n1.cbr0|64|
      |3|n1.cbr0|out|10.244.1.2:40006|10.244.1.3:8080|tcp S|a1.eth0|b1.eth0|64|
      |4|n1.p-b1|out|10.244.1.2:40006|10.244.1.3:8080|tcp S|a1.eth0|b1.eth0|64|
      |5|b1.eth0|in|10.244.1.2:40006|10.244.1.3:8080|tcp S|a1.eth0|b1.eth0|64|
      |6|b1.eth0|out|10.244.1.3:8080|10.244.1.2:40006|tcp SA|b1.eth0|a1.eth0|64|
      |7|n1.p-b1|in|10.244.1.3:8080|10.244.1.2:40006|tcp SA|b1.eth0|a1.eth0|64|
      |8|n1.p-a1|out|10.96.0.20:80|10.244.1.2:40006|tcp SA|b1.eth0|a1.eth0|64|
      |9|a1.eth0|in|10.96.0.20:80|10.244.1.2:40006|tcp SA|b1.eth0|a1.eth0|64|
    `),
  );
});

test("an endpoint on another node: routed and tunnelled, twenty taps, TTL 62 at the end", () => {
  const one = cast({ app: "your-app", node: "node-b", label: "a2", address: "10.244.2.2" });
  expect(tableOf(one, traced(one, 40_007))).toBe(
    observed(`
      |1|a1.eth0|out|10.244.1.2:40007|10.96.0.20:80|tcp S|a1.eth0|n1.cbr0|64|
      |2|n1.p-a1|in|10.244.1.2:40007|10.96.0.20:80|tcp S|a1.eth0|n1.cbr0|64|
      |3|n1.cbr0|in|10.244.1.2:40007|10.244.2.2:8080|tcp S|a1.eth0|n1.cbr0|64|
      |4|n1.flannel.1|out|10.244.1.2:40007|10.244.2.2:8080|tcp S|n1.flannel.1|n2.flannel.1|63|
      |5|n1.eth0|out|10.244.1.2:40007|10.244.2.2:8080|tcp S; VXLAN outer 192.168.1.11:45826>192.168.1.12:8472 ttl 64 n1.eth0>n2.eth0|n1.flannel.1|n2.flannel.1|63|
      |6|n2.eth0|in|10.244.1.2:40007|10.244.2.2:8080|tcp S; VXLAN outer 192.168.1.11:45826>192.168.1.12:8472 ttl 64 n1.eth0>n2.eth0|n1.flannel.1|n2.flannel.1|63|
      |7|n2.flannel.1|in|10.244.1.2:40007|10.244.2.2:8080|tcp S|n1.flannel.1|n2.flannel.1|63|
      |8|n2.cbr0|out|10.244.1.2:40007|10.244.2.2:8080|tcp S|n2.cbr0|a2.eth0|62|
      |9|n2.p-a2|out|10.244.1.2:40007|10.244.2.2:8080|tcp S|n2.cbr0|a2.eth0|62|
      |10|a2.eth0|in|10.244.1.2:40007|10.244.2.2:8080|tcp S|n2.cbr0|a2.eth0|62|
      |11|a2.eth0|out|10.244.2.2:8080|10.244.1.2:40007|tcp SA|a2.eth0|n2.cbr0|64|
      |12|n2.p-a2|in|10.244.2.2:8080|10.244.1.2:40007|tcp SA|a2.eth0|n2.cbr0|64|
      |13|n2.cbr0|in|10.244.2.2:8080|10.244.1.2:40007|tcp SA|a2.eth0|n2.cbr0|64|
      |14|n2.flannel.1|out|10.244.2.2:8080|10.244.1.2:40007|tcp SA|n2.flannel.1|n1.flannel.1|63|
      |15|n2.eth0|out|10.244.2.2:8080|10.244.1.2:40007|tcp SA; VXLAN outer 192.168.1.12:48151>192.168.1.11:8472 ttl 64 n2.eth0>n1.eth0|n2.flannel.1|n1.flannel.1|63|
      |16|n1.eth0|in|10.244.2.2:8080|10.244.1.2:40007|tcp SA; VXLAN outer 192.168.1.12:48151>192.168.1.11:8472 ttl 64 n2.eth0>n1.eth0|n2.flannel.1|n1.flannel.1|63|
      |17|n1.flannel.1|in|10.244.2.2:8080|10.244.1.2:40007|tcp SA|n2.flannel.1|n1.flannel.1|63|
      |18|n1.cbr0|out|10.96.0.20:80|10.244.1.2:40007|tcp SA|n1.cbr0|a1.eth0|62|
      |19|n1.p-a1|out|10.96.0.20:80|10.244.1.2:40007|tcp SA|n1.cbr0|a1.eth0|62|
      |20|a1.eth0|in|10.96.0.20:80|10.244.1.2:40007|tcp SA|n1.cbr0|a1.eth0|62|
    `),
  );
});

test("a name is looked up by packets of its own: each query's journey stands under resolution, and its endpoint can be chosen", () => {
  const { state } = twoApps({ perSecond: 0 }).inside;
  const client = state.pods.all().find(({ name, node }) => name.startsWith("my-app") && node === "node-a");
  const servers = state.pods.all().filter(({ name }) => name.startsWith("coredns"));
  expect(servers.length).toBe(2);
  for (const server of servers) {
    const dnsEndpoint = `${server.links?.address}:53`;
    const request = {
      do: "trace",
      from: { pod: `shop/${client?.name}` },
      to: { name: "your-app-svc", port: 80 },
      choices: { dnsEndpoint },
    };
    const answer = ask(request, FILE);
    if (!answer.ok || answer.value.do !== "trace") throw new Error(answer.ok ? "no journey" : answer.problem.message);
    const { resolution, choices, verdict } = answer.value;
    expect(choices.dnsEndpoint).toBe(dnsEndpoint);
    expect(verdict).toBe("delivered");
    expect(resolution?.queries.map(({ name, type, rcode }) => `${name} ${type} ${rcode}`)).toEqual([
      "your-app-svc.shop.svc.cluster.local. A NOERROR",
      "your-app-svc.shop.svc.cluster.local. AAAA NOERROR",
    ]);
    for (const { hops = [] } of resolution?.queries ?? []) {
      const places = hops.flatMap((hop) =>
        hop.kind === "tap" && hop.role === "pod-eth0" ? [`${hop.direction} ${hop.pod} ${hop.way}`] : [],
      );
      const [asks, answers] = [`shop/${client?.name}`, `kube-system/${server.name}`];
      expect(places).toEqual([`request ${asks} out`, `request ${answers} in`, `reply ${answers} out`, `reply ${asks} in`]);
    }
  }
});
