/** `pcap` beside `trace`: the same journey as a file. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runCommand } from "../../../src/headless/commands";
import { readCapture } from "../../fixtures/pcapng-reader";
import { SMALL } from "./small-cluster";

const folder = mkdtempSync(join(tmpdir(), "headless-pcap-"));
afterAll(() => rmSync(folder, { recursive: true }));
const cluster = join(folder, "small.yaml");
writeFileSync(cluster, SMALL);

const out = join(folder, "journey.pcapng");
const asked = (...words: readonly string[]): readonly string[] => ["--file", cluster, "--from", "shop/client", ...words];

function captured(...words: readonly string[]) {
  const said = runCommand(["pcap", ...asked(...words), "--out", out]);
  expect(said.code).toBe(0);
  return { said: said.out.replaceAll(`${folder}/`, ""), file: readCapture(readFileSync(out)) };
}

describe("pcap", () => {
  test("says what it wrote, and how to read it", () => {
    expect(captured("--to", "10.96.0.60:80").said).toBe(
      "journey.pcapng: shop/client to 10.96.0.60:80, rejected; 6 frames on 3 interfaces. In Wireshark, decode UDP 8472 as VXLAN.\n",
    );
  });

  test("holds the taps of the whole trace, one frame a tap, in its order", () => {
    const words = ["--to", "10.244.2.9:8080", "--seed", "5"];
    const trace: { readonly hops: readonly { readonly kind: string; readonly iface: string; readonly way: string }[] } = JSON.parse(
      runCommand(["trace", ...asked(...words), "--whole", "--json"]).out,
    );
    const taps = trace.hops.filter(({ kind }) => kind === "tap").map(({ iface, way }) => `${iface} ${way}`);
    const { frames } = captured(...words).file;
    expect(frames.map((one) => `${one.interface.split(" | ")[0]} ${one.direction}`)).toEqual(taps);
    expect(taps.length).toBeGreaterThan(50);
  });

  test("comments name the packet, the hop, and what was done to it", () => {
    const { frames, comment } = captured("--to", "web:80", "--seed", "3").file;
    expect(comment).toContain("Scenario small.yaml, seed 3, version 2 of the model.");
    expect(frames[0]?.comment).toBe("SYN to web:80. It leaves by eth0 of client.");
    expect(frames.map((one) => one.comment).join("\n")).toMatch(
      /Just before, on node-a: KUBE-SEP-\w+ rule 2 \(DNAT\) rewrites the destination/,
    );
    expect(frames.findLast((one) => one.comment.startsWith("GET"))?.comment).toMatch(
      /of web-\d\.\nThen, in web-\d: \d+ bytes go to the program/,
    );
  });

  test("a packet that a rule stops says so where it is seen last", () => {
    const { frames } = captured("--to", "10.96.0.60:80").file;
    expect(frames[2]?.comment).toMatch(/\nThen, on node-a: KUBE-SERVICES rule 1 refuses the packet/);
  });

  test("is the same file twice", () => {
    captured("--to", "web:80");
    const first = readFileSync(out);
    captured("--to", "web:80");
    expect(readFileSync(out).equals(first)).toBe(true);
  });

  test("with --json prints one object", () => {
    const said = runCommand(["pcap", ...asked("--to", "10.96.0.60:80", "--json"), "--out", out]);
    expect(JSON.parse(said.out)).toMatchObject({ verdict: "rejected", frames: 6, interfaces: 3, out });
  });

  test.each([
    [["--to", "web:80"], "--out: is missing; expected the file to write, as journey.pcapng"],
    [["--to", "web", "--out", join(folder, "no.pcapng")], '--to: "web" names no port; expected HOST:PORT'],
    [["--to", "web:80", "--mode", "userspace", "--out", join(folder, "no.pcapng")], '--mode: expected "iptables" or'],
    [["--to", "web:80", "--out", join(folder, "nowhere", "x")], "--out: "],
  ])("bad input writes nothing: %j", (words, line) => {
    const said = runCommand(["pcap", ...asked(...words)]);
    expect({ code: said.code, out: said.out, lines: said.notes.length }).toEqual({ code: 2, out: "", lines: 1 });
    expect(said.notes[0]).toContain(line);
    expect(readdirSync(folder).toSorted()).toEqual(["journey.pcapng", "small.yaml"]);
  });
});

describe("pcap of a stretch of time", () => {
  const stretch = join(folder, "stretch.pcapng");
  const words = ["pcap", "--scenario", "two-apps", "--since", "1s", "--until", "2500ms", "--out", stretch];

  test("holds everybody's packets between the two moments, each with its request's name", () => {
    const said = runCommand(words);
    expect(said.out).toMatch(/stretch\.pcapng: Everything from 1 s to 2\.5 s; \d+ frames on \d+ interfaces\./);
    const { frames } = readCapture(readFileSync(stretch));
    const requests = new Set(frames.map(({ comment }) => /^Request \d+/.exec(comment)?.[0] ?? comment));
    expect([...requests]).toEqual(["Request 2", "Request 3"].slice(0, requests.size));
    expect(requests.size).toBeGreaterThan(0);
    const times = frames.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test("looking does not change the run: the transcript of the same run is the same before and after", () => {
    const run = ["run", "--scenario", "two-apps", "--until", "2500ms"];
    const before = runCommand(run).out;
    runCommand(words);
    expect(runCommand(run).out).toBe(before);
  });

  test("an end before the beginning is told", () => {
    const said = runCommand(words.map((word) => (word === "1s" ? "3s" : word)));
    expect([said.code, said.notes.join(" ")]).toEqual([2, expect.stringContaining("--since")]);
  });
});
