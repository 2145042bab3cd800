/** The hosts of the large cluster, wired and settled by the program's own CNI and flannel, with a step loop between them. */
import type { IpAddress, MacAddress } from "../../src/network/address";
import { ip, ipv4Text, mac } from "../../src/network/address";
import { draw } from "../../src/base/draw";
import { StepLoop } from "../../src/engine/loop";
import type { SimTime } from "../../src/engine/time";
import { micros, START } from "../../src/engine/time";
import type { Attachment } from "../../src/network/links";
import { makeLinks, receivers } from "../../src/network/links";
import type { Frame } from "../../src/network/packet";
import { rulesBeforeProxy } from "../../src/node/agents/flannel-rules";
import { syncRules } from "../../src/node/agents/kube-proxy/iptables/sync";
import { DEFAULT_PROXY_SETTINGS } from "../../src/node/agents/kube-proxy/settings";
import type { NodeLinks, PodLinks } from "../../src/node/agents/node-network";
import { addPeer, setUpNode, setUpPod, settleMachines, settlePod } from "../../src/node/agents/node-network";
import type { KernelContext, KernelNote, KernelTimer, SocketEvent } from "../../src/node/kernel/api";
import type { Hop } from "../../src/node/kernel/hop";
import type { Host } from "../../src/node/kernel/host";
import { kernelTimer, makeHost, receive, setNeighbour } from "../../src/node/kernel/host";
import { Counters } from "../../src/node/kernel/netfilter/counters";
import type { Ruleset } from "../../src/node/kernel/netfilter/rules";
import { listenTcp } from "../../src/node/kernel/sockets";
import { largeStore, nodeName, podPlace, podRange, RANGES, SIZE } from "./large-cluster";

type NetworkEvent =
  | { readonly kind: "frame"; readonly to: Attachment; readonly frame: Frame }
  | { readonly kind: "timer"; readonly host: string; readonly timer: KernelTimer }
  | { readonly kind: "socket"; readonly event: SocketEvent };

const COSTS = { hop: micros(5), vxlan: micros(5), wire: micros(100) };
const FIRST_NODE = 0xac10_000b;
const SETTINGS = { ...DEFAULT_PROXY_SETTINGS, clusterCIDR: RANGES.podCIDR };

let madeMacs = 0;

function nextMac(): MacAddress {
  madeMacs += 1;
  const byte = (shift: number): string => ((madeMacs >>> shift) & 255).toString(16).padStart(2, "0");
  return mac(`02:00:${byte(24)}:${byte(16)}:${byte(8)}:${byte(0)}`);
}

/** A journey ends with its answer: the ACK that completes the handshake is the next one and is kept off the link. */
function isHandshakeEnd(frame: Frame): boolean {
  return frame.etherType === "IPv4" && frame.packet.transport.kind === "TCP" && frame.packet.transport.flags === "A";
}

/** The whole network, and what its kernels tell. */
export class LargeNetwork {
  readonly loop = new StepLoop<NetworkEvent>();
  readonly tally = { connected: 0, failed: 0, translated: 0, dropped: 0 };
  readonly counters = new Map<string, Counters>();
  readonly ctx: KernelContext;
  private readonly hosts = new Map<string, Host>();
  private readonly links = makeLinks();
  private readonly rulesets = new Map<string, Ruleset>();
  private readonly draws = new Map<string, number>();

  constructor(record: ((hop: Hop, journey: string) => void) | null) {
    const nodes = Array.from({ length: SIZE.nodes }, (_, node) => this.addNode(node));
    for (const { host } of nodes) for (const { links: peer } of nodes) if (peer.name !== host.name) addPeer(host, peer, START);
    settleMachines(
      nodes.map(({ host, links }) => ({ host, address: links.address, mac: links.nicMac })),
      START,
    );
    for (let pod = 0; pod < SIZE.nodes * SIZE.podsPerNode; pod += 1) this.addPod(pod, nodes);
    this.syncAll(nodes);
    this.ctx = this.context(record);
  }

  private addNode(node: number): { readonly host: Host; readonly links: NodeLinks } {
    const host = this.addHost(nodeName(node), { forwarding: true, bridgeNfCallIptables: true });
    const links: NodeLinks = {
      name: host.name,
      address: ipv4Text(FIRST_NODE + node),
      podRange: podRange(node),
      nicMac: nextMac(),
      bridgeMac: nextMac(),
      vtepMac: nextMac(),
    };
    setUpNode(host, this.links, links);
    this.counters.set(host.name, new Counters());
    return { host, links };
  }

  private addHost(name: string, settings: Host["settings"]): Host {
    const host = makeHost({ name, settings, costs: COSTS });
    this.hosts.set(name, host);
    return host;
  }

  private addPod(pod: number, nodes: readonly { readonly host: Host; readonly links: NodeLinks }[]): void {
    const { node, address } = podPlace(pod);
    const on = nodes[node];
    if (on === undefined) return;
    const podHost = this.addHost(`pod:${address}`, { forwarding: false, bridgeNfCallIptables: false });
    const links: PodLinks = { address: ip(address), mac: nextMac(), veth: `veth${pod}`, vethMac: nextMac() };
    const wiring = { nodeHost: on.host, podHost, links: this.links, pod: links, podRange: on.links.podRange };
    setUpPod({ ...wiring, clusterRange: RANGES.podCIDR });
    settlePod({ nodeHost: on.host, podHost, pod: links, node: on.links, now: START });
    listenTcp(podHost, { owner: "server", port: 8080 });
  }

  private syncAll(nodes: readonly { readonly links: NodeLinks }[]): void {
    const view = largeStore("app").latest();
    for (const { links } of nodes) {
      const node = { name: links.name, zone: "zone-a", addresses: [links.address], podCIDR: links.podRange };
      const into = rulesBeforeProxy({ podCIDR: RANGES.podCIDR, nodePodCIDR: links.podRange });
      this.rulesets.set(links.name, syncRules(null, { view, settings: SETTINGS, node, into }).ruleset);
    }
  }

  private context(record: ((hop: Hop, journey: string) => void) | null): KernelContext {
    const { loop, links } = this;
    return {
      get now(): SimTime {
        return loop.now;
      },
      rulesetOf: (host) => this.rulesets.get(host) ?? null,
      draw: (host, purpose) => this.draw(host, purpose),
      countRule: (host, table, chain, ruleIndex, bytes) => this.counters.get(host)?.count(table, chain, ruleIndex, bytes),
      transmit: (host, iface, frame, at) => {
        if (isHandshakeEnd(frame)) return;
        for (const to of receivers(links, { host, iface }, frame)) loop.schedule(at, { kind: "frame", to, frame });
      },
      schedule: (host, timer, at) => loop.schedule(at, { kind: "timer", host, timer }),
      notify: (_host, _owner, event, at) => loop.schedule(at, { kind: "socket", event }),
      note: (note) => this.noted(note),
      ...(record === null ? {} : { record }),
    };
  }

  private draw(host: string, purpose: string): number {
    const key = `${host}\u0000${purpose}`;
    const n = this.draws.get(key) ?? 0;
    this.draws.set(key, n + 1);
    return draw(1, host, purpose, n);
  }

  private noted(note: KernelNote): void {
    if (note.kind === "translated") this.tally.translated += 1;
    if (note.kind === "dropped" || note.kind === "rejected") this.tally.dropped += 1;
  }

  /** Two Pods of one node have spoken before: the one knows the other's MAC, as far as it was true then. */
  acquaint(server: string, client: string): void {
    const own = this.podHost(client).interfaces.get("eth0");
    if (own !== undefined)
      setNeighbour(this.podHost(server), { device: "eth0", address: ip(client), mac: own.mac, state: "STALE" }, this.loop.now);
  }

  podHost(address: IpAddress | string): Host {
    const host = this.hosts.get(`pod:${address}`);
    if (host === undefined) throw new Error(`no Pod has the address ${address}`);
    return host;
  }

  /** Runs to a moment. */
  runTo(at: number): void {
    while ((this.loop.nextAt ?? Number.POSITIVE_INFINITY) <= at) this.loop.step(({ payload }) => this.handle(payload));
  }

  private handle(event: NetworkEvent): void {
    switch (event.kind) {
      case "frame": {
        const host = this.hosts.get(event.to.host);
        if (host !== undefined) receive(host, event.to.iface, event.frame, this.ctx);
        return;
      }
      case "timer": {
        const host = this.hosts.get(event.host);
        if (host !== undefined) kernelTimer(host, event.timer, this.ctx);
        return;
      }
      case "socket":
        if (event.event.kind === "connected") this.tally.connected += 1;
        if (event.event.kind === "error") this.tally.failed += 1;
    }
  }
}
