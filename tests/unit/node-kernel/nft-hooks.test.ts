/** nftables' base chains among iptables' tables: who is asked when, who has the last word, who translates. */
import { describe, expect, test } from "vitest";
import { micros, simTime } from "../../../src/engine/time";
import { ip, mac } from "../../../src/network/address";
import type { Packet } from "../../../src/network/packet";
import type { KernelContext } from "../../../src/node/kernel/api";
import type { Hop } from "../../../src/node/kernel/hop";
import { runHook } from "../../../src/node/kernel/hooks";
import type { Host } from "../../../src/node/kernel/host";
import { addInterface, addRoute, makeHost } from "../../../src/node/kernel/host";
import { parseRuleset } from "../../../src/node/kernel/netfilter/parse";
import type { Hook } from "../../../src/node/kernel/netfilter/rules";
import { drawFor } from "../../../src/node/kernel/nftables/evaluation";
import { parseTable } from "../../../src/node/kernel/nftables/parse";
import { planOf } from "../../../src/node/kernel/nft-stages";
import { makeBuffer } from "../../../src/node/kernel/socket-buffer";
import type { SocketBuffer } from "../../../src/node/kernel/socket-buffer";

const IPTABLES = parseRuleset(`*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.9.9:9
-A PREROUTING -d 10.96.0.2/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.9.9:9
-A POSTROUTING -m mark --mark 0x1/0x1 -j RETURN
-A POSTROUTING -j MASQUERADE
COMMIT
*filter
:FORWARD ACCEPT [0:0]
-A FORWARD -j ACCEPT
COMMIT
`);

const TABLE = parseTable(
  `add table ip t
add chain ip t early { type filter hook prerouting priority -110 ; }
add chain ip t nat-pre { type nat hook prerouting priority -100 ; }
add chain ip t a { type filter hook forward priority 0 ; }
add chain ip t b { type filter hook forward priority 10 ; }
add chain ip t nat-post { type nat hook postrouting priority 100 ; }
add rule ip t early ip daddr 10.96.0.7 drop
add rule ip t early mark set mark or 0x2
add rule ip t nat-pre ip daddr 10.96.0.1 numgen random mod 2 vmap { 0 : goto one , 1 : goto two }
add chain ip t one
add chain ip t two
add rule ip t one meta l4proto tcp dnat to 10.244.1.1:8080
add rule ip t two meta l4proto tcp dnat to 10.244.1.2:8080
add rule ip t a ip daddr 10.244.1.1 accept
add rule ip t b ip daddr 10.244.1.1 reject
add rule ip t nat-post mark and 0x4 == 0 return
add rule ip t nat-post mark set mark xor 0x4
add rule ip t nat-post masquerade fully-random
`,
  "t",
);

function host(): Host {
  const made = makeHost({
    name: "node",
    settings: { forwarding: true, bridgeNfCallIptables: true },
    costs: { hop: micros(1), vxlan: micros(1), wire: micros(1) },
  });
  addInterface(made, { name: "eth0", role: "nic", mac: mac("02:00:00:00:00:01"), mtu: 1500, addresses: ["192.168.0.11/24"] });
  addRoute(made, { to: "0.0.0.0/0", device: "eth0" });
  return made;
}

interface Walked {
  readonly verdict: string;
  readonly packet: Packet;
  readonly mark: number;
  readonly steps: readonly string[];
  readonly counted: readonly string[];
}

/** A SYN through hooks in turn; `choice` is what the random number falls to, `mark` what the packet comes with. */
function walk(to: string, hooks: readonly Hook[], { choice = 0, mark = 0 } = {}): Walked {
  const steps: string[] = [];
  const counted: string[] = [];
  const ctx: KernelContext = {
    now: simTime(0),
    rulesetOf: () => IPTABLES,
    nftTableOf: () => TABLE,
    draw: (_host, purpose) => (purpose === "numgen" ? drawFor(choice, 2) : 7),
    transmit: () => undefined,
    schedule: () => undefined,
    notify: () => undefined,
    countRule: (_host, table, chain, index) => void counted.push(`${table} ${chain} ${index + 1}`),
    record: (hop: Hop) => void (hop.kind === "step" && steps.push(`${hop.table ?? "-"} ${hop.chain ?? "-"}: ${hop.rule ?? "-"}`)),
  };
  const packet: Packet = {
    src: ip("10.244.1.9"),
    dst: ip(to),
    ttl: 64,
    id: 1,
    dontFragment: true,
    journey: "j",
    transport: { kind: "TCP", srcPort: 40_000, dstPort: 80, flags: "S", seq: 0, ack: 0, window: 64_240, payload: { kind: "none" } },
  };
  const skb: SocketBuffer = { ...makeBuffer(packet, simTime(0)), mark };
  const machine = host();
  let verdict = "accept";
  for (const hook of hooks)
    if (verdict === "accept") verdict = runHook(machine, hook, skb, ctx, { out: hook === "PREROUTING" ? "" : "eth0" });
  return { verdict, packet: skb.packet, mark: skb.mark, steps, counted };
}

describe("a hook where an nftables table stands", () => {
  test("has the table's filter chains between iptables' tables, by priority, each behind what stands there", () => {
    const stages = (hook: Hook): readonly string[] =>
      planOf(TABLE, hook).stages.map((stage) => (typeof stage === "string" ? stage : `(${stage.chain})`));
    expect(stages("PREROUTING")).toEqual(["raw", "conntrack", "mangle", "(early)", "nat"]);
    expect(stages("FORWARD")).toEqual(["mangle", "filter", "(a)", "(b)"]);
    expect(stages("POSTROUTING")).toEqual(["mangle", "nat", "confirm"]);
    expect(stages("OUTPUT")).toEqual(["raw", "conntrack", "mangle", "nat", "reroute", "filter"]);
    expect(planOf(TABLE, "PREROUTING").nat).toEqual(["nat-pre"]);
  });

  test("translates by the table first; what it leaves alone iptables may translate", () => {
    expect(walk("10.96.0.1", ["PREROUTING"]).packet.dst).toBe("10.244.1.1");
    expect(walk("10.96.0.1", ["PREROUTING"], { choice: 1 })).toMatchObject({ packet: { dst: "10.244.1.2" }, mark: 2 });
    expect(walk("10.96.0.2", ["PREROUTING"]).packet.dst).toBe("10.244.9.9");
    expect(walk("10.96.0.1", ["PREROUTING"]).steps).toEqual(["t one: meta l4proto tcp dnat to 10.244.1.1:8080"]);
  });

  test("drops before it translates where an early chain says so", () => {
    const { verdict, steps, counted } = walk("10.96.0.7", ["PREROUTING"]);
    expect(verdict).toBe("drop");
    expect(steps).toEqual(["t early: ip daddr 10.96.0.7 drop"]);
    expect(counted).toEqual(["t early 1"]);
  });

  test("lets an accept end its own chain only: a later one still rejects", () => {
    const { verdict, steps } = walk("10.96.0.1", ["PREROUTING", "FORWARD"]);
    expect(verdict).toBe("reject");
    expect(steps.at(-1)).toBe("t b: ip daddr 10.244.1.1 reject");
    expect(walk("10.96.0.1", ["PREROUTING", "FORWARD"], { choice: 1 }).verdict).toBe("accept");
  });

  test("masquerades once: by the table where the packet is marked, and the mark goes; else by iptables", () => {
    const marked = walk("10.96.0.1", ["PREROUTING", "FORWARD", "POSTROUTING"], { choice: 1, mark: 4 });
    expect(marked).toMatchObject({ packet: { src: "192.168.0.11", dst: "10.244.1.2" }, mark: 2 });
    expect(marked.steps.at(-1)).toBe("t nat-post: masquerade fully-random");
    const plain = walk("10.96.0.1", ["PREROUTING", "FORWARD", "POSTROUTING"], { choice: 1 });
    expect(plain.packet.src).toBe("192.168.0.11");
    expect(plain.steps.at(-1)).toBe("nat POSTROUTING: -A POSTROUTING -j MASQUERADE");
    expect(walk("10.96.0.1", ["PREROUTING", "FORWARD", "POSTROUTING"], { choice: 1, mark: 1 }).packet.src).toBe("10.244.1.9");
  });
});
