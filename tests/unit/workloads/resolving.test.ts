import { describe, expect, it } from "vitest";
import { makeReply } from "../../../src/dns/message/types";
import { decodeMessage, encodeMessage } from "../../../src/dns/message/wire";
import { ip } from "../../../src/network/address";
import type { Action, ProcessInput } from "../../../src/workloads/actions";
import type { Resolving } from "../../../src/workloads/resolving";
import { resolvingStep, startResolving } from "../../../src/workloads/resolving";
import { CONF } from "./stage";

/** Feeds one input; socket numbers are given as handles say: `dns 0` is 100. */
function feed(resolving: Resolving, input: ProcessInput): { resolving: Resolving; actions: readonly Action[] } {
  const step = resolvingStep(resolving, input);
  return openAll(step.resolving, step.actions);
}

function openAll(resolving: Resolving, actions: readonly Action[]): { resolving: Resolving; actions: readonly Action[] } {
  let state = resolving;
  const all = [...actions];
  for (const action of actions) {
    if (action.kind !== "openUdp" && action.kind !== "connectTcp") continue;
    const opened = resolvingStep(state, { kind: "opened", handle: action.handle, socket: 100 + Number(action.handle.slice(4)) });
    state = opened.resolving;
    all.push(...opened.actions);
  }
  return { resolving: state, actions: all };
}

function kinds(actions: readonly Action[]): readonly string[] {
  return actions.map(({ kind }) => kind);
}

function start(): { resolving: Resolving; actions: readonly Action[] } {
  const step = startResolving({ request: 1, conf: CONF, name: "web.shop.svc.cluster.local.", seed: 1 });
  return openAll(step.resolving, step.actions);
}

function firstQuery(actions: readonly Action[]): Uint8Array {
  for (const action of actions) if (action.kind === "sendUdp" && action.payload.kind === "dns") return action.payload.wire;
  throw new Error("no query was sent");
}

describe("a look-up with sockets", () => {
  it("asks for A and AAAA from one connected socket, and waits five seconds", () => {
    const { actions } = start();
    expect(kinds(actions)).toEqual(["openUdp", "timer", "asked", "sendUdp", "asked", "sendUdp"]);
    expect(actions[0]).toMatchObject({ connected: { address: "10.96.0.10", port: 53 } });
  });

  it("asks again over TCP where an answer was cut short, and sends only once the connection stands", () => {
    const begun = start();
    const query = decodeMessage(firstQuery(begun.actions));
    if (!query.ok) throw new Error(query.problem.message);
    const reply = makeReply(query.value, { rcode: "NOERROR" });
    const wire = encodeMessage({ ...reply, flags: { ...reply.flags, truncated: true } });
    const event = {
      kind: "datagram",
      socket: 100,
      from: ip("10.96.0.10"),
      fromPort: 53,
      to: ip("10.244.1.9"),
      payload: { kind: "dns", wire },
      journey: "",
    } as const;
    const over = feed(begun.resolving, { kind: "socket", event });
    expect(kinds(over.actions)).toEqual(["heard", "closeUdp", "connectTcp", "timer"]);
    const connected = feed(over.resolving, { kind: "socket", event: { kind: "connected", socket: 104 } });
    expect(kinds(connected.actions)).toEqual(["asked", "sendTcp", "asked", "sendTcp"]);
  });

  it("lets a datagram that is no DNS message, or comes to another socket, pass", () => {
    const { resolving } = start();
    const garbled = { kind: "dns", wire: new Uint8Array([1, 2]) } as const;
    const at = (socket: number): ProcessInput => ({
      kind: "socket",
      event: { kind: "datagram", socket, from: ip("10.96.0.10"), fromPort: 53, to: ip("10.244.1.9"), payload: garbled, journey: "" },
    });
    for (const socket of [100, 7]) expect(resolvingStep(resolving, at(socket))).toEqual({ resolving, actions: [] });
  });
});
