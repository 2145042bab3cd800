/** What a CoreDNS asks other servers: who is asked, again after how long, over which connection. */
import { describe, expect, it } from "vitest";
import { makeReply } from "../../../src/dns/message/types";
import { decodeMessage, encodeMessage } from "../../../src/dns/message/wire";
import { ip } from "../../../src/network/address";
import type { Action, ProcessInput } from "../../../src/workloads/actions";
import type { Forwarding, ForwardStep } from "../../../src/workloads/dns-forwarding";
import { forwardAsk, forwardStep, NOTHING_FORWARDED } from "../../../src/workloads/dns-forwarding";

/** Gives sockets numbers from 100 on and writes down what is done. */
class Stage {
  readonly lines: string[] = [];
  forwarding: Forwarding = NOTHING_FORWARDED;
  private next = 100;
  private wire: Uint8Array = new Uint8Array();

  ask(servers: readonly string[], tcp = false): this {
    const question = { name: "www.example.com.", type: "A", class: "IN" } as const;
    return this.take(forwardAsk(this.forwarding, { question, servers, tcp, id: 7, journey: "" }));
  }

  give(input: ProcessInput): this {
    const step = forwardStep(this.forwarding, input);
    if (step !== undefined) this.take(step);
    return this;
  }

  /** The timer that was armed last runs out. */
  timeout(generation: number): this {
    return this.give({ kind: "timer", timer: "forward", generation });
  }

  answer(socket: number, tcp = false): this {
    const query = decodeMessage(this.wire);
    if (!query.ok) throw new Error(query.problem.message);
    const payload = { kind: "dns", wire: encodeMessage(makeReply(query.value, {})) } as const;
    const event = tcp
      ? ({ kind: "data", socket, payload, journey: "" } as const)
      : ({ kind: "datagram", socket, from: ip("10.1.1.1"), fromPort: 53, to: ip("10.244.0.2"), payload, journey: "" } as const);
    return this.give({ kind: "socket", event });
  }

  private take(step: ForwardStep): this {
    this.forwarding = step.forwarding;
    for (const action of step.actions) this.act(action);
    if (step.ended !== undefined) this.lines.push(step.ended.message === null ? "nobody answered" : "answered");
    return this;
  }

  private act(action: Action): void {
    switch (action.kind) {
      case "openUdp":
      case "connectTcp": {
        const socket = this.next;
        this.next += 1;
        this.lines.push(`${action.kind === "openUdp" ? `udp ${action.connected?.address}` : `tcp ${action.dst}`} #${socket}`);
        this.give({ kind: "opened", handle: action.handle, socket });
        return;
      }
      case "sendUdp":
      case "sendTcp":
        if (action.payload.kind === "dns") this.wire = action.payload.wire;
        this.lines.push(`send #${action.socket}`);
        return;
      case "closeUdp":
      case "closeTcp":
      case "abortTcp":
        this.lines.push(`close #${action.socket}`);
        return;
      case "timer":
        this.lines.push(`${action.timer} ${action.generation} in ${action.after / 1_000_000} s`);
        return;
      default:
    }
  }
}

describe("a question that is handed on", () => {
  it("goes out by a socket of its own and ends with its answer", () => {
    expect(new Stage().ask(["10.1.1.1"]).answer(100).lines).toEqual([
      "udp 10.1.1.1 #100",
      "send #100",
      "forward 16 in 2 s",
      "close #100",
      "answered",
    ]);
  });

  it("waits two seconds for each server, and asks each once", () => {
    const stage = new Stage().ask(["10.1.1.1", "10.1.1.2"]).timeout(16).timeout(18);
    expect(stage.lines).toEqual([
      "udp 10.1.1.1 #100",
      "send #100",
      "forward 16 in 2 s",
      "close #100",
      "udp 10.1.1.2 #101",
      "send #101",
      "forward 18 in 2 s",
      "close #101",
      "nobody answered",
    ]);
  });

  it("has an end at once where there is nobody to ask", () => {
    expect(new Stage().ask([]).lines).toEqual(["nobody answered"]);
  });

  it("over TCP keeps the connection for ten seconds, and the next question goes by it", () => {
    const stage = new Stage()
      .ask(["10.1.1.1"], true)
      .give({ kind: "socket", event: { kind: "connected", socket: 100 } })
      .answer(100, true);
    stage.lines.length = 0;
    stage.ask(["10.1.1.1"], true);
    expect(stage.lines).toEqual(["send #100", "forward 33 in 2 s"]);
    stage.answer(100, true);
    stage.lines.length = 0;
    expect(stage.give({ kind: "timer", timer: "idle", generation: 33 }).lines).toEqual(["close #100"]);
  });

  it("makes a new connection where the kept one turns out to be dead, and blames no server for it", () => {
    const stage = new Stage()
      .ask(["10.1.1.1"], true)
      .give({ kind: "socket", event: { kind: "connected", socket: 100 } })
      .answer(100, true);
    stage.ask(["10.1.1.1"], true);
    stage.lines.length = 0;
    stage.give({ kind: "socket", event: { kind: "error", socket: 100, error: "ECONNRESET" } });
    expect(stage.lines).toEqual(["close #100", "tcp 10.1.1.1 #101", "forward 32 in 2 s"]);
  });

  it("forgets a kept connection that the other side closes", () => {
    const stage = new Stage()
      .ask(["10.1.1.1"], true)
      .give({ kind: "socket", event: { kind: "connected", socket: 100 } })
      .answer(100, true);
    stage.lines.length = 0;
    stage.give({ kind: "socket", event: { kind: "eof", socket: 100 } }).ask(["10.1.1.1"], true);
    expect(stage.lines).toEqual(["close #100", "tcp 10.1.1.1 #101", "forward 32 in 2 s"]);
  });
});
