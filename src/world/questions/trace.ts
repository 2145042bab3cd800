/** One packet's journey over the settled cluster, there and back. Source: headless.md (`trace`). */
import { below } from "../../base/draw";
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import { makeQuery } from "../../dns/message/types";
import { encodeMessage } from "../../dns/message/wire";
import { after, micros } from "../../engine/time";
import type { IpAddress } from "../../network/address";
import type { Packet, Payload, Transport } from "../../network/packet";
import { packetLength } from "../../network/payload";
import { closeTcp, connectTcp, mayBeCut, openUdp, sendRaw, sendTcp, sendUdp } from "../../node/kernel/sockets/index";
import { sourceFor } from "../../node/kernel/routing/routes";
import { takeIpId } from "../../node/kernel/state";
import { getText, parseUrl } from "../../workloads/http-text";
import type { SeenHop } from "../views/journey-observer";
import type { PacketHops } from "../views/packets";
import { sortIntoPackets } from "../views/packets";
import type { Settled } from "./settled";
import type { Choice, Met } from "./trace/met";
import { choiceOf } from "./trace/candidates";
import { chosenIn, impossible } from "./trace/choices";
import type { Client } from "./trace/client";
import { clientOf } from "./trace/client";
import type { Asked } from "./trace/hops";
import { directionOf, hopsOf } from "./trace/hops";
import type { Resolved } from "./trace/resolution";
import { resolveName } from "./trace/resolution";
import { TRACED, TRACER, TraceRun } from "./trace/run";
import { verdictOf } from "./trace/verdict";
import type { HopJson, TraceAnswer, TraceQuestion } from "./types";

/** Where the client's counter of IP identifications begins, so that no answer has the number of a question. */
const FIRST_ID = 0x4000;

/** How long a connection's last segments may be under way. */
const LAST_SEGMENTS = micros(50_000);

/** Journey of the first packet and of what answers it. */
const FIRST = `request ${TRACED} first`;

/** A journey's answer, and all hops that it was made from: the look-up's too. */
export interface Traced {
  readonly answer: TraceAnswer;
  readonly seen: readonly SeenHop[];
}

/** Answers `trace`. The settled cluster is used up. */
export function answerTrace(question: TraceQuestion, settled: Settled): Result<TraceAnswer> {
  const traced = traceOver(question, settled);
  return traced.ok ? ok(traced.value.answer) : traced;
}

/** Traces. The settled cluster is used up. */
export function traceOver(question: TraceQuestion, settled: Settled): Result<Traced> {
  const client = clientOf(settled, question.from, question.to.host);
  if (!client.ok) return client;
  client.value.host.nextIpId = FIRST_ID;
  const run = new TraceRun(settled.sim);
  const { dnsEndpoint } = question.choices;
  run.given = dnsEndpoint === undefined ? {} : { endpoint: dnsEndpoint };
  const resolved = resolveName(settled, run, client.value, question.to.host);
  if (!resolved.ok) return resolved;
  const answer = new Tracing(question, settled, run, client.value, resolved.value).answer();
  return answer.ok ? ok({ answer: answer.value, seen: run.seen }) : answer;
}

class Tracing {
  constructor(
    private readonly question: TraceQuestion,
    private readonly settled: Settled,
    private readonly run: TraceRun,
    private readonly client: Client,
    private readonly resolved: Resolved,
  ) {}

  private get asked(): Asked {
    return { client: this.client.host.name, address: this.resolved.address, port: this.question.to.port };
  }

  answer(): Result<TraceAnswer> {
    const { question, settled, run, client, resolved } = this;
    const sent = this.send();
    if (sent !== null) return failAt(sent, "to");
    const packets = sortIntoPackets(run.seen).filter(({ packet }) => this.isTold(packet));
    const [first] = packets;
    if (first === undefined && run.heard.some((event) => event.kind === "error" && event.error === "EMSGSIZE"))
      return failAt(
        `a datagram of ${question.to.size ?? 0} bytes does not fit uncut, and may not be cut: send() fails with EMSGSIZE`,
        "to.size",
      );
    if (first === undefined) return failAt(`${client.title} has no route to ${resolved.address}: no packet leaves it`, "to");
    const shown = question.whole ? packets : this.firstAndAnswer(first, packets);
    const choice = this.choice(first);
    const choices = chosenIn({ packets: shown, resolution: resolved.resolution });
    const wrong = impossible({ given: question.choices, taken: choices, candidates: choice.candidates.map(({ endpoint }) => endpoint) });
    if (wrong !== null) return failAt(wrong.message, wrong.at);
    return ok({
      do: "trace",
      from: client.title,
      to: question.to.protocol === "ICMP" ? question.to.host : `${question.to.host}:${question.to.port}`,
      verdict: verdictOf({
        packets: shown,
        asked: this.asked,
        heard: run.heard,
        routerMac: this.routerMac(),
      }),
      candidates: choice.candidates.map(({ endpoint }) => endpoint),
      masqueraded: choice.masqueraded,
      hairpin: choice.candidates.find(({ endpoint }) => endpoint === choices.endpoint)?.hairpin ?? false,
      choices,
      ...(resolved.resolution === undefined ? {} : { resolution: resolved.resolution }),
      hops: this.hops(shown),
      warnings: settled.warnings,
    });
  }

  private firstAndAnswer(first: PacketHops, packets: readonly PacketHops[]): readonly PacketHops[] {
    const answer = packets.slice(1).find((one) => directionOf(one, this.asked) !== "request");
    return answer === undefined ? [first] : [first, answer];
  }

  private isTold({ journey }: Packet): boolean {
    return journey === FIRST || (this.question.whole && !/ (query \d+|DNS over TCP)$/.test(journey));
  }

  private routerMac(): string {
    return this.settled.sim.state.hosts.get("gateway")?.interfaces.get("eth0")?.mac ?? "";
  }

  /** In the order of time. The model's edge answers nothing unless told to, and then it is not looked into either. */
  private hops(packets: readonly PacketHops[]): readonly HopJson[] {
    const isEdge = ({ node }: HopJson): boolean => node === "gateway" && this.settled.sim.state.setup.config.gateway === "silent";
    return packets
      .flatMap((one) => hopsOf(one, this.asked))
      .filter((hop) => !isEdge(hop))
      .toSorted((a, b) => a.at - b.at);
  }

  /** Sends the first packet and waits for what comes of it; a sentence where it cannot be sent. */
  private send(): string | null {
    const { question, run, client, settled } = this;
    const { loop, setup } = run.sim.state;
    const { srcPort, snatPort, endpoint, vxlanPort, vxlanReplyPort } = question.choices;
    const outer = [vxlanPort, vxlanReplyPort];
    run.given = {
      ...(srcPort === undefined ? {} : { srcPort }),
      ...(snatPort === undefined ? {} : { snatPort }),
      ...(endpoint === undefined ? {} : { endpoint }),
      vxlanPort: ({ journey }) => (journey === FIRST ? outer.shift() : undefined),
    };
    if (sourceFor(client.host, this.resolved.address) === undefined) return `${client.title} has no route to ${this.resolved.address}`;
    if (question.to.protocol === "TCP") this.connect();
    else if (question.to.protocol === "UDP") this.sendDatagram();
    else this.sendAlone();
    const patience = after(loop.now, micros(setup.config.connectTimeout + 1000));
    const until = question.whole ? after(patience, settled.sim.state.setup.config.connectTimeout) : patience;
    run.until(until, () => run.heard.some(({ kind }) => (question.whole ? kind === "closed" || kind === "error" : true)));
    // The last segments are still on their way when the client's socket has closed.
    if (question.whole) run.until(after(loop.now, LAST_SEGMENTS), () => false);
    return null;
  }

  private connect(): void {
    const { run, client, question, resolved } = this;
    const { port, host } = question.to;
    const timeout = run.sim.state.setup.config.connectTimeout;
    const url = parseUrl(`http://${host}:${port}`);
    const close = `request ${TRACED} close`;
    if (question.whole) {
      run.hear = (input) => {
        if (input.kind !== "socket") return;
        const { event } = input;
        if (event.kind === "connected" && url.ok) {
          const text = getText({ url: url.value, request: TRACED, agent: "curl/8.14.1", keepAlive: false });
          sendTcp(client.host, event.socket, { kind: "http", text }, `request ${TRACED} GET`, run.sim.kernelFor(FIRST));
        }
        if (event.kind === "data" || event.kind === "eof") closeTcp(client.host, event.socket, close, run.sim.kernelFor(close));
      };
    }
    connectTcp(client.host, { owner: TRACER, dst: resolved.address, port, journey: FIRST, timeout }, run.sim.kernelFor(FIRST));
  }

  private sendDatagram(): void {
    const { run, client, question, resolved } = this;
    const { port, size, pmtu: discovery } = question.to;
    const kernel = run.sim.kernelFor(FIRST);
    const connected = { address: resolved.address, port };
    const socket = openUdp(client.host, { owner: TRACER, connected, ...(discovery === undefined ? {} : { discovery }) }, kernel);
    const payload: Payload = size === undefined ? datagramFor(port) : { kind: "data", length: size };
    sendUdp(client.host, socket, { to: resolved.address, port, payload, journey: FIRST }, kernel);
  }

  /** A packet that no socket of ours stands behind: SCTP, echo. */
  private sendAlone(): void {
    const { run, client, question, resolved } = this;
    const { size } = question.to;
    const kernel = run.sim.kernelFor(FIRST);
    const drawn = 32_768 + below(kernel.draw(client.host.name, "source-port"), 28_232);
    const srcPort = question.choices.srcPort ?? drawn;
    const transport: Transport =
      question.to.protocol === "SCTP"
        ? { kind: "SCTP", srcPort, dstPort: question.to.port, payload: { kind: "data", length: 20 } }
        : { kind: "ICMP", type: 8, code: 0, id: drawn & 0xffff, sequence: 1, ...(size === undefined ? {} : { size }) };
    const src = sourceFor(client.host, resolved.address);
    if (src === undefined) return;
    const whole = packet({ src, dst: resolved.address, id: takeIpId(client.host), transport });
    const isCut = mayBeCut(client.host, { to: resolved.address, length: packetLength(whole) }, run.sim.state.loop.now);
    sendRaw(client.host, { ...whole, dontFragment: isCut === false }, kernel);
  }

  private choice(first: PacketHops): Choice {
    const met = metNat(first, this.settled);
    return met === undefined ? { candidates: [], masqueraded: false } : choiceOf(met);
  }
}

/** What a name server would answer, for its port; anything else for others. */
function datagramFor(port: number): Payload {
  if (port !== 53) return { kind: "data", length: 20 };
  return { kind: "dns", wire: encodeMessage(makeQuery(1, "kubernetes.default.svc.cluster.local.", "A")) };
}

function packet({
  src,
  dst,
  id,
  transport,
}: {
  readonly src: IpAddress;
  readonly dst: IpAddress;
  readonly id: number;
  readonly transport: Transport;
}): Packet {
  return { src, dst, ttl: 64, id, dontFragment: true, transport, journey: FIRST };
}

/** The packet as it met the nat rules of the first node that has any. */
function metNat({ hops }: PacketHops, { sim }: Settled): Met | undefined {
  for (const [index, { hop, rules }] of hops.entries()) {
    if (hop.kind !== "step" || rules === null || (hop.hook !== "PREROUTING" && hop.hook !== "OUTPUT")) continue;
    const host = sim.state.hosts.get(hop.host);
    if (host === undefined) return undefined;
    const tap = hops.slice(0, index).findLast((one) => one.hop.kind === "tap" && one.hop.host === hop.host)?.hop;
    const iface = tap?.kind === "tap" ? tap.iface : "";
    const bridged = hop.bridged === true;
    return {
      host,
      rules,
      hook: hop.hook,
      packet: hop.before,
      bridged,
      inInterface: bridged ? (host.interfaces.get(iface)?.bridge ?? iface) : iface,
    };
  }
  return undefined;
}
