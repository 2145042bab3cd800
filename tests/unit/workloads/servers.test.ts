import { describe, expect, it } from "vitest";
import { makeQuery } from "../../../src/dns/message/types";
import { decodeMessage, encodeMessage } from "../../../src/dns/message/wire";
import { DnsCache } from "../../../src/dns/server/cache-store";
import { kubeadmConfig } from "../../../src/dns/server/config";
import { simTime } from "../../../src/engine/time";
import { ip } from "../../../src/network/address";
import type { ProcessInput } from "../../../src/workloads/actions";
import type { CorednsReaction } from "../../../src/workloads/coredns";
import { corednsStep, makeCoredns } from "../../../src/workloads/coredns";
import { getText, parseUrl } from "../../../src/workloads/http-text";
import type { ServerState } from "../../../src/workloads/server";
import { makeServer, serverStep } from "../../../src/workloads/server";
import { service, SmallCluster } from "../control-plane/small-cluster";
import { Stage } from "./stage";

function get(request: number): string {
  const url = parseUrl("http://web");
  return url.ok ? getText({ url: url.value, request, agent: "test", keepAlive: false }) : "";
}

function server(): Stage<ServerState, never> {
  const stage = new Stage<ServerState, never>(makeServer("your-app-1", [8080]), (state, input: ProcessInput) =>
    serverStep(state, input),
  ).give({ kind: "start" });
  return stage.give({ kind: "socket", event: { kind: "accepted", socket: 100, listener: 1, peer: ip("10.244.1.2"), peerPort: 40_000 } });
}

const data = (socket: number, text: string): ProcessInput => ({
  kind: "socket",
  event: { kind: "data", socket, payload: { kind: "http", text }, journey: "" },
});

describe("the server", () => {
  it("listens on its container's ports and answers each request with its Pod's name", () => {
    const stage = server()
      .give(data(100, get(7)))
      .give(data(100, get(8)));
    expect(stage.take()).toEqual(["listen 8080", "send HTTP/1.1 200 OK [request 7 GET]", "send HTTP/1.1 200 OK [request 8 GET]"]);
    expect(serverStep(stage.state, data(100, get(9))).actions[0]).toMatchObject({
      payload: { text: expect.stringMatching(/\r\n\r\nyour-app-1\n$/) },
    });
  });

  it("closes its side when the client has closed", () => {
    const stage = server()
      .give(data(100, get(7)))
      .give({ kind: "socket", event: { kind: "eof", socket: 100 } });
    expect(stage.take().at(-1)).toBe("close [request 7 close]");
    expect(stage.state.connections.size).toBe(0);
  });

  it("on SIGTERM closes its listener, serves what it has for 0.2 s, then closes that and exits", () => {
    const stage = server();
    stage.take();
    expect(stage.give({ kind: "signal", signal: "SIGTERM" }).give({ kind: "signal", signal: "SIGTERM" }).take()).toEqual([
      "closeListener",
      "timer exit 0.2 s",
    ]);
    expect(stage.give(data(100, get(7))).take()).toEqual(["send HTTP/1.1 200 OK [request 7 GET]"]);
    expect(stage.give({ kind: "timer", timer: "exit", generation: 0 }).take()).toEqual(["close [request 7 close]", "exit"]);
  });
});

describe("the CoreDNS process", () => {
  const cluster = new SmallCluster([
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
    service("your-app-svc app=your 80:8080", { clusterIP: "10.96.120.7" }),
  ]);
  const world = { view: cluster.view(), cache: new DnsCache(), now: simTime(0), draw: () => 0 };
  const start = corednsStep(
    makeCoredns({ pod: "coredns-1", config: kubeadmConfig(), resolvers: ["192.168.0.1"] }),
    { kind: "start" },
    world,
  ).state;
  const open = ["udp", "tcp"].reduce(
    (state, handle, index) => corednsStep(state, { kind: "opened", handle, socket: index + 1 }, world).state,
    start,
  );

  function ask(wire: Uint8Array): CorednsReaction {
    const event = {
      kind: "datagram",
      socket: 1,
      from: ip("10.244.1.2"),
      fromPort: 40_000,
      to: ip("10.244.1.9"),
      payload: { kind: "dns", wire },
      journey: "request 3 query 7",
    } as const;
    return corednsStep(open, { kind: "socket", event }, world);
  }

  it("answers a datagram with a datagram, back to where it came from and on the same journey", () => {
    const { actions, answered } = ask(encodeMessage(makeQuery(7, "your-app-svc.shop.svc.cluster.local.", "A")));
    expect(actions).toMatchObject([{ kind: "sendUdp", socket: 1, to: "10.244.1.2", port: 40_000, journey: "request 3 query 7" }]);
    const [sent] = actions;
    const reply = sent?.kind === "sendUdp" && sent.payload.kind === "dns" ? decodeMessage(sent.payload.wire) : null;
    expect(reply?.ok === true && reply.value).toMatchObject({ id: 7, rcode: "NOERROR", answers: [{ type: "A", address: "10.96.120.7" }] });
    expect(answered?.journey).toBe("request 3 query 7");
  });

  it("answers over TCP on the connection that asked", () => {
    const wire = encodeMessage(makeQuery(8, "nothing.shop.svc.cluster.local.", "A"));
    const { actions, answered } = corednsStep(
      open,
      { kind: "socket", event: { kind: "data", socket: 9, payload: { kind: "dns", wire }, journey: "" } },
      world,
    );
    expect(actions).toMatchObject([{ kind: "sendTcp", socket: 9 }]);
    expect(answered?.answer.reply.rcode).toBe("NXDOMAIN");
  });

  it("gives no answer to what is no query", () => {
    expect(ask(new Uint8Array([1, 2, 3])).actions).toEqual([]);
  });

  it("answers on through its lameduck time after SIGTERM, then closes its port and exits", () => {
    const { state, actions } = corednsStep(open, { kind: "signal", signal: "SIGTERM" }, world);
    expect(actions).toEqual([{ kind: "timer", timer: "exit", generation: 0, after: 5_000_000 }]);
    expect(corednsStep(state, { kind: "timer", timer: "exit", generation: 0 }, world).actions.map(({ kind }) => kind)).toEqual([
      "closeUdp",
      "closeListener",
      "exit",
    ]);
  });
});
