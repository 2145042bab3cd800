/** A followed request as the page shows it: packets with titles, hops with what changed, the choice and the queries. */
import { describe, expect, test } from "vitest";
import { simTime } from "../../../src/engine/time";
import { finish } from "../../../src/recording/recording";
import type { Command } from "../../../src/world/command";
import type { HopView, JourneyView } from "../../../src/world/view-types";
import { twoAppsRecording } from "../../fixtures/world";

/** The newest request's journey after some commands. */
function journeyAfter(script: readonly (readonly [number, Command])[], until: number, seed = 1): JourneyView {
  const recording = twoAppsRecording({ seed, perSecond: 0 });
  for (const [at, command] of script) {
    const acted = finish(recording.act({ at: simTime(at), shownUntil: simTime(at), command }));
    if (!acted.ok) throw new Error(acted.problem.message);
  }
  finish(recording.seekTime(simTime(until)));
  const [newest] = recording.moment({ at: until, ahead: 0, follow: null }).requests;
  const journey = finish(recording.journey(newest?.id ?? 0));
  if (journey === null) throw new Error("no journey");
  return journey;
}

function hopsOf(journey: JourneyView, kind: string): readonly HopView[] {
  const packet = journey.packets.find((one) => one.kind === kind);
  return journey.hops.filter((hop) => hop.packet === packet?.index);
}

const SEND: readonly (readonly [number, Command])[] = [[1_000_000, { do: "request" }]];

describe("a first visit", () => {
  const journey = journeyAfter(SEND, 3_000_000);
  const short = journey.client.replace("shop/", "");

  test("asks for the name, connects, asks, is answered and closes", () => {
    expect(journey.packets.map(({ title }) => title)).toEqual([
      "A query for your-app-svc.shop.svc.cluster.local",
      "AAAA query for your-app-svc.shop.svc.cluster.local",
      expect.stringMatching(/^Answer: your-app-svc A is 10\./),
      "Answer: your-app-svc AAAA is no such record (NODATA)",
      "SYN to your-app-svc",
      `SYN, ACK back to ${short}`,
      "ACK to your-app-svc",
      "GET / to your-app-svc",
      `ACK back to ${short}`,
      `200 OK back to ${short}`,
      "ACK to your-app-svc",
      "FIN to your-app-svc",
      `ACK back to ${short}`,
      `FIN back to ${short}`,
      "ACK to your-app-svc",
    ]);
    expect(journey).toMatchObject({ verdict: "answered", title: "curl your-app-svc", to: "http://your-app-svc" });
  });

  test("says at the trap who was asked for, what was drawn and who was chosen, then the rule", () => {
    const trap = hopsOf(journey, "syn").find(({ hook, rules }) => hook === "PREROUTING" && rules.length > 0);
    const taken = journey.choices.find((choice) => choice.taken);
    expect(trap?.sentence).toMatch(
      /^10\.\d+\.\d+\.\d+:80 is your-app-svc\. (The (first|second) draw, 0\.\d+, is under 0\.\d+, so|Neither draw fell under its limit, so by the last rule) this connection goes to your-app-\S+\. KUBE-SEP-\w+ rule 2 \(DNAT\) rewrites /,
    );
    expect(trap?.sentence).toContain(taken?.pod.replace("shop/", "") ?? "nobody");
    const query = hopsOf(journey, "dns-query").find(({ hook, rules }) => hook === "PREROUTING" && rules.length > 0);
    expect(query?.sentence).toMatch(/^10\.96\.0\.10:53 is kube-dns\. The .*draw.* goes to coredns-/);
  });

  test("shows the encapsulation where flannel.1 makes it, and its end where flannel.1 takes it off", () => {
    const tunnelled = hopsOf(journey, "syn").flatMap(({ step, changes }) =>
      changes.filter(({ field }) => field === "encapsulation").map((change) => `${step}: ${change.old} → ${change.new}`),
    );
    expect(tunnelled).toEqual(["encap: none → VXLAN 192.168.0.11 → 192.168.0.12", "decap: VXLAN 192.168.0.11 → 192.168.0.12 → none"]);
  });

  test("opens the query's and the SYN's trap by kernel, tells answers by stations, the rest in one beat each", () => {
    const levels = journey.packets.map(({ kind, level }) => `${kind} ${level}`);
    expect(levels.filter((line) => !line.endsWith("chapters"))).toEqual([
      "dns-query kernel",
      "dns-answer stations",
      "syn kernel",
      "syn-ack stations",
    ]);
  });

  test("is caught at PREROUTING on the client's own node, by the rule that stands in the node's rules", () => {
    const trap = hopsOf(journey, "syn").find(({ hook }) => hook === "PREROUTING");
    expect(trap?.place).toBe("PREROUTING, nat");
    expect(trap?.bridged).toBe(true);
    expect(trap?.changes.map(({ field }) => field)).toEqual(["destination", "destination port"]);
    expect(trap?.rules.at(-1)?.text).toMatch(
      /^-A KUBE-SEP-\S+ -p tcp -m comment --comment "shop\/your-app-svc:http" -m tcp -j DNAT --to-destination 10\.244\.\d\.\d:8080$/,
    );
    expect(trap?.conntrack).toMatchObject({ state: "SYN_SENT", unreplied: true, confirmed: false });
    const lines = trap?.walks.find(({ chain }) => chain.startsWith("KUBE-SVC-"))?.lines ?? [];
    expect(lines.filter(({ state }) => state === "matched")).toHaveLength(1);
    for (const { draw, reason } of lines)
      if (draw !== undefined) expect(reason).toBe(`drew ${draw.value.toFixed(3)}, limit ${draw.limit.toFixed(3)}`);
  });

  test("shows every change once, each from the value that the packet had before", () => {
    for (const [index, hop] of journey.hops.entries()) {
      const previous = journey.hops[index - 1];
      if (previous?.packet === hop.packet) expect(hop.before).toEqual(previous.after);
    }
  });

  test("walks forward in time and through its stations, and numbers its hops without a gap", () => {
    expect(journey.hops.map(({ index }) => index)).toEqual(journey.hops.map((_, index) => index));
    for (const packet of journey.packets) {
      const hops = journey.hops.filter((hop) => hop.packet === packet.index);
      expect(hops).toHaveLength(packet.hops);
      expect(hops[0]?.index).toBe(packet.firstHop);
      for (const [index, hop] of hops.entries()) {
        expect(hop.at).toBeGreaterThanOrEqual(hops[index - 1]?.at ?? 0);
        expect(hop.station).toBeGreaterThanOrEqual(hops[index - 1]?.station ?? 0);
        expect(hop.sentence).toMatch(/^\S.*\.$/);
      }
    }
  });

  test("names all endpoints of the choice with their chances, and the one that was taken", () => {
    expect(journey.choices.map(({ probability }) => probability)).toEqual(["1/3", "1/3", "1/3"]);
    expect(journey.choices.filter(({ taken }) => taken)).toHaveLength(1);
    expect(journey.choices.every(({ pod }) => pod.startsWith("shop/your-app-"))).toBe(true);
  });

  test("tells what the resolver asked, which replica answered, and what", () => {
    expect(journey.queries.map(({ name, type, server, rcode, by }) => ({ name, type, server, rcode, by: by.slice(0, 7) }))).toEqual([
      { name: "your-app-svc.shop.svc.cluster.local.", type: "A", server: "10.96.0.10", rcode: "NOERROR", by: "coredns" },
      { name: "your-app-svc.shop.svc.cluster.local.", type: "AAAA", server: "10.96.0.10", rcode: "NOERROR", by: "coredns" },
    ]);
  });

  test("has headers whose bytes begin with IPv4 and carry the very addresses", () => {
    const [first] = hopsOf(journey, "syn");
    const bytes = (first?.after.bytes ?? "").split(" ").map((byte) => Number.parseInt(byte, 16));
    expect(bytes[0]).toBe(0x45);
    expect(bytes.slice(12, 16).join(".")).toBe(first?.after.src);
    expect(bytes.slice(16, 20).join(".")).toBe(first?.after.dst);
  });
});

describe("a way over two nodes", () => {
  const journey = [1, 2, 3, 4, 5]
    .map((seed) => journeyAfter(SEND, 3_000_000, seed))
    .find((one) => hopsOf(one, "syn").some(({ role }) => role === "vxlan"));

  test("puts a wire between the machines, and an outer packet around the inner one on it", () => {
    const hops = journey === undefined ? [] : hopsOf(journey, "syn");
    expect(new Set(hops.map(({ station }) => station))).toEqual(new Set([0, 1, 3, 4]));
    const wired = hops.filter(({ role }) => role === "nic");
    expect(wired).toHaveLength(2);
    for (const { after } of wired) expect(after.outer).toMatchObject({ dstPort: 8472, ttl: 64 });
    expect(hops.flatMap(({ changes }) => changes).filter(({ field }) => field === "TTL")).toEqual([
      { field: "TTL", old: "64", new: "63" },
      { field: "TTL", old: "63", new: "62" },
    ]);
  });
});

describe("a request that fails", () => {
  test("is refused by a rule where the Service has no endpoint", () => {
    const journey = journeyAfter(
      [
        [1_000_000, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 0 }],
        [5_000_000, { do: "request" }],
      ],
      7_000_000,
    );
    expect(journey.verdict).toBe("refused");
    expect(journey.packets.at(-1)).toMatchObject({ kind: "icmp", direction: "error" });
    const refusing = hopsOf(journey, "syn").find(({ rules }) => rules.at(-1)?.text.includes("REJECT"));
    expect(refusing?.rules.at(-1)?.text).toContain("has no endpoints");
  });

  test("walks the whole search list for a name that does not exist", () => {
    const journey = journeyAfter([[1_000_000, { do: "request", to: "http://nowhere" }]], 3_000_000);
    expect(journey.verdict).toBe("name not found");
    expect([...new Set(journey.queries.map(({ name }) => name))]).toEqual([
      "nowhere.shop.svc.cluster.local.",
      "nowhere.svc.cluster.local.",
      "nowhere.cluster.local.",
      "nowhere.",
    ]);
    expect(new Set(journey.queries.map(({ rcode }) => rcode))).toEqual(new Set(["NXDOMAIN"]));
  });

  test("sends its SYN again, as a packet of its own, while nobody answers", () => {
    const journey = journeyAfter([[1_000_000, { do: "request", to: "http://10.244.2.200:8080" }]], 9_000_000);
    expect(journey.packets.filter(({ kind }) => kind === "syn").map(({ title }) => title)).toEqual(
      [1, 2, 3].map(() => "SYN to 10.244.2.200:8080"),
    );
    expect(journey.verdict).toBe("unreachable");
  });

  test("never leaves its Pod while the neighbour of its own subnet is not found, and says so", () => {
    const journey = journeyAfter([[1_000_000, { do: "request", to: "http://10.244.1.200:8080" }]], 9_000_000);
    expect(hopsOf(journey, "syn").at(-1)?.sentence).toBe(
      "10.244.1.200 never answered: the packet is dropped, ICMP host unreachable goes back.",
    );
    expect((journey.endedAt ?? 0) - journey.startedAt).toBeGreaterThan(3_060_000);
  });
});
