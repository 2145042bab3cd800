/** What chance decided in the real laboratory, read from what was captured there and given to the simulation. */
import type { Packet } from "../../src/network/packet";
import { VXLAN } from "../../src/node/agents/node-network";
import type { KernelContext } from "../../src/node/kernel/api";
import type { Rule, Ruleset } from "../../src/node/kernel/netfilter/rules";
import { drawFor } from "../../src/node/kernel/nftables/evaluation";
import type { NftRule, NftTable } from "../../src/node/kernel/nftables/tables";
import { endpointsBehind } from "../../src/world/views/nft-walks";
import type { Journey, Observation, SeenTap } from "./description";

type Purpose = Parameters<NonNullable<KernelContext["choose"]>>[1];

export class Choices {
  sourcePort = 0;
  /** The first packet of the step, everywhere it was seen. */
  private first: readonly SeenTap[] = [];
  /** `address:port` that the connection was translated to; null where no captured packet shows one. */
  private endpoint: string | null = null;
  private isStuck = false;
  /** Whether chance was asked in this step. */
  wasAsked = false;
  private readonly outerDraws = new Map<string, number>();

  constructor(
    private readonly journey: Journey,
    private readonly observed: Observation,
  ) {
    this.enter(0);
  }

  /** Takes the choices of a step from now on. */
  enter(step: number): void {
    const { journey } = this;
    const taps = this.observed.taps.filter((tap) => tap.step === step);
    const [start] = taps;
    const isFirst = (tap: SeenTap): boolean =>
      start?.protocol === journey.protocol && tap.id === start.id && tap.protocol === start.protocol && tap.flags === start.flags;
    this.first = taps.filter(isFirst);
    const asked = `${journey.to}:${journey.port}`;
    const translated = this.first.find((tap) => `${tap.dst}:${tap.dstPort}` !== asked);
    this.endpoint = journey.protocol === "icmp" || translated === undefined ? null : `${translated.dst}:${translated.dstPort}`;
    this.isStuck = journey.steps[step - 1] === "stuck";
    this.wasAsked = false;
  }

  choose(host: string, purpose: Purpose, packet: Packet): number | undefined {
    switch (purpose) {
      case "srcPort":
        return this.sourcePort;
      case "snatPort":
        return this.masqueradedPort(host);
      case "vxlanPort":
        return this.outerPort(host, packet);
    }
  }

  /** The source port with which the first packet leaves a host; where none is seen to leave, what conntrack kept. */
  private masqueradedPort(host: string): number | undefined {
    const last = this.first.findLast((tap) => tap.host === host && tap.way === "out" && (tap.fragment?.offset ?? 0) === 0);
    if (last !== undefined) return last.protocol === "icmp" ? last.echo : last.srcPort;
    const line = this.observed.conntrack[host]?.find((text) => text.includes(`dst=${this.journey.to} `));
    const ports = [...(line ?? "").matchAll(/dport=(\d+)/g)];
    return ports[1] === undefined ? undefined : Number(ports[1][1]);
  }

  /** A connection keeps its outer port until its sender sends again after a timeout: each draw takes the next one seen. */
  private outerPort(host: string, packet: Packet): number | undefined {
    const seen = this.outerPorts(host, packet);
    const key = `${host} ${endsOf(packet).join(" ")}`;
    const drawn = this.outerDraws.get(key) ?? 0;
    this.outerDraws.set(key, drawn + 1);
    return seen[Math.min(drawn, seen.length - 1)] ?? this.quotedOuterPort(host);
  }

  private outerPorts(host: string, packet: Packet): readonly number[] {
    const wanted = endsOf(packet);
    const found = this.observed.taps.filter(
      (tap) =>
        tap.host === host &&
        tap.way === "out" &&
        [tap.src, tap.dst, tap.srcPort, tap.dstPort].every((value, index) => value === wanted[index]),
    );
    return [...new Set(found.flatMap(({ outer }) => (outer?.srcPort === undefined ? [] : [outer.srcPort])))];
  }

  /** Where the outer packet never left, the error about it tells its port. */
  private quotedOuterPort(host: string): number | undefined {
    return this.observed.taps.find((tap) => tap.host === host && tap.quoted?.dstPort === VXLAN.port)?.quoted?.srcPort;
  }

  /** Whether a rule with a probability matches: it does where its chain leads to the endpoint that the kernel chose. */
  takesEndpoint(rule: Rule, ruleset: Ruleset): boolean | undefined {
    this.mayAskChance();
    if (this.endpoint === null || rule.target.kind !== "jump") return undefined;
    const rules = ruleset.tables.get("nat")?.chains.get(rule.target.chain)?.rules ?? [];
    return rules.some(({ target }) => target.kind === "DNAT" && `${target.address}:${target.port}` === this.endpoint);
  }

  /** The draw by which nftables' choice leads to the endpoint that the kernel chose. */
  endpointDraw(rule: NftRule, table: NftTable): number | undefined {
    this.mayAskChance();
    const ends = endpointsBehind(rule, table);
    const index = ends.findIndex((end) => end === this.endpoint);
    return index < 0 ? undefined : drawFor(index, ends.length);
  }

  private mayAskChance(): void {
    this.wasAsked = true;
    if (this.isStuck) throw new Error("chance was asked although the client is bound to its endpoint");
  }
}

function endsOf({ src, dst, transport }: Packet): readonly [string, string, number | undefined, number | undefined] {
  return transport.kind === "ICMP" ? [src, dst, undefined, undefined] : [src, dst, transport.srcPort, transport.dstPort];
}
