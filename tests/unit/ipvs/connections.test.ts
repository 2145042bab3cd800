/** What IPVS remembers of connections and clients: who goes where, for how long, and that all of it is part of the state. */
import { describe, expect, test } from "vitest";
import { Fingerprint } from "../../../src/base/hash";
import { simTime } from "../../../src/engine/time";
import { ip } from "../../../src/network/address";
import type { Packet, TcpFlags } from "../../../src/network/packet";
import { connectionOfReply, connectionOfRequest, type Ported, type RequestOutcome } from "../../../src/node/kernel/ipvs/requests";
import { copyIpvsState, hashIpvsState, makeIpvsState, type IpvsState } from "../../../src/node/kernel/ipvs/state";
import { virtualKey, type IpvsTable, type RealServer, type VirtualServer } from "../../../src/node/kernel/ipvs/table";

const VIP = "10.96.0.10";
const CLIENT = "10.244.2.9";

interface Setup {
  /** `1 1 0`: weights of 10.244.1.1, 10.244.1.2, ... */
  readonly weights: string;
  readonly persistence?: number;
  readonly protocol?: "tcp" | "udp";
}

function tableOf({ weights, persistence = 0, protocol = "tcp" }: Setup): IpvsTable {
  const servers = weights.split(" ").map((weight, index): RealServer => {
    return { address: `10.244.1.${index + 1}`, port: 8080, weight: Number(weight) };
  });
  const virtual: VirtualServer = { protocol, address: VIP, port: 80, scheduler: "rr", persistence, servers };
  return { version: weights, servers: new Map([[virtualKey(virtual), virtual]]) };
}

function packetOf(src: string, dst: string, transport: Ported): Packet {
  return { src: ip(src), dst: ip(dst), ttl: 64, id: 1, dontFragment: true, transport, journey: "" };
}

function segment(srcPort: number, dstPort: number, flags: TcpFlags): Ported {
  return { kind: "TCP", srcPort, dstPort, flags, seq: 1, ack: 1, window: 64_240, payload: { kind: "none" } };
}

/** A clock, a table and a state, asked by packets. */
class Virtual {
  private now = simTime(0);

  constructor(
    private table: IpvsTable,
    readonly state: IpvsState = makeIpvsState(),
  ) {}

  /** Goes on by so many seconds. */
  after(seconds: number): this {
    this.now = simTime(this.now + seconds * 1_000_000);
    return this;
  }

  becomes(setup: Setup): this {
    this.table = tableOf(setup);
    return this;
  }

  ask(port: number, { flags = "S", client = CLIENT, isTracked = false }: Asked = {}): string {
    const transport = segment(port, 80, flags);
    return words(
      connectionOfRequest(this.state, this.table, {
        packet: packetOf(client, VIP, transport),
        transport,
        now: this.now,
        isTracked,
        chosen: undefined,
      }),
    );
  }

  datagram(port: number): string {
    const transport: Ported = { kind: "UDP", srcPort: port, dstPort: 80, payload: { kind: "none" } };
    const packet = packetOf(CLIENT, VIP, transport);
    return words(connectionOfRequest(this.state, this.table, { packet, transport, now: this.now, isTracked: false, chosen: undefined }));
  }

  /** A segment of a real server: the state that its connection is in then. */
  answer(server: number, port: number, flags: TcpFlags): string {
    const transport = segment(8080, port, flags);
    const packet = packetOf(`10.244.1.${server}`, CLIENT, transport);
    return connectionOfReply(this.state, { packet, transport, now: this.now })?.state ?? "no connection";
  }
}

interface Asked {
  readonly flags?: TcpFlags;
  readonly client?: string;
  readonly isTracked?: boolean;
}

/** `new 10.244.1.1:8080 SYN_RECV`, `known …`, or the kind of the outcome. */
function words(outcome: RequestOutcome): string {
  if (outcome.kind !== "connection") return outcome.kind;
  const { connection, isNew } = outcome;
  return `${isNew ? "new" : "known"} ${connection.real} ${connection.state}`;
}

describe("a connection", () => {
  test("goes to one real server from its SYN to its end, and follows the flags of both sides", () => {
    const virtual = new Virtual(tableOf({ weights: "1 1" }));
    expect(virtual.ask(40_000)).toBe("new 10.244.1.1:8080 SYN_RECV");
    expect(virtual.answer(1, 40_000, "SA")).toBe("SYN_RECV");
    expect(virtual.ask(40_000, { flags: "A" })).toBe("known 10.244.1.1:8080 ESTABLISHED");
    expect(virtual.ask(40_001)).toBe("new 10.244.1.2:8080 SYN_RECV");
    expect(virtual.ask(40_000, { flags: "FA" })).toBe("known 10.244.1.1:8080 CLOSE_WAIT");
    expect(virtual.answer(1, 40_000, "FA")).toBe("TIME_WAIT");
  });

  test("begins with a SYN: a segment from the middle of one that nobody knows passes by", () => {
    expect(new Virtual(tableOf({ weights: "1" })).ask(40_000, { flags: "A" })).toBe("pass");
  });

  test("is answered only by its own real server", () => {
    const virtual = new Virtual(tableOf({ weights: "1 1" }));
    virtual.ask(40_000);
    expect(virtual.answer(2, 40_000, "SA")).toBe("no connection");
  });

  test("expires a minute after a SYN that nobody answers, and fifteen minutes after its last segment once established", () => {
    const virtual = new Virtual(tableOf({ weights: "1 1" }));
    virtual.ask(40_000);
    expect(virtual.after(59).ask(40_000)).toBe("known 10.244.1.1:8080 SYN_RECV");
    virtual.ask(40_000, { flags: "A" });
    expect(virtual.after(899).ask(40_000, { flags: "A" })).toBe("known 10.244.1.1:8080 ESTABLISHED");
    expect(virtual.after(901).ask(40_000, { flags: "A" })).toBe("pass");
  });

  test("whose real server is gone is dropped, and its next SYN begins anew elsewhere", () => {
    const virtual = new Virtual(tableOf({ weights: "1 1" }));
    virtual.ask(40_000);
    virtual.ask(40_000, { flags: "A" });
    virtual.becomes({ weights: "0 1" });
    expect(virtual.ask(40_000, { flags: "A" })).toBe("known 10.244.1.1:8080 ESTABLISHED");
    const without: IpvsTable = {
      version: "x",
      servers: new Map([...tableOf({ weights: "1 1" }).servers].map(([key, one]) => [key, { ...one, servers: one.servers.slice(1) }])),
    };
    const gone = new Virtual(without, virtual.state);
    expect(gone.ask(40_000, { flags: "A", isTracked: true })).toBe("gone");
    expect(gone.ask(40_000)).toBe("new 10.244.1.2:8080 SYN_RECV");
  });

  test("of a port used again while the old one waits its time out is a new one, as is one to a real server of weight 0", () => {
    const virtual = new Virtual(tableOf({ weights: "1 1" }));
    virtual.ask(40_000);
    virtual.ask(40_000, { flags: "A" });
    virtual.ask(40_000, { flags: "FA" });
    virtual.answer(1, 40_000, "FA");
    expect(virtual.ask(40_000)).toBe("new 10.244.1.2:8080 SYN_RECV");
    virtual.becomes({ weights: "1 0" });
    expect(virtual.ask(40_000)).toBe("new 10.244.1.1:8080 SYN_RECV");
  });

  test("is refused where every real server has weight 0", () => {
    expect(new Virtual(tableOf({ weights: "0 0" })).ask(40_000)).toBe("refused");
  });

  test("of datagrams lives five minutes from the last one", () => {
    const virtual = new Virtual(tableOf({ weights: "1 1", protocol: "udp" }));
    expect(virtual.datagram(5353)).toBe("new 10.244.1.1:8080 UDP");
    expect(virtual.after(299).datagram(5353)).toBe("known 10.244.1.1:8080 UDP");
    expect(virtual.after(301).datagram(5353)).toBe("new 10.244.1.2:8080 UDP");
  });
});

describe("a virtual server with affinity", () => {
  const affine = (weights: string): Setup => ({ weights, persistence: 300 });

  test("gives a client's connections to one real server, and other clients theirs", () => {
    const virtual = new Virtual(tableOf(affine("1 1")));
    expect([40_000, 40_001, 40_002].map((port) => virtual.ask(port))).toEqual(Array(3).fill("new 10.244.1.1:8080 SYN_RECV"));
    expect(virtual.ask(40_000, { client: "10.244.2.10" })).toBe("new 10.244.1.2:8080 SYN_RECV");
  });

  test("counts the time from the client's last new connection", () => {
    const virtual = new Virtual(tableOf(affine("1 1")));
    virtual.ask(40_000);
    expect(virtual.after(299).ask(40_001)).toBe("new 10.244.1.1:8080 SYN_RECV");
    expect(virtual.after(299).ask(40_002)).toBe("new 10.244.1.1:8080 SYN_RECV");
    expect(virtual.after(301).ask(40_003)).toBe("new 10.244.1.2:8080 SYN_RECV");
  });

  test("does not forget a client while a connection of it lives", () => {
    const virtual = new Virtual(tableOf(affine("1 1")));
    virtual.ask(40_000);
    virtual.ask(40_000, { flags: "A" });
    expect(virtual.after(600).ask(40_001)).toBe("new 10.244.1.1:8080 SYN_RECV");
  });

  test("sends a client elsewhere once its real server takes no new connections", () => {
    const virtual = new Virtual(tableOf(affine("1 1")));
    virtual.ask(40_000);
    expect(virtual.becomes(affine("0 1")).ask(40_001)).toBe("new 10.244.1.2:8080 SYN_RECV");
    expect(virtual.becomes(affine("1 1")).ask(40_002)).toBe("new 10.244.1.2:8080 SYN_RECV");
  });
});

describe("IPVS's state", () => {
  const print = (state: IpvsState): string => {
    const into = new Fingerprint();
    hashIpvsState(state, into);
    return into.hex();
  };
  const used = (): IpvsState => {
    const virtual = new Virtual(tableOf({ weights: "1 1", persistence: 300 }));
    virtual.ask(40_000);
    return virtual.state;
  };
  const first = <V>(map: Iterable<readonly [string, V]>): readonly [string, V] => {
    for (const entry of map) return entry;
    throw new Error("nothing in it");
  };
  const changes: readonly (readonly [string, (state: IpvsState) => void])[] = [
    [
      "a connection's state",
      ({ connections }) => {
        for (const one of connections.values()) connections.set(one.key, { ...one, state: "CLOSE" });
      },
    ],
    [
      "a client's place",
      ({ templates }) => {
        const [key, held] = first(templates);
        templates.set(key, { ...held, expires: simTime(1) });
      },
    ],
    [
      "a scheduler's place",
      ({ places }) => {
        const [key, place] = first(places);
        places.set(key, { ...place, last: "10.244.1.9:8080" });
      },
    ],
    ["a real server that is drained", ({ drained }) => void drained.set("tcp x", [{ address: "10.244.1.9", port: 1, weight: 0 }])],
    [
      "when expired connections are looked for",
      (state) => {
        state.sweepAt += 1;
      },
    ],
  ];

  test.each(changes)("has another fingerprint with %s changed, and a copy of it is not touched", (_, change) => {
    const state = used();
    const copy = copyIpvsState(state);
    expect(print(copy)).toBe(print(state));
    change(state);
    expect(print(state)).not.toBe(print(used()));
    expect(print(copy)).toBe(print(used()));
  });
});
