import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import type { Command, JournalEntry } from "../../src/bridge/protocol";
import { isFile, makeFile, readFile } from "../../src/sharing/file";
import { isLink, LONGEST_LINK, makeLink, readLink } from "../../src/sharing/link";
import type { SharedMoment } from "../../src/sharing/schema";
import { upgrade } from "../../src/sharing/upgraders";

const RUNS = { numRuns: Number(process.env["KUBEWALK_PROPERTY_RUNS"] ?? "50") };

const EVERY_COMMAND: readonly Command[] = [
  { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 6 },
  { do: "roll-out", kind: "Deployment", name: "shop/your-app", image: "your-app:2", container: "main" },
  { do: "roll-out", kind: "StatefulSet", name: "shop/db", env: { MODE: "fast" }, restart: true },
  { do: "roll-back", kind: "Deployment", name: "shop/your-app", revision: 1 },
  { do: "roll-back", kind: "StatefulSet", name: "shop/db" },
  { do: "pause-rollout", name: "shop/your-app" },
  { do: "resume-rollout", name: "shop/your-app" },
  { do: "strategy", kind: "Deployment", name: "shop/your-app", type: "RollingUpdate", maxSurge: "50%", maxUnavailable: 0 },
  { do: "strategy", kind: "StatefulSet", name: "shop/db", partition: 2 },
  { do: "delete", kind: "Pod", name: "shop/your-app-h4wnd" },
  { do: "delete", kind: "Pod", name: "shop/your-app-h4wnd", gracePeriodSeconds: 0 },
  { do: "relabel", kind: "Pod", name: "shop/your-app-q8zrt", labels: { app: "other" } },
  { do: "select", name: "shop/your-app-svc", selector: {} },
  {
    do: "create",
    object: { apiVersion: "v1", kind: "Service", metadata: { name: "late", namespace: "shop" }, spec: { ports: [] } } as never,
  },
  { do: "apply", objects: [] },
  { do: "request" },
  { do: "request", from: "shop/my-app-kx2vq", to: "http://your-app-svc", client: "browser-like", count: 10, gapMs: 100 },
  { do: "lookup", name: "www.example.com" },
  { do: "lookup", from: "shop/my-app-kx2vq", name: "your-app-svc", libc: "musl" },
  { do: "lookup", name: "your-app-svc.shop.svc.cluster.local", type: "SRV", server: "kube-system/coredns-x" },
  { do: "corefile", text: ".:53 {\n    forward . /etc/resolv.conf\n}\n" },
  { do: "node-local-dns", on: true },
  { do: "traffic", perSecond: 20 },
  { do: "client", client: "browser-like" },
  { do: "nodes", count: 4 },
  { do: "proxy-mode", mode: "nftables" },
  { do: "crash", name: "shop/your-app-h4wnd" },
  { do: "crash", name: "shop/your-app-h4wnd", again: true },
  { do: "probe", name: "shop/your-app-h4wnd", probe: "liveness", fails: true },
  { do: "freeze", name: "kube-system/coredns-x", frozen: true },
  { do: "kubelet", node: "node-a", runs: false },
  { do: "kube-proxy", node: "node-a", runs: false },
  { do: "power", node: "node-b", on: false },
  { do: "network", node: "node-b", connected: false },
  { do: "watch", reader: "kube-proxy, node-a", connected: false },
  { do: "addresses", node: "node-b", taken: true },
  { do: "drain", node: "node-b" },
  { do: "uncordon", node: "node-b" },
  { do: "watch-delay", milliseconds: 500 },
  { do: "store-delay", milliseconds: 500 },
  { do: "sync-period", milliseconds: 5000 },
  { do: "pod-settings", name: "shop/your-app", preStopSeconds: 5, shutdownSeconds: 0.5, onTerm: "drain" },
  { do: "pod-settings", name: "shop/your-app", graceSeconds: 10, probePeriodSeconds: 5 },
];

const journal: readonly JournalEntry[] = EVERY_COMMAND.map((command, index) => ({ at: index * 250_000, command }));

const moment: SharedMoment = {
  recording: { source: { kind: "scenario", id: "two-apps" }, seed: 7, behaviour: 2, journal },
  anchor: { at: 4_310_400, event: 912, hash: "7c1e04d2", followed: 12, hop: 31, kind: "frame", object: "node-b" },
};

const damaged = (link: string): string => {
  const read = readLink(link);
  return read.ok ? "opens" : read.problem.message;
};

describe("links", () => {
  it("open as the moment that they were made of, whatever was done", () => {
    expect(readLink(makeLink(moment))).toEqual({ ok: true, value: { moment, remarks: [] } });
  });

  it("show the inspector as it was: its tab, node and Service, and what its panels have open", () => {
    const shown = { tab: "rules", node: "node-b", service: "shop/web", panes: { "rules.find": "KUBE-SVC", "rules.part": "changes" } };
    const one: SharedMoment = { ...moment, anchor: moment.anchor === null ? null : { ...moment.anchor, shown } };
    expect(readLink(makeLink(one))).toEqual({ ok: true, value: { moment: one, remarks: [] } });
  });

  it("open for every journal of known commands", () => {
    const anyJournal = fc.array(fc.record({ gap: fc.integer({ min: 0, max: 9_000_000 }), command: fc.constantFrom(...EVERY_COMMAND) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(anyJournal, fc.integer({ min: 0, max: 0xffff_ffff }), (acts, seed) => {
        let at = 0;
        const entries = acts.map(({ gap, command }) => ({ at: (at += gap), command }));
        const one: SharedMoment = { ...moment, recording: { ...moment.recording, seed, journal: entries } };
        expect(readLink(makeLink(one))).toEqual({ ok: true, value: { moment: one, remarks: [] } });
      }),
      RUNS,
    );
  });

  it("stay under 2,000 characters for a built-in scenario with 30 commands", () => {
    const thirty = Array.from({ length: 30 }, (_, n): JournalEntry => ({
      at: 1_000_000 + n * 1_234_567,
      command:
        n % 3 === 0
          ? { do: "delete", kind: "Pod", name: `shop/your-app-6d4c9b7f5-${"bcdfghjklm".charAt(n % 10)}4w${n}` }
          : { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: n % 20 },
    }));
    expect(makeLink({ ...moment, recording: { ...moment.recording, journal: thirty } }).length).toBeLessThan(2_000);
  });

  it("carry a cluster's file as it was typed", () => {
    const source = { kind: "file", name: "mine.yaml", text: "# Größe ☃\nkind: Pod\n" } as const;
    const read = readLink(makeLink({ recording: { ...moment.recording, source }, anchor: null }));
    expect(read.ok && read.value.moment.recording.source).toEqual(source);
  });

  it("of every version still open", () => {
    const folder = new URL("kept/", import.meta.url);
    const kept = readdirSync(folder).filter((name) => name.endsWith(".txt"));
    const read = kept.map((name) => `${name}: ${damaged(readFileSync(new URL(name, folder), "utf8").trim())}`);
    expect(read).toEqual(kept.map((name) => `${name}: opens`));
    expect(kept.length).toBeGreaterThan(0);
  });
});

describe("a link that cannot be opened says why", () => {
  const link = makeLink(moment);

  it.each([
    ["cut short", link.slice(0, -9), "it is damaged: part of it was lost or changed on the way; copy it again as a whole"],
    [
      "with a character changed",
      `${link.slice(0, 40)}${link.charAt(40) === "A" ? "B" : "A"}${link.slice(41)}`,
      "it is damaged: part of it was lost or changed on the way; copy it again as a whole",
    ],
    [
      "with a bracket of the sentence around it",
      `${link})`,
      `character ${link.length + 1}, ")", does not belong in a link; copy it again as a whole`,
    ],
    ["empty", "#v1.", "it is damaged: part of it was lost or changed on the way; copy it again as a whole"],
    ["of another page", "#section", "it is not one of ours: expected #v1. and letters after it"],
    [
      "of a newer version",
      "#v9.whatever",
      "it was made by a newer Kubewalk (link version 9; this one reads up to 1). Reload the page, or open it where it was made",
    ],
    ["of a version that never was", "#v0.AAAA", "links of version 0 are not known"],
  ])("%s", (_, text, why) => {
    expect(damaged(text)).toBe(why);
  });

  it("never throws, whatever stands in the address", () => {
    fc.assert(
      fc.property(fc.string(), (text) => typeof damaged(`#v1.${text}`) === "string"),
      RUNS,
    );
    fc.assert(
      fc.property(fc.integer({ min: 5, max: link.length }), fc.string({ maxLength: 3 }), (at, text) => {
        const broken = `${link.slice(0, at)}${text}${link.slice(at + 1)}`;
        expect(broken === link || damaged(broken) !== "opens").toBe(true);
      }),
      RUNS,
    );
  });

  it("is told from an address that carries no moment", () => {
    expect([link, "#v1.x", "#v12.x", "#in-words", ""].map(isLink)).toEqual([true, true, true, false, false]);
  });
});

const file = (change: (plain: Record<string, unknown>) => void): string => {
  const plain: Record<string, unknown> = JSON.parse(makeFile(moment));
  change(plain);
  return JSON.stringify(plain);
};

describe("what can still be read is kept", () => {
  it("opens up to an act that is not known", () => {
    const read = readFile(file((plain) => (plain["j"] as unknown[]).splice(3, 1, [800_000, { do: "dance" }])));
    expect(read.ok && [read.value.moment.recording.journal.length, ...read.value.remarks]).toEqual([
      3,
      `Act 4 of ${EVERY_COMMAND.length} could not be read, so the recording ends before it.`,
    ]);
  });

  it("opens at the beginning where the moment cannot be read", () => {
    const read = readFile(file((plain) => (plain["a"] = "somewhere")));
    expect(read.ok && [read.value.moment.anchor, ...read.value.remarks]).toEqual([
      null,
      "It does not say which moment it shows, so it opens at the beginning.",
    ]);
  });

  it("does not take acts in the wrong order or with wrong fields", () => {
    for (const wrong of [
      { do: "scale", kind: "Pod", name: "x", replicas: 1 },
      { do: "nodes", count: "4" },
      { do: "roll-out", kind: "ReplicaSet", name: "x", image: "y" },
      { do: "roll-out", kind: "Deployment", name: "x", image: 2 },
      { do: "roll-back", kind: "Deployment", name: "x", revision: -1 },
      { do: "strategy", kind: "Deployment", name: "x" },
      { do: "strategy", kind: "Deployment", name: "x", maxSurge: -1 },
      { do: "pause-rollout" },
      { do: "relabel", kind: "Pod", name: "x", labels: { a: 1 } },
    ]) {
      const read = readFile(file((plain) => (plain["j"] = [[5, wrong]])));
      expect(read.ok && read.value.moment.recording.journal).toEqual([]);
    }
    const back = readFile(
      file(
        (plain) =>
          (plain["j"] = [
            [5, { do: "request" }],
            [4, { do: "request" }],
          ]),
      ),
    );
    expect(back.ok && back.value.moment.recording.journal.length).toBe(1);
  });
});

describe("files take the place of links that would be too long", () => {
  it("hold the same moment and are told from manifests", () => {
    const text = Array.from({ length: 900 }, (_, n) => `# ${(n * 2_654_435_761) % 4_294_967_296}\n`).join("");
    const large: SharedMoment = { ...moment, recording: { ...moment.recording, source: { kind: "file", name: "large.yaml", text } } };
    expect(makeLink(large).length).toBeGreaterThan(LONGEST_LINK);
    expect(readFile(makeFile(large))).toEqual({ ok: true, value: { moment: large, remarks: [] } });
    expect([isFile(makeFile(large)), isFile("apiVersion: v1\n"), isFile('{"apiVersion":"v1"}')]).toEqual([true, false, false]);
  });

  it("say where they are cut off", () => {
    const read = readFile(makeFile(moment).slice(0, 80));
    expect(read.ok ? "" : read.problem.message).toBe("the file is damaged: it is not complete JSON");
  });
});

describe("upgraders", () => {
  const steps = { 1: (plain: unknown) => ({ two: plain }), 2: (plain: unknown) => ({ three: plain }) };

  it("lead from any older version to the current one, a step a version", () => {
    expect(upgrade(1, "old", steps, 3)).toEqual({ ok: true, value: { three: { two: "old" } } });
    expect(upgrade(3, "new", steps, 3)).toEqual({ ok: true, value: "new" });
  });
});
