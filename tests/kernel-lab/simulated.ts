/**
 * A journey in the simulated laboratory: hosts wired by the product's own functions, rules from the same objects, and
 * the kernel's choices (endpoint, masqueraded port, outer source ports) taken from what the real one showed.
 */
import { draw } from "../../src/base/draw";
import { StepLoop } from "../../src/engine/loop";
import type { SimTime } from "../../src/engine/time";
import { after, micros, simTime } from "../../src/engine/time";
import type { IpAddress } from "../../src/network/address";
import type { Attachment, Links } from "../../src/network/links";
import { cutVeth, makeLinks, receivers } from "../../src/network/links";
import type { Frame, Packet, Payload } from "../../src/network/packet";
import { addPeer, removePeer, setUpMachine, setUpNode, setUpPod, tearDownPod, unplugNode } from "../../src/node/agents/node-network";
import { conntrackText, showConntrack } from "../../src/node/kernel/conntrack/show";
import type { KernelContext, KernelTimer, SocketEvent } from "../../src/node/kernel/api";
import type { Host } from "../../src/node/kernel/host";
import {
  addFdb,
  addInterface,
  announce,
  addRoute,
  deleteMatching,
  kernelTimer,
  makeHost,
  receive,
  removeNeighbour,
  setNeighbour,
} from "../../src/node/kernel/host";
import { packetLength, payloadLength } from "../../src/network/payload";
import { abortTcp, closeTcp, connectTcp, listenTcp, mayBeCut, openUdp, sendRaw, sendTcp, sendUdp } from "../../src/node/kernel/sockets";
import { sourceFor } from "../../src/node/kernel/routing/routes";
import { takeIpId } from "../../src/node/kernel/state";
import { CLUSTER, heirOf, SETTLED } from "./cluster";
import type { Choices } from "./choices";
import type { Journey, LabNeighbours, LabNode, LabPod, Observation, SeenTap, World } from "./description";
import { ourWalks } from "./nft-walks";
import type { NodeRules } from "./node-rules";
import { seenTap } from "./seen";

type LabEvent =
  | { readonly kind: "wake" }
  | { readonly kind: "frame"; readonly to: Attachment; readonly frame: Frame }
  | { readonly kind: "timer"; readonly host: string; readonly timer: KernelTimer }
  | { readonly kind: "socket"; readonly host: string; readonly owner: string; readonly event: SocketEvent };

const COSTS = { hop: micros(5), vxlan: micros(5), wire: micros(20) };
/** How long the real laboratory waits after the outcome before it looks at conntrack. */
const REST = micros(20_000);
/** Between two steps. */
const PAUSE = micros(60_000);
/** Bytes of the usual question. */
const ASK = 3;

function question({ size }: Journey): Payload {
  return { kind: "data", length: Math.max(ASK, size) };
}

const STATES = { stale: "STALE", reachable: "REACHABLE", permanent: "PERMANENT" } as const;

export class SimulatedLaboratory {
  private readonly loop = new StepLoop<LabEvent>();
  private readonly hosts = new Map<string, Host>();
  private readonly links: Links = makeLinks();
  private readonly taps: SeenTap[] = [];
  /** What packets met in nftables' tables, by node. */
  private readonly walks = new Map<string, string[]>();
  /** The client's sockets, oldest first; a TCP one is closed when the journey is over. */
  private readonly asking: number[] = [];
  private readonly draws = new Map<string, number>();
  private outcome: string | null = null;
  private step = 0;
  private opened = 0;
  /** Which of the world's rules stand. */
  private which = "";

  constructor(
    private readonly world: World,
    private readonly rules: (which: string) => ReadonlyMap<string, NodeRules>,
    private readonly choices: Choices,
  ) {
    for (const node of CLUSTER.nodes) this.addNode(node);
    for (const { name, routes, forwarding, ...machine } of CLUSTER.machines) {
      const host = this.addHost(name, { forwarding, bridgeNfCallIptables: false });
      setUpMachine(host, this.links, machine);
      for (const { to, via } of routes) addRoute(host, { to, via, device: "eth0" });
    }
    for (const pod of CLUSTER.pods) this.addPod(pod);
    for (const node of CLUSTER.nodes) this.joinPeers(node);
    this.setNeighbours(SETTLED);
    for (const name of world.killed) this.kill(name);
    for (const node of CLUSTER.nodes) if (world.gone.includes(node.name)) unplugNode(this.links, node);
  }

  private host(name: string): Host {
    const found = this.hosts.get(name);
    if (found === undefined) throw new Error(`simulated laboratory: no host ${name}`);
    return found;
  }

  private addHost(name: string, settings: Host["settings"]): Host {
    const host = makeHost({ name, settings, costs: COSTS });
    // Identifications tell packets apart in the comparison: no two hosts give the same.
    host.nextIpId = 1 + 1000 * this.hosts.size;
    this.hosts.set(name, host);
    return host;
  }

  private addNode(node: LabNode): void {
    const host = this.addHost(node.name, { forwarding: true, bridgeNfCallIptables: this.world.bridgeNf });
    setUpNode(host, this.links, node);
    const eth0 = host.interfaces.get("eth0");
    const mtu = this.world.mtus[node.name];
    if (eth0 !== undefined && mtu !== undefined) host.interfaces.set("eth0", { ...eth0, mtu: mtu.own });
    for (const { to, via } of node.routes) addRoute(host, { to, via, device: "eth0" });
  }

  private addPod(pod: LabPod): void {
    const podHost = this.addHost(pod.name, { forwarding: false, bridgeNfCallIptables: false });
    const nodeHost = this.host(pod.node);
    const podRange = CLUSTER.nodes.find(({ name }) => name === pod.node)?.podRange ?? "";
    setUpPod({ nodeHost, podHost, links: this.links, pod, podRange, clusterRange: "" });
    addFdb(nodeHost, { device: "cni0", mac: pod.mac, port: pod.veth, permanent: false });
    const port = nodeHost.interfaces.get(pod.veth);
    const mtu = this.world.mtus[pod.name];
    if (port !== undefined) addInterface(nodeHost, { ...port, hairpin: this.world.hairpin, mtu: mtu?.port ?? port.mtu });
    const eth0 = podHost.interfaces.get("eth0");
    if (eth0 !== undefined && mtu !== undefined) podHost.interfaces.set("eth0", { ...eth0, mtu: mtu.own });
    for (const number of CLUSTER.listens.tcp) listenTcp(podHost, { owner: "server", port: number });
    for (const number of CLUSTER.listens.udp) openUdp(podHost, { owner: "server", port: number }, this.ctx);
  }

  private joinPeers(node: LabNode): void {
    const host = this.host(node.name);
    for (const peer of CLUSTER.nodes) {
      if (peer === node) continue;
      addPeer(host, peer, simTime(0));
      if (this.world.forgotten.includes(peer.name)) removePeer(host, peer);
    }
  }

  private kill(name: string): void {
    const pod = CLUSTER.pods.find((one) => one.name === name);
    if (pod === undefined) throw new Error(`simulated laboratory: no Pod ${name}`);
    cutVeth(this.links, { host: name, iface: "eth0" });
    tearDownPod({ nodeHost: this.host(pod.node), links: this.links, veth: pod.veth });
    this.hosts.delete(name);
  }

  /** The Pod goes; a new one has its address and announces it. */
  private reuse(name: string): readonly string[] {
    const pod = CLUSTER.pods.find((one) => one.name === name);
    if (pod === undefined) throw new Error(`simulated laboratory: no Pod ${name}`);
    this.kill(name);
    const heir = heirOf(pod);
    this.addPod(heir);
    announce(this.host(heir.name), "eth0", this.ctx);
    this.runUntil(after(this.loop.now, PAUSE), () => false);
    return [];
  }

  private setNeighbours(neighbours: LabNeighbours): void {
    for (const [name, entries] of Object.entries(neighbours)) {
      const host = this.host(name);
      for (const { device, address, mac, state } of entries) {
        if (state === "none") removeNeighbour(host, device, address);
        else setNeighbour(host, { device, address, mac, state: STATES[state] }, simTime(0));
      }
    }
  }

  /** Makes a journey from the beginning of time. `sourcePort` is the one that the real laboratory used. */
  travel(journey: Journey, sourcePort: number): Observation {
    this.setNeighbours(journey.neighbours);
    const outcomes = [this.question(journey, () => this.begin(journey, sourcePort))];
    const first = this.loop.now;
    for (const [index, step] of journey.steps.entries()) {
      this.runUntil(after(this.loop.now, PAUSE), () => false);
      this.step = index + 1;
      this.choices.enter(this.step);
      outcomes.push(...this.take(step, journey, sourcePort));
    }
    if (journey.steps.length > 0) this.runUntil(after(this.loop.now, PAUSE), () => false);
    this.close(journey, outcomes.at(-1) === "nothing");
    const end = after(this.loop.now, REST);
    this.runUntil(end, () => false);
    const conntrack = Object.fromEntries(
      CLUSTER.nodes.map(({ name }) => [
        name,
        conntrackText(showConntrack(this.host(name), end))
          .split("\n")
          .slice(0, -1),
      ]),
    );
    const taps = this.taps.toSorted((a, b) => a.at - b.at);
    const rules = Object.fromEntries(CLUSTER.nodes.map(({ name }) => [name, this.walks.get(name) ?? []]));
    return { name: journey.name, sourcePort, outcome: outcomes.join(" / "), seconds: first / 1e6, taps, conntrack, rules };
  }

  private close({ from, protocol }: Journey, aborts: boolean): void {
    if (protocol !== "tcp") return;
    for (const socket of this.asking) {
      if (aborts) abortTcp(this.host(from), socket, this.ctx);
      else closeTcp(this.host(from), socket, "j", this.ctx);
    }
  }

  /** Asks something and waits for what comes of it, as long as the client does. */
  private question(journey: Journey, asks: () => void): string {
    this.outcome = null;
    const until = after(this.loop.now, micros(Math.round(journey.patience * 1e6)));
    asks();
    this.runUntil(until, () => this.outcome !== null && journey.protocol !== "icmp");
    if (journey.protocol === "icmp") return "";
    return this.outcome === null || this.outcome === "ETIMEDOUT" ? "nothing" : this.outcome;
  }

  private take(step: string, journey: Journey, sourcePort: number): readonly string[] {
    const [word, which = ""] = step.split("=");
    switch (word) {
      case "rules":
        this.which = which;
        return [];
      case "forget":
        for (const { name } of CLUSTER.nodes) deleteMatching(this.host(name).conntrack, {});
        return [];
      case "send":
        return [this.question(journey, () => this.sendAgain(journey))];
      case "wait":
        this.runUntil(after(this.loop.now, micros(Number(which) * 1000)), () => false);
        return [];
      case "kill":
        this.kill(which);
        return [];
      case "reuse":
        return this.reuse(which);
      case "again":
      case "stuck":
      case "fresh": {
        this.opened += 1;
        const seen = this.question(journey, () => this.begin(journey, sourcePort + this.opened));
        if (word === "fresh" && !this.choices.wasAsked) throw new Error("chance was not asked although the client's time is over");
        return [seen];
      }
      default:
        throw new Error(`simulated laboratory: no step ${step}`);
    }
  }

  private begin(journey: Journey, sourcePort: number): void {
    const { from, protocol, to, port, ttl, patience, size, discovery } = journey;

    const host = this.host(from);
    this.choices.sourcePort = sourcePort;
    switch (protocol) {
      case "tcp": {
        const timeout = micros(Math.round(patience * 1e6));
        this.asking.push(connectTcp(host, { owner: "client", dst: to, port, journey: "j", timeout }, this.ctx));
        return;
      }
      case "udp": {
        const socket = openUdp(host, { owner: "client", port: sourcePort, connected: { address: to, port }, discovery }, this.ctx);
        this.asking.push(socket);
        if (ttl === 64) return sendUdp(host, socket, { to, port, payload: question(journey), journey: "j" }, this.ctx);
        return this.sendOwn(host, to, ttl, { kind: "UDP", srcPort: sourcePort, dstPort: port, payload: question(journey) });
      }
      case "icmp":
        return this.sendOwn(host, to, ttl, { kind: "ICMP", type: 8, code: 0, id: sourcePort, sequence: 1, size: size === 0 ? 8 : size });
    }
  }

  private sendAgain(journey: Journey): void {
    const { from, protocol, to, port } = journey;
    const host = this.host(from);
    const socket = this.asking.at(-1) ?? 0;
    if (protocol === "udp") return sendUdp(host, socket, { to, port, payload: question(journey), journey: "j" }, this.ctx);
    sendTcp(host, socket, { kind: "data", length: ASK }, "j", this.ctx);
  }

  private sendOwn(host: Host, dst: IpAddress, ttl: number, transport: Packet["transport"]): void {
    const src = sourceFor(host, dst);
    if (src === undefined) return this.hear("ENETUNREACH");
    const packet: Packet = { src, dst, ttl, id: takeIpId(host), dontFragment: true, transport, journey: "j" };
    sendRaw(
      host,
      { ...packet, dontFragment: mayBeCut(host, { to: dst, length: packetLength(packet) }, this.loop.now) === false },
      this.ctx,
    );
  }

  /** Lets time pass to a moment, or until something is done. */
  private runUntil(moment: SimTime, isDone: () => boolean): void {
    this.loop.schedule(moment, { kind: "wake" });
    while (!isDone() && this.loop.nextAt !== undefined && this.loop.nextAt <= moment) {
      this.loop.step(({ payload }) => this.handle(payload));
    }
  }

  private handle(event: LabEvent): void {
    if (event.kind === "wake") return;
    const name = event.kind === "frame" ? event.to.host : event.host;
    const host = this.hosts.get(name);
    if (host === undefined) return;
    switch (event.kind) {
      case "frame":
        return receive(host, event.to.iface, event.frame, this.ctx);
      case "timer":
        return kernelTimer(host, event.timer, this.ctx);
      case "socket":
        return event.owner === "server" ? this.serve(host, event.event) : this.ask(host, event.event);
    }
  }

  /** A server answers with its name and whom it sees. */
  private serve(host: Host, event: SocketEvent): void {
    switch (event.kind) {
      case "data": {
        const socket = host.sockets.tcp.get(event.socket);
        sendTcp(host, event.socket, answer(host.name, socket?.peer ?? "", socket?.peerPort ?? 0), "j", this.ctx);
        return;
      }
      case "datagram":
        return sendUdp(
          host,
          event.socket,
          {
            to: event.from,
            port: event.fromPort,
            payload: paddedTo(event.payload, answer(host.name, event.from, event.fromPort)),
            journey: "j",
          },
          this.ctx,
        );
      case "eof":
        return closeTcp(host, event.socket, "j", this.ctx);
      default:
        return;
    }
  }

  private ask(host: Host, event: SocketEvent): void {
    switch (event.kind) {
      case "connected":
        sendTcp(host, event.socket, { kind: "data", length: ASK }, "j", this.ctx);
        return;
      case "data":
      case "datagram":
        return this.hear(event.payload.kind === "http" ? event.payload.text.replace(/\.+$/, "") : "");
      case "error":
        return this.hear(event.error);
      default:
        return;
    }
  }

  private hear(words: string): void {
    this.outcome ??= words;
  }

  private get ctx(): KernelContext {
    const { choices } = this;
    return {
      now: this.loop.now,
      rulesetOf: (name) => this.rules(this.which).get(name)?.iptables ?? null,
      nftTableOf: (name) => this.rules(this.which).get(name)?.nft ?? null,
      draw: (host, purpose) => this.draw(host, purpose),
      choose: (host, purpose, packet) => choices.choose(host, purpose, packet),
      chooseStatistic: (_host, _chain, rule, ruleset) => choices.takesEndpoint(rule, ruleset),
      chooseNumgen: (_host, rule, table) => choices.endpointDraw(rule, table),
      transmit: (host, iface, frame, at) => {
        for (const to of receivers(this.links, { host, iface }, frame)) this.loop.schedule(at, { kind: "frame", to, frame });
      },
      schedule: (host, timer, at) => this.loop.schedule(at, { kind: "timer", host, timer }),
      notify: (host, owner, event, at) => this.loop.schedule(at, { kind: "socket", host, owner, event }),
      record: (hop) => {
        if (hop.kind === "tap") this.taps.push(seenTap(hop, this.step));
        const table = this.rules(this.which).get(hop.host)?.nft ?? null;
        if (table !== null) this.walks.set(hop.host, [...(this.walks.get(hop.host) ?? []), ...ourWalks(table, hop)]);
      },
    };
  }

  private draw(host: string, purpose: string): number {
    const key = `${host} ${purpose}`;
    const n = this.draws.get(key) ?? 0;
    this.draws.set(key, n + 1);
    return draw(1, host, purpose, n);
  }
}

function answer(name: string, peer: string, port: number): { readonly kind: "http"; readonly text: string } {
  return { kind: "http", text: `${name} saw ${peer}:${port}` };
}

/** An answer is as long as the question. */
function paddedTo(asked: Payload, said: ReturnType<typeof answer>): ReturnType<typeof answer> {
  return { ...said, text: said.text.padEnd(payloadLength(asked), ".") };
}
