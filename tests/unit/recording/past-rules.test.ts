/** The rules of a node as they stood after a sync, without going there. */
import { describe, expect, test } from "vitest";
import { simTime } from "../../../src/engine/time";
import { differenceInWords, differenceOf, differenceText } from "../../../src/panels/inspector/rules/difference";
import { finish } from "../../../src/recording/recording";
import { twoAppsRecording } from "../../fixtures/world";

const SCALED = [{ at: 1_000_000, command: { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 4 } }] as const;

describe("rules of the past", () => {
  test("after each sync are what one sees who goes there, and neither the moment nor the run moves", () => {
    const recording = twoAppsRecording({}, SCALED);
    finish(recording.seekTime(simTime(9_000_000)));
    const shown = { hash: recording.hash(), event: recording.event };
    const syncs = recording.syncs("node-a");
    expect(syncs.map(({ event }) => event)[0]).toBe(-1);
    expect(syncs.length).toBeGreaterThan(1);
    const texts = syncs.map(({ event }) => finish(recording.rulesAfter("node-a", event))?.text);
    expect({ hash: recording.hash(), event: recording.event }).toEqual(shown);
    for (const [index, { event }] of syncs.entries()) {
      finish(event < 0 ? recording.seekTime(simTime(0)) : recording.seekEvent(event));
      const there = recording.moment({ at: 0, ahead: 0, follow: null, playing: true, rulesOf: "node-a" }).rules?.text;
      expect(texts[index], `after event ${event}`).toBe(there);
    }
    expect(finish(recording.rulesAfter("nowhere", -1))).toBeNull();
  });
});

describe("a difference", () => {
  test("of a scaled Service names the chain that came, and in the Service's chain the rules that went and came", () => {
    const recording = twoAppsRecording({}, SCALED);
    finish(recording.advance(simTime(9_000_000)));
    const [first, ...rest] = recording.syncs("node-a").map(({ event }) => finish(recording.rulesAfter("node-a", event)));
    const last = rest.at(-1);
    if (first == null || last == null) throw new Error("node-a has synced");
    const changes = differenceOf(first, last);
    expect(
      changes.map(({ chain, how, removed, added }) => `${chain.replace(/[A-Z0-9]{16}$/, "…")} ${how} -${removed.length} +${added.length}`),
    ).toEqual(["KUBE-SEP-… new -0 +2", "KUBE-SVC-… changed -3 +4"]);
    expect(differenceText(changes)).toMatch(/^-A? ?-A KUBE-SVC-\S+ .*--probability 0\.33333333349 -j KUBE-SEP-/m);
    expect(differenceOf(last, last)).toEqual([]);
    expect(differenceInWords([])).toBe("Nothing differs.");
  });

  test("tells elements of a map apart, however nft breaks them into lines, and sees another order", () => {
    const listing = (elements: string, rules: string): string =>
      `table ip kube-proxy {\n\tmap service-ips {\n\t\ttype ipv4_addr : verdict\n\t\telements = { ${elements} }\n\t}\n\tchain services {\n${rules}\t}\n}\n`;
    const before = {
      mode: "nftables",
      sets: "",
      beside: "",
      text: listing("1.1.1.1 : goto a,\n\t\t\t     2.2.2.2 : goto b", "\t\tjump a\n\t\tjump b\n"),
    } as const;
    const after = { mode: "nftables", sets: "", beside: "", text: listing("2.2.2.2 : goto b", "\t\tjump b\n\t\tjump a\n") } as const;
    expect(differenceText(differenceOf(before, after))).toBe(
      "@@ kube-proxy map service-ips, changed\n-1.1.1.1 : goto a\n@@ kube-proxy chain services, in another order\n",
    );
  });
});
