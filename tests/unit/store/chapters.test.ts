/** Chapters of a followed journey: which there are, where they begin, and what a step by chapters shows. */
import { describe, expect, it } from "vitest";
import type { JourneyView } from "../../../src/bridge/protocol";
import { beatsOf } from "../../../src/store/beats";
import { chapterAt, chaptersOf } from "../../../src/store/chapters";
import {
  droppedJourney,
  hairpinJourney,
  journey,
  PICTURE_HOP,
  rejectedJourney,
  sameNodeJourney,
  YOUR_APP_B,
} from "../../fixtures/view/journey";

/** `CHAPTER: PACKET, HOST PLACE … PACKET, HOST PLACE`, a line a chapter. */
function told(of: JourneyView): string {
  const where = (index: number): string => {
    const hop = of.hops[index];
    return hop === undefined ? "nowhere" : `${of.packets[hop.packet]?.kind} ${hop.host.replace(/^pod:\w+(?:-system)?\//, "")} ${hop.place}`;
  };
  return chaptersOf(of)
    .map(({ chapter, firstHop, hops }) => `${chapter}: ${where(firstHop)} … ${where(firstHop + hops - 1)}`)
    .join("\n");
}

/** The journey with only some of its packets, numbered anew. */
function only(of: JourneyView, kinds: readonly string[]): JourneyView {
  const packets: JourneyView["packets"][number][] = [];
  const hops: JourneyView["hops"][number][] = [];
  for (const kind of kinds) {
    const packet = of.packets.find((one) => one.kind === kind);
    if (packet === undefined) throw new Error(`no ${kind}`);
    const firstHop = hops.length;
    for (const hop of of.hops.slice(packet.firstHop, packet.firstHop + packet.hops))
      hops.push({ ...hop, index: hops.length, packet: packets.length });
    packets.push({ ...packet, index: packets.length, firstHop });
  }
  return { ...of, packets, hops };
}

describe("chapters", () => {
  it("part a request to another node into the six of its story", () => {
    expect(told(journey)).toBe(
      [
        "find the name: dns-query my-app-kx2vq routing … dns-query node-a vethc41f0a92",
        "ask the cluster DNS: dns-query node-a PREROUTING, nat … dns-answer my-app-kx2vq socket",
        "trapped and rewritten: syn my-app-kx2vq routing … syn node-a flannel.1",
        "across the overlay: syn node-a VXLAN … syn node-b VXLAN",
        "arrived: syn node-b flannel.1 … syn your-app-h4wnd socket",
        "the way back: syn-ack your-app-h4wnd routing … http-response my-app-kx2vq socket",
      ].join("\n"),
    );
  });

  it("know no overlay on one node: the packet arrives where it leaves the kernel", () => {
    expect(told(sameNodeJourney)).toBe(
      [
        "trapped and rewritten: syn my-app-kx2vq routing … syn node-a POSTROUTING",
        "arrived: syn node-a veth7be20d15 … syn your-app-q8zrt socket",
        "the way back: syn-ack your-app-q8zrt routing … syn-ack my-app-kx2vq socket",
      ].join("\n"),
    );
    expect(told(hairpinJourney)).toBe(
      [
        "trapped and rewritten: syn my-app-kx2vq routing … syn node-a POSTROUTING, nat",
        "arrived: syn node-a vethc41f0a92 … syn my-app-kx2vq socket",
      ].join("\n"),
    );
  });

  it("end where the packet ends: rejected it only comes back, lost it never arrives", () => {
    expect(chaptersOf(rejectedJourney).map((run) => run.chapter)).toEqual(["trapped and rewritten", "the way back"]);
    expect(chaptersOf(droppedJourney).map((run) => `${run.chapter}: ${run.sentence}`)).toEqual([
      expect.stringMatching(/^trapped and rewritten: 10\.96\.120\.7:80 is your-app-svc\./),
      `across the overlay: Nobody answers for ${YOUR_APP_B.address}: dropped.`,
    ]);
  });

  it("go on where they were when a SYN or a query is sent again", () => {
    expect(told(only(droppedJourney, ["syn", "syn"]))).toBe(
      [
        "trapped and rewritten: syn my-app-kx2vq routing … syn node-a flannel.1",
        "across the overlay: syn node-a VXLAN … syn node-b neighbour",
      ].join("\n"),
    );
    expect(chaptersOf(only(journey, ["dns-query", "dns-query"])).map((run) => run.chapter)).toEqual([
      "find the name",
      "ask the cluster DNS",
    ]);
  });

  it("speak of no trap where the packet is addressed to the Pod itself", () => {
    const plain = { ...journey, hops: journey.hops.map((hop) => ({ ...hop, changes: [], rules: [] })) };
    expect(chaptersOf(only(plain, ["syn"])).map((run) => run.chapter)).toEqual(["sent as addressed", "across the overlay", "arrived"]);
  });

  it("say in a sentence what each comes to", () => {
    expect(chaptersOf(journey).map((run) => run.sentence)).toEqual([
      "my-app-kx2vq asks 10.96.0.10 for your-app-svc.shop.svc.cluster.local.",
      "coredns-4tzpq answers: your-app-svc.shop.svc.cluster.local is 10.96.120.7.",
      journey.hops[PICTURE_HOP]?.sentence,
      "Wrapped in UDP to 192.168.0.12:8472.",
      "The socket of shop/your-app-h4wnd takes it.",
      "conntrack knows the connection: the source is the Service's again.",
    ]);
  });

  it("leave no hop out, whatever the journey", () => {
    for (const one of [journey, sameNodeJourney, hairpinJourney, rejectedJourney, droppedJourney]) {
      const runs = chaptersOf(one);
      expect(one.hops.map((hop) => chapterAt(runs, hop.index)?.chapter)).not.toContain(undefined);
      expect(runs.reduce((sum, run) => sum + run.hops, 0)).toBe(one.hops.length);
    }
  });
});

describe("a step by chapters", () => {
  it("is a chapter, over as many packets as it takes", () => {
    const beats = beatsOf(journey, { level: "chapters", opened: {} });
    expect(beats.map(({ index, firstHop, hops }) => [index, firstHop, hops])).toEqual(
      chaptersOf(journey).map(({ firstHop, hops }, index) => [index, firstHop, hops]),
    );
  });

  it("is a hop in a packet that was opened by hand, and goes on by chapters after it", () => {
    const syn = journey.packets.findIndex((packet) => packet.kind === "syn");
    const beats = beatsOf(journey, { level: "chapters", opened: { [syn]: "kernel" } });
    expect(beats.filter((beat) => beat.packet === syn).map((beat) => beat.hops)).toEqual(
      Array.from({ length: journey.packets[syn]?.hops ?? 0 }, () => 1),
    );
    expect(beats.filter((beat) => beat.packet !== syn).length).toBe(3);
    expect(beats.reduce((next, beat) => (beat.firstHop === next ? next + beat.hops : -1), 0)).toBe(journey.hops.length);
  });
});
