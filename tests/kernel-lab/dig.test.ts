/** Our answers, read by other people's readers: dig over loopback UDP and TCP, and tshark. Both without a complaint. */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseType } from "../../src/dns/message/codes";
import { negativeSizes } from "../../src/dns/message/show";
import { makeQuery } from "../../src/dns/message/types";
import { encodeMessage } from "../../src/dns/message/wire";
import { ip, mac } from "../../src/network/address";
import { frameBytes } from "../../src/network/bytes";
import type { Replay } from "./dns-replay";
import { replyTo, startReplay } from "./dns-replay";
import { pcapBytes } from "./pcap";

const folder = mkdtempSync(join(tmpdir(), "kubewalk-dig-"));
let replay: Replay;

beforeAll(async () => {
  // In a namespace of its own the loopback interface is down at first.
  execFileSync("ip", ["link", "set", "lo", "up"]);
  replay = await startReplay();
});

afterAll(async () => {
  await replay.close();
  rmSync(folder, { recursive: true, force: true });
});

async function dig(args: readonly string[]): Promise<string> {
  const all = ["@127.0.0.1", "-p", `${replay.port}`, "+time=3", "+tries=1", "+norecurse", "+nocookie", ...args];
  return (await promisify(execFile)("dig", all)).stdout;
}

/** Banner, clock and server; and a remark about every name under .local, which dig makes before it has an answer. */
const OF_THE_PROGRAM =
  /^; (<<>> DiG|\(1 server found\))|^;; (global options|Got answer|Query time|SERVER|WHEN|WARNING: \.local is reserved|You are currently testing)/;

/** The lines that are about the message: without banner, clock and server, one blank between words. */
function linesOf(text: string): readonly string[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !OF_THE_PROGRAM.test(line))
    .map((line) => line.replaceAll(/\s+/g, " ").trim());
}

const QUESTIONS = [
  "web.default.svc.cluster.local. A",
  "WEB.default.svc.cluster.local. A",
  "web.default.svc.cluster.local. AAAA",
  "both.shop.svc.cluster.local. AAAA",
  "_http._tcp.both.shop.svc.cluster.local. SRV",
  "db.shop.svc.cluster.local. A",
  "_sql._tcp.db.shop.svc.cluster.local. SRV",
  "50.0.96.10.in-addr.arpa. PTR",
  "out.shop.svc.cluster.local. A",
  "out.shop.svc.cluster.local. CNAME",
  "none.default.svc.cluster.local. A",
  "dns-version.cluster.local. TXT",
  "cluster.local. SOA",
  "cluster.local. NS",
  "www.example.com. A",
  "example.com. MX",
  "web.default.svc.cluster.local. HTTPS",
];

describe.each(QUESTIONS)("%s", (question) => {
  const [name = "", type = ""] = question.split(" ");

  test.each([
    ["without EDNS0", "udp", ["+noedns"]],
    ["with EDNS0", "udp", ["+bufsize=1232"]],
    ["over TCP", "tcp", ["+tcp", "+noedns"]],
  ] as const)("dig %s prints what we print, and nothing more", async (_, transport, options) => {
    const printed = await dig([...options, "-q", name, "-t", type]);
    expect(linesOf(printed)).toEqual(linesOf(replay.sent(transport)));
  });
});

test("a recursive query draws the one remark that CoreDNS's own answers draw: recursion is not to be had", async () => {
  const remarks = linesOf(await dig(["+recurse", "+noedns", "web.default.svc.cluster.local."])).filter((line) =>
    line.startsWith(";; WARNING"),
  );
  expect(remarks).toEqual([";; WARNING: recursion requested but not available"]);
});

describe("a hundred addresses", () => {
  const name = "many.default.svc.cluster.local.";
  // 12 + W + 4 for the question, 16 for each A record compressed, W being the name's wire length (32).
  const room = (bytes: number): number => Math.trunc((bytes - 16 - 32) / 16);

  test("come cut to 512 bytes with TC, and whole over TCP", async () => {
    const cut = linesOf(await dig(["+noedns", "+ignore", name]));
    expect(cut).toEqual(linesOf(replay.sent("udp")));
    expect(cut[1]).toBe(`;; flags: qr aa tc; QUERY: 1, ANSWER: ${room(512)}, AUTHORITY: 0, ADDITIONAL: 0`);
    const [retried, ...whole] = linesOf(await dig(["+noedns", name]));
    expect(retried).toBe(";; Truncated, retrying in TCP mode.");
    expect(whole).toEqual(linesOf(replay.sent("tcp")));
    expect(whole[1]).toBe(";; flags: qr aa; QUERY: 1, ANSWER: 100, AUTHORITY: 0, ADDITIONAL: 0");
  });

  test("come cut to what EDNS0 allows, its own 11 bytes counted, and whole where they fit", async () => {
    const cut = linesOf(await dig(["+bufsize=1232", "+ignore", name]));
    expect(cut).toEqual(linesOf(replay.sent("udp")));
    expect(cut[1]).toContain(`ANSWER: ${room(1232 - 11)}, `);
    expect(linesOf(await dig(["+bufsize=4096", "+ignore", name]))[1]).toContain("flags: qr aa; QUERY: 1, ANSWER: 100, ");
  });
});

/** Whatever tshark reads in the UDP packets of a query and its answer. */
function tshark(name: string, type: string, fields: readonly string[]): readonly string[] {
  const query = encodeMessage(makeQuery(7, name, parseType(type) ?? "A"));
  const reply = replyTo(query, "udp") ?? new Uint8Array();
  const [client, server] = [ip("10.244.1.2"), ip("10.244.0.2")];
  const frames = [query, reply].map((wire, index) => {
    const [src, dst] = index === 0 ? [client, server] : [server, client];
    const [srcPort, dstPort] = index === 0 ? [51_340, 53] : [53, 51_340];
    const transport = { kind: "UDP" as const, srcPort, dstPort, payload: { kind: "dns" as const, wire } };
    const packet = { src, dst, ttl: 64, id: 7, dontFragment: false, transport, journey: "" };
    return frameBytes({ srcMac: mac("02:00:00:00:01:02"), dstMac: mac("02:00:00:00:01:01"), etherType: "IPv4", packet });
  });
  const file = join(folder, "dns.pcap");
  writeFileSync(file, pcapBytes(frames.map((bytes, index) => ({ at: index * 300, bytes }))));
  const args = ["-r", file, "-T", "fields", "-E", "separator=|", ...fields.flatMap((field) => ["-e", field])];
  const printed = execFileSync("tshark", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return printed.trimEnd().split("\n");
}

test.each(QUESTIONS)("tshark reads %s as a question and its answer, nothing malformed, no remark", (question) => {
  const [name = "", type = ""] = question.split(" ");
  const [asked, answered] = tshark(name, type, ["dns.flags.response", "dns.qry.name", "_ws.malformed", "_ws.expert.message"]);
  expect(asked).toMatch(new RegExp(`^(0|False)\\|${name.slice(0, -1)}\\|\\|$`));
  expect(answered).toMatch(new RegExp(`^(1|True)\\|${name.slice(0, -1)}\\|\\|$`));
});

test("sizes are RFC 1035's arithmetic", () => {
  const missing = "none.default.svc.cluster.local.";
  const { query, reply } = negativeSizes(missing, "cluster.local.");
  expect(tshark(missing, "A", ["udp.length"])).toEqual([`${query + 8}`, `${reply + 8}`]);
  // W + 14 for an address record with its whole name, W being 31.
  expect(tshark("web.default.svc.cluster.local.", "A", ["udp.length"])).toEqual([`${12 + 31 + 4 + 8}`, `${12 + 31 + 4 + 31 + 14 + 8}`]);
});
