/** A name before the packet can leave: looked up over the network where the cluster's DNS stands, else asked directly. */
import { nearestName } from "../../../base/nearest";
import type { Result } from "../../../base/result";
import { failAt, ok } from "../../../base/result";
import type { LookupDone } from "../../../dns/resolver/lookup";
import { gaiText } from "../../../dns/resolver/lookup";
import { after, seconds } from "../../../engine/time";
import type { IpAddress } from "../../../network/address";
import { ip, ipv4Number } from "../../../network/address";
import { closeTcp, closeUdp, connectTcp, openUdp, sendTcp, sendUdp } from "../../../node/kernel/sockets/index";
import type { Action, ProcessInput } from "../../../workloads/actions";
import type { ResolvingStep } from "../../../workloads/resolving";
import { resolvingStep, startResolving } from "../../../workloads/resolving";
import { later } from "../../sim";
import { sortIntoPackets } from "../../views/packets";
import { lookUp } from "../resolve";
import type { Settled } from "../settled";
import type { AskedName, ResolutionJson } from "../types";
import type { Client } from "./client";
import { hopsOf } from "./hops";
import type { TraceRun } from "./run";
import { TRACED, TRACER } from "./run";

/** The address that a name stands for, and how it was found; no resolution for an address. */
export interface Resolved {
  readonly address: IpAddress;
  readonly resolution?: ResolutionJson;
}

/** Longest look-up that is waited for. */
const PATIENCE = seconds(120);

/** Resolves a name as the client does. */
export function resolveName(settled: Settled, run: TraceRun, client: Client, name: string): Result<Resolved> {
  if (!Number.isNaN(ipv4Number(name))) return ok({ address: ip(name) });
  const looked = isAskedOverTheNetwork(settled, client)
    ? new NetworkLookup(settled, run, client).ask(name)
    : lookUp(settled, { conf: client.conf, name, libc: "glibc" });
  const { done, queries } = looked;
  const address = done.kind === "found" ? done.addresses.find((one) => !one.includes(":")) : undefined;
  if (address === undefined) {
    const why = done.kind === "failed" ? gaiText(done.error) : "only IPv6 addresses were found";
    const asked = queries.map((query) => `${query.name} ${query.type} ${query.rcode}`).join(", ");
    const near = nearestService(settled, name);
    return failAt(`"${name}" does not resolve for ${client.title}: ${why} (${asked === "" ? "nothing was asked" : asked})${near}`, "to");
  }
  return ok({ address: ip(address), resolution: { name, address, queries } });
}

/** The Service whose name, or name and namespace, is nearest to what was asked. */
function nearestService({ sim }: Settled, name: string): string {
  const services = sim.state.store.latest().list("Service");
  const names = services.flatMap(({ metadata }) => [metadata.name, `${metadata.name}.${metadata.namespace ?? "default"}`]);
  const nearest = nearestName(name.replace(/\.svc\..*$/, ""), names);
  return nearest === undefined ? "" : `; the nearest Service is "${nearest}"`;
}

/** The client asks the cluster's DNS Service, and a CoreDNS runs behind it. */
function isAskedOverTheNetwork({ sim }: Settled, { conf }: Client): boolean {
  const { store, processes } = sim.state;
  const dns = store.latest().get("Service", "kube-system", "kube-dns")?.spec.clusterIP;
  return dns !== undefined && conf.nameservers[0] === dns && processes.all().some(({ program }) => program.program === "coredns");
}

interface Query extends AskedName {
  readonly id: number;
  readonly journey: string;
}

class NetworkLookup {
  private step: ResolvingStep | undefined;
  private queries: Query[] = [];

  constructor(
    private readonly settled: Settled,
    private readonly run: TraceRun,
    private readonly client: Client,
  ) {}

  ask(name: string): { readonly done: LookupDone; readonly queries: ResolutionJson["queries"] } {
    const { run, client, settled } = this;
    run.hear = (input) => this.feed(input);
    this.take(startResolving({ request: TRACED, conf: client.conf, name, seed: settled.seed }));
    run.until(after(run.sim.state.loop.now, PATIENCE), () => this.step?.done !== undefined);
    run.hear = () => undefined;
    run.heard.length = 0;
    return { done: this.step?.done ?? { kind: "failed", error: "EAI_AGAIN" }, queries: this.told() };
  }

  private feed(input: ProcessInput): void {
    if (this.step !== undefined && this.step.done === undefined) this.take(resolvingStep(this.step.resolving, input));
  }

  private take(step: ResolvingStep): void {
    this.step = step;
    for (const action of step.actions) this.perform(action);
  }

  private perform(action: Action): void {
    const { host } = this.client;
    const { sim } = this.run;
    switch (action.kind) {
      case "openUdp": {
        const { connected } = action;
        const socket = openUdp(host, { owner: TRACER, ...(connected === undefined ? {} : { connected }) }, sim.kernelFor(""));
        return this.feed({ kind: "opened", handle: action.handle, socket });
      }
      case "connectTcp": {
        const { dst, port, journey } = action;
        const socket = connectTcp(host, { owner: TRACER, dst, port, journey }, sim.kernelFor(journey));
        return this.feed({ kind: "opened", handle: action.handle, socket });
      }
      case "sendUdp":
        return sendUdp(host, action.socket, action, sim.kernelFor(action.journey));
      case "sendTcp":
        return void sendTcp(host, action.socket, action.payload, action.journey, sim.kernelFor(action.journey));
      case "closeUdp":
        return closeUdp(host, action.socket);
      case "closeTcp":
        return closeTcp(host, action.socket, action.journey, sim.kernelFor(action.journey));
      case "timer":
        return later(sim, action.after, { kind: "process-timer", process: TRACER, timer: action.timer, generation: action.generation });
      case "asked":
        return void this.queries.push({
          id: action.id,
          name: action.name,
          type: action.type,
          server: action.server,
          rcode: "",
          answers: [],
          journey: action.journey,
        });
      case "heard":
        return this.note(action);
      default:
        // A resolver does nothing else.
        return;
    }
  }

  private note({ id, rcode, answers }: Extract<Action, { kind: "heard" }>): void {
    const addresses = answers.flatMap((text) => (/^(A|AAAA) /.test(text) ? [text.replace(/^\S+ /, "")] : []));
    this.queries = this.queries.map((query) => (query.id === id && query.rcode === "" ? { ...query, rcode, answers: addresses } : query));
  }

  private told(): ResolutionJson["queries"] {
    const packets = sortIntoPackets(this.run.seen);
    return this.queries.map(({ name, type, server, rcode, answers, journey }) => ({
      name,
      type,
      rcode,
      server,
      answers,
      hops: packets
        .filter(({ packet }) => packet.journey === journey)
        .flatMap((one) => hopsOf(one, { client: this.client.host.name, address: server, port: 53 })),
    }));
  }
}
