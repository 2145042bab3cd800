/** Every answer to the DNS cases, read by dig over loopback and by tshark from one capture: without a complaint. */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Message } from "../../src/dns/message/types";
import { makeQuery } from "../../src/dns/message/types";
import { decodeMessage, encodeMessage } from "../../src/dns/message/wire";
import { replyBytes } from "../../src/dns/server/chain";
import { ip, mac } from "../../src/network/address";
import { frameBytes } from "../../src/network/bytes";
import { readDnsCases } from "../conformance/dns-cases";
import { answerOf } from "../conformance/dns-outcomes";
import type { Replay } from "./dns-replay";
import { startReplay } from "./dns-replay";
import { pcapBytes } from "./pcap";

const cases = readDnsCases();
const answers: readonly Message[] = (cases?.vectors ?? []).flatMap((vector) =>
  vector.queries.flatMap((query) => {
    const answer = answerOf(vector, query);
    return answer === "next" ? [] : [answer];
  }),
);

const folder = mkdtempSync(join(tmpdir(), "kubewalk-dns-"));
let replay: Replay;
/** The answer that is given next. */
let current: Message | undefined;

beforeAll(async () => {
  execFileSync("ip", ["link", "set", "lo", "up"]);
  replay = await startReplay((wire, transport) => {
    const read = decodeMessage(wire);
    if (!read.ok || current === undefined) return null;
    return replyBytes(read.value, { ...current, id: read.value.id }, transport);
  });
});

afterAll(async () => {
  await replay.close();
  rmSync(folder, { recursive: true, force: true });
});

const OF_THE_PROGRAM =
  /^; (<<>> DiG|\(1 server found\))|^;; (global options|Got answer|Query time|SERVER|WHEN|WARNING: \.local is reserved|You are currently)/;

function linesOf(text: string): readonly string[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !OF_THE_PROGRAM.test(line))
    .map((line) => line.replaceAll(/\s+/g, " ").trim());
}

async function dig(name: string, type: string): Promise<string> {
  const all = [
    "@127.0.0.1",
    "-p",
    `${replay.port}`,
    "+time=3",
    "+tries=1",
    "+norecurse",
    "+nocookie",
    "+noedns",
    "+ignore",
    "-q",
    name,
    "-t",
    type,
  ];
  return (await promisify(execFile)("dig", all)).stdout;
}

describe.skipIf(cases === null)("every answer to the DNS cases", () => {
  test("is printed by dig as we print it, and nothing more", async () => {
    for (const message of answers) {
      const [question] = message.questions;
      // dig turns AXFR and IXFR into another conversation than one question and one answer.
      if (question === undefined || question.type === "AXFR" || question.type === "IXFR") continue;
      current = message;
      const printed = linesOf(await dig(question.name, question.type));
      expect(printed.filter((line) => !line.startsWith(";; WARNING: recursion"))).toEqual(linesOf(replay.sent("udp")));
    }
  }, 120_000);

  test("is read by tshark as an answer, nothing malformed, no remark", () => {
    const [client, server] = [ip("10.244.1.2"), ip("10.244.0.2")];
    const frames = answers.flatMap((message, index) => {
      const [question] = message.questions;
      const query = encodeMessage(makeQuery(index, question?.name ?? ".", question?.type ?? "A"));
      const reply = encodeMessage({ ...message, id: index });
      return [query, reply].map((wire, way) => {
        const [src, dst] = way === 0 ? [client, server] : [server, client];
        const [srcPort, dstPort] = way === 0 ? [40_000 + index, 53] : [53, 40_000 + index];
        const transport = { kind: "UDP" as const, srcPort, dstPort, payload: { kind: "dns" as const, wire } };
        const packet = { src, dst, ttl: 64, id: index, dontFragment: false, transport, journey: "" };
        return frameBytes({ srcMac: mac("02:00:00:00:01:02"), dstMac: mac("02:00:00:00:01:01"), etherType: "IPv4", packet });
      });
    });
    const file = join(folder, "vectors.pcap");
    writeFileSync(file, pcapBytes(frames.map((bytes, index) => ({ at: index * 300, bytes }))));
    const fields = ["dns.flags.response", "_ws.malformed", "_ws.expert.message"];
    const args = ["-r", file, "-T", "fields", "-E", "separator=|", ...fields.flatMap((field) => ["-e", field])];
    const lines = execFileSync("tshark", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
      .trimEnd()
      .split("\n");
    expect(lines).toHaveLength(2 * answers.length);
    expect(lines.filter((line) => !/^(0|1|False|True)\|\|$/.test(line))).toEqual([]);
  });
});
