/** What does not fit, in the numbers that were observed on a real kernel (dead-endpoints lab, G); the ways stand in tests/kernel-lab. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fingerprint } from "../../src/base/hash";
import { micros, seconds } from "../../src/engine/time";
import { ip } from "../../src/network/address";
import { packetBytes } from "../../src/network/bytes";
import { fragmentsOf, isComplete, wholeOf } from "../../src/network/fragments";
import type { Packet } from "../../src/network/packet";
import { packetLength } from "../../src/network/payload";
import type { Tap } from "../../src/node/kernel/hop";
import { checkpointHost, hashHost, restoreHost } from "../../src/node/kernel/host";
import type { PathMtuDiscovery } from "../../src/node/kernel/sockets/state";
import { openUdp, sendUdp } from "../../src/node/kernel/sockets";
import { Lab } from "../fixtures/kernel-lab";

const NETWORK = `
  node n1 192.168.1.11 10.244.1.0/24
  node n2 192.168.1.12 10.244.2.0/24
  pod a1 n1 10.244.1.2
  pod b1 n1 10.244.1.3
  pod a2 n2 10.244.2.2
  machine gw 192.168.1.1
  service there udp 10.96.0.10:53 - -> 10.244.2.2:5353
  service here udp 10.96.0.20:53 - -> 10.244.1.3:5353
`;

/** A lab in which a1 sends one datagram of `size` bytes. */
class Sending {
  readonly lab = new Lab(NETWORK);
  private socket = 0;

  constructor(
    readonly to: string,
    readonly discovery: PathMtuDiscovery = "want",
  ) {
    for (const name of ["b1", "a2"]) openUdp(this.lab.host(name), { owner: "server", port: 5353 }, this.lab.ctx);
  }

  widen(...ends: readonly (readonly [string, string])[]): this {
    for (const [host, name] of ends) {
      const found = this.lab.host(host).interfaces.get(name);
      if (found !== undefined) this.lab.host(host).interfaces.set(name, { ...found, mtu: 1500 });
    }
    return this;
  }

  send(size: number): readonly string[] {
    const from = this.lab.hops.length;
    const { lab, to, discovery } = this;
    const connected = { address: ip(to), port: 53 };
    if (this.socket === 0) this.socket = openUdp(lab.host("a1"), { owner: "client", port: 40_000, connected, discovery }, lab.ctx);
    sendUdp(lab.host("a1"), this.socket, { to: ip(to), port: 53, payload: { kind: "data", length: size }, journey: "j" }, lab.ctx);
    lab.run(micros(lab.loop.now + 20_000));
    return lab.hops
      .slice(from)
      .filter((hop): hop is Tap => hop.kind === "tap")
      .map(seen);
  }

  /** What the server got, in bytes of payload. */
  get arrived(): readonly number[] {
    return this.lab.heard.flatMap(({ owner, event }) =>
      owner === "server" && event.kind === "datagram" && event.payload.kind === "data" ? [event.payload.length] : [],
    );
  }

  get errors(): readonly string[] {
    return this.lab.heard.flatMap(({ event }) => (event.kind === "error" ? [event.error] : []));
  }
}

/** `n1.flannel.1 out 1444 at 0` and, on a NIC, the outer packet's size behind it. */
function seen({ host, iface, way, packet, outer }: Tap): string {
  const { transport, fragment, dontFragment } = packet;
  const what = transport.kind === "ICMP" ? `ICMP ${transport.type}/${transport.code} MTU ${transport.mtu ?? 0} ` : "";
  const part = fragment === undefined ? "" : ` at ${fragment.offset}`;
  const around = outer === undefined ? "" : ` in ${packetLength(outer.packet)}`;
  return `${host}.${iface} ${way} ${what}${packetLength(packet)}${part}${dontFragment ? " DF" : ""}${around}`;
}

const on = (iface: string) => (line: string) => line.startsWith(`${iface} `);

describe("a Pod's MTU is 1450, a VXLAN packet's 1500", () => {
  test("1450 bytes go as they are, and the tunnel's packet is exactly 1500", () => {
    const sending = new Sending("10.96.0.10");
    expect(sending.send(1422).filter(on("n1.eth0"))).toEqual(["n1.eth0 out 1450 DF in 1500"]);
    expect(sending.arrived).toEqual([1422]);
  });

  test("2000 bytes: the Pod cuts, the node looks at the whole, cuts again, and so does the other node", () => {
    const sending = new Sending("10.96.0.10");
    const lines = sending.send(1972);
    for (const iface of ["a1.eth0", "n1.flannel.1", "n2.cbr0", "n2.p-a2"])
      expect(lines.filter(on(iface)), iface).toEqual([`${iface} out 1444 at 0`, `${iface} out 576 at 1424`]);
    expect(lines.filter(on("n1.cbr0"))).toEqual(["n1.cbr0 in 2000"]);
    expect(sending.arrived).toEqual([1972]);
  });

  test("2000 bytes to a Pod of the same node are cut again at its port, not before", () => {
    const sending = new Sending("10.96.0.20");
    const lines = sending.send(1972);
    expect(lines.filter(on("n1.cbr0"))).toEqual(["n1.cbr0 out 2000"]);
    expect(lines.filter(on("n1.p-b1"))).toEqual(["n1.p-b1 out 1444 at 0", "n1.p-b1 out 576 at 1424"]);
    expect(sending.arrived).toEqual([1972]);
  });

  test("what may not be cut is refused by send() itself", () => {
    const sending = new Sending("10.96.0.10", "do");
    expect(sending.send(1472)).toEqual([]);
    expect(sending.errors).toEqual(["EMSGSIZE"]);
  });
});

describe("a Pod of MTU 1500 above a tunnel of 1450", () => {
  const wide = (discovery?: PathMtuDiscovery): Sending => new Sending("10.96.0.10", discovery).widen(["a1", "eth0"], ["n1", "p-a1"]);

  test("the node says what fits, as the ClusterIP; the Pod remembers it for ten minutes, and cuts the next", () => {
    const sending = wide();
    expect(sending.send(1472)).toContain("a1.eth0 in ICMP 3/4 MTU 1450 576");
    expect(sending.errors).toEqual(["EMSGSIZE"]);
    expect(sending.lab.host("n1").conntrack.entries.size).toBe(0);
    expect(sending.send(1472).filter(on("a1.eth0"))).toEqual(["a1.eth0 out 1444 at 0", "a1.eth0 out 76 at 1424"]);
    expect(sending.arrived).toEqual([1472]);
    sending.lab.at(seconds(601), () => expect(sending.send(1472)).toContain("a1.eth0 in ICMP 3/4 MTU 1450 576"));
    sending.lab.run(seconds(602));
    expect(sending.errors).toEqual(["EMSGSIZE", "EMSGSIZE"]);
  });

  test("what may be cut is cut by the node", () => {
    const sending = wide("dont");
    expect(sending.send(1472).filter(on("n1.flannel.1"))).toEqual(["n1.flannel.1 out 1444 at 0", "n1.flannel.1 out 76 at 1424"]);
    expect(sending.arrived).toEqual([1472]);
  });

  test("who never cuts is told every time", () => {
    const sending = wide("probe");
    for (const _ of [1, 2]) expect(sending.send(1472)).toContain("a1.eth0 in ICMP 3/4 MTU 1450 576");
    expect(sending.arrived).toEqual([]);
  });

  test("a bridge loses what does not fit its port, and tells nobody", () => {
    const sending = new Sending("10.96.0.20").widen(["a1", "eth0"], ["n1", "p-a1"]);
    const lines = sending.send(1472);
    expect([lines.filter(on("n1.p-b1")), lines.filter((line) => line.includes("ICMP")), sending.errors]).toEqual([[], [], []]);
  });

  test("a port of 1450 takes no frame of 1500", () => {
    const sending = new Sending("10.96.0.10").widen(["a1", "eth0"]);
    expect(sending.send(1472)).toEqual(["a1.eth0 out 1500 DF"]);
  });
});

test("what routers said and what waits for its rest is state: copied, restored, and in the fingerprint", () => {
  const { lab } = new Sending("10.96.0.10");
  const host = lab.host("a1");
  const hash = (): string => {
    const into = new Fingerprint();
    hashHost(host, into);
    return into.hex();
  };
  const before = checkpointHost(host);
  const untouched = hash();
  host.pathMtus.set("10.96.0.10", { mtu: 1400, expires: lab.loop.now });
  const withPath = hash();
  host.parts.set("UDP", { since: lab.loop.now, parts: [], largest: 0 });
  expect(new Set([untouched, withPath, hash()]).size).toBe(3);
  restoreHost(host, before);
  expect(hash()).toBe(untouched);
});

const RUNS = Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50");

test("law: fragments carry every byte once, none is too large, and any order completes them", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 68, max: 1500 }), fc.infiniteStream(fc.nat()), (size, mtu, order) => {
      const transport = { kind: "UDP", srcPort: 1, dstPort: 2, payload: { kind: "data", length: size } } as const;
      const packet: Packet = { src: ip("10.0.0.1"), dst: ip("10.0.0.2"), ttl: 64, id: 7, dontFragment: false, transport, journey: "j" };
      const pieces = fragmentsOf(packet, mtu);
      const bytes = pieces.flatMap((piece) => Array.from(packetBytes(piece)).slice(20));
      expect(bytes).toEqual(Array.from(packetBytes(packet)).slice(20));
      for (const piece of pieces) expect(packetLength(piece)).toBeLessThanOrEqual(mtu);
      const parts = pieces.flatMap(({ fragment }) => fragment ?? []);
      const keys = new Map(parts.map((part) => [part, order.next().value ?? 0]));
      const shuffled = parts.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
      for (let count = 0; count < shuffled.length; count += 1) expect(isComplete(shuffled.slice(0, count))).toBe(false);
      expect(isComplete(shuffled)).toBe(true);
      expect(pieces.map(wholeOf)).toEqual(pieces.map(() => packet));
    }),
    { numRuns: RUNS },
  );
});
