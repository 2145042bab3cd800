/** Rules that change under connections being opened: the choice lives in conntrack, not in the rules. */
import { expect, test } from "vitest";
import { seconds } from "../../src/engine/time";
import { ip } from "../../src/network/address";
import { deleteMatching } from "../../src/node/kernel/host";
import { connectTcp, listenTcp, openUdp, sendUdp } from "../../src/node/kernel/sockets";
import { Lab, THREE_NODES } from "../fixtures/kernel-lab";

const VIP = ip("10.96.0.20");

/** web has one endpoint, a silent one on n2 (its frames vanish); a3 is alive. At 2.5 s the endpoints become `then`. */
function changing(then: readonly string[]): Lab {
  const lab = new Lab(THREE_NODES);
  const setEndpoints = (addresses: readonly string[]): void => {
    const index = lab.services.findIndex(({ name }) => name === "web");
    const service = lab.services[index];
    if (service !== undefined) lab.services[index] = { ...service, endpoints: addresses.map((address) => ({ address, port: 8080 })) };
    lab.rulesChanged();
  };
  setEndpoints(["10.244.2.2"]);
  listenTcp(lab.host("a3"), { owner: "server", port: 8080 });
  lab.warm("n2", "cbr0", "10.244.2.2", lab.macOf("a2.eth0"));
  lab.hosts.delete("a2");
  connectTcp(lab.host("a1"), { owner: "client", dst: VIP, port: 80, journey: "j", timeout: seconds(30) }, lab.ctx);
  lab.at(seconds(2.5), () => setEndpoints(then));
  return lab;
}

function outcome(lab: Lab): string {
  lab.run(seconds(60));
  const heard = lab.heard.find(({ owner }) => owner === "client");
  const what = heard?.event.kind === "error" ? heard.event.error : heard?.event.kind;
  return `${what} ${((heard?.at ?? 0) / 1e6).toFixed(1)}`;
}

function forgetAt(lab: Lab, moment: number): void {
  lab.at(seconds(moment), () => {
    deleteMatching(lab.host("n1").conntrack, { protocol: "tcp", originalDestination: VIP, replySource: "10.244.2.2" });
  });
}

test("the endpoint is replaced, the entry stays: every later SYN still goes to the old one", () => {
  expect(outcome(changing(["10.244.3.2"]))).toBe("ETIMEDOUT 30.0");
});

test("the endpoint is replaced and the entry deleted: the next SYN draws the new one", () => {
  const lab = changing(["10.244.3.2"]);
  forgetAt(lab, 3.5);
  expect(outcome(lab)).toBe("connected 4.1");
});

test("no endpoint is left, the entry stays: REJECT never sees the translated packet", () => {
  expect(outcome(changing([]))).toBe("ETIMEDOUT 30.0");
});

test("no endpoint is left and the entry is deleted: the next SYN is refused", () => {
  const lab = changing([]);
  forgetAt(lab, 3.5);
  expect(outcome(lab)).toBe("ECONNREFUSED 4.1");
  expect([...lab.host("n1").conntrack.entries.values()].filter(({ original }) => original.dst === VIP)).toEqual([]);
});

test("a UDP flow refused for want of endpoints leaves no entry: when one appears, the next datagram is answered", () => {
  const lab = new Lab(THREE_NODES.replace("service noep tcp", "service late udp"));
  const echo = openUdp(lab.host("b2"), { owner: "echo", port: 5353 }, lab.ctx);
  lab.programs.set("echo", (event) => {
    if (event.kind !== "datagram") return;
    sendUdp(lab.host("b2"), echo, { to: event.from, port: event.fromPort, payload: event.payload, journey: "j" }, lab.ctx);
  });
  const to = { address: ip("10.96.0.30"), port: 80 };
  const socket = openUdp(lab.host("a1"), { owner: "client", connected: to }, lab.ctx);
  const send = (): void =>
    sendUdp(lab.host("a1"), socket, { to: to.address, port: to.port, payload: { kind: "data", length: 5 }, journey: "j" }, lab.ctx);
  lab.at(seconds(0), send);
  lab.at(seconds(1), () => {
    const index = lab.services.findIndex(({ name }) => name === "late");
    const service = lab.services[index];
    if (service !== undefined) lab.services[index] = { ...service, endpoints: [{ address: "10.244.2.3", port: 5353 }] };
    lab.rulesChanged();
  });
  lab.at(seconds(2), send);
  lab.run(seconds(3));
  const client = lab.heard.filter(({ owner }) => owner === "client");
  expect(client.map(({ event }) => (event.kind === "error" ? event.error : event.kind))).toEqual(["ECONNREFUSED", "datagram"]);
});
