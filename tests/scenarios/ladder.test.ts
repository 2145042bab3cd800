/** The ladder of causes: from any event back to the command that began it, and forwards to all that it set off. */
import { describe, expect, test } from "vitest";
import { simTime } from "../../src/engine/time";
import { causesOf, showCauses } from "../../src/recording/causes";
import { finish } from "../../src/recording/recording";
import type { Recording } from "../../src/recording/recording";
import type { TraceEvent } from "../../src/world/view-types";
import { twoAppsRecording } from "../fixtures/world";

const SECOND = 1_000_000;

/** One more Pod, and then one fewer, each with all that follows. */
function scaled(): Recording {
  const recording = twoAppsRecording({ perSecond: 1 }, [
    { at: SECOND, command: { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 4 } },
    { at: 5 * SECOND, command: { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 3 } },
  ]);
  finish(recording.seekTime(simTime(8 * SECOND)));
  return recording;
}

const { trace } = scaled().current;
const events = trace.from(0, trace.length);

function last(kind: string, words: string): TraceEvent {
  const found = events.findLast((event) => event.kind === kind && event.sentence.includes(words));
  if (found === undefined) throw new Error(`no ${kind} with ${words}`);
  return found;
}

/** Lanes and sentences of a ladder, without moments and what is drawn. */
function rungs(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.replace(/^(.) \d\d:[\d. ]+\d +\d+ (\S+(?: \S+)?) +/, "$1 $2: ").replace(/-[a-z0-9]{5}(?=[ .,])/g, "-XXXXX"));
}

describe("a ladder of causes", () => {
  test("leads from a node's new rules back to the command, rung by rung", () => {
    const { number } = events.find(({ kind, at }) => kind === "kube-proxy synced" && at > 2 * SECOND) ?? { number: -1 };
    const causes = causesOf(trace, number);
    const back = (causes?.back ?? []).map(({ event }) => `${event.lane}: ${event.sentence}`.replace(/-[a-z0-9]{5}(?=[ .,])/g, "-XXXXX"));
    expect(back[0]).toBe("you: You scale shop/your-app to 4 replicas.");
    expect(back).toEqual(
      expect.arrayContaining([
        "API server: Deployment shop/your-app goes from 3 to 4 replicas as revision 65, by your change.",
        "API server: ReplicaSet shop/your-app-7bd57c97df goes from 3 to 4 replicas as revision 66, by the deployment controller.",
        "controllers: The scheduler looks at shop/your-app-7bd57c97df-XXXXX and binds it to node-b.",
        "controllers: The endpointslice controller looks at shop/your-app-svc and rewrites EndpointSlice your-app-svc-XXXXX.",
      ]),
    );
    expect(causes?.began).toBe(events.find(({ kind }) => kind === "command")?.number);
  });

  test("explains a Pod's end by the command that asked for one fewer", () => {
    const gone = last("write", "is gone");
    const text = rungs(showCauses(causesOf(trace, gone.number) ?? { event: gone, began: null, back: [], effects: [], more: 0 }));
    expect(text[1]).toBe("  you: You scale shop/your-app to 3 replicas.");
    expect(text.filter((line) => line.startsWith(">"))).toHaveLength(1);
  });

  test("leads forwards from a command to every node's rules and to nothing that another command began", () => {
    const [first, second] = events.filter(({ kind }) => kind === "command");
    const effects = causesOf(trace, second?.number ?? -1)?.effects ?? [];
    const synced = effects.filter(({ event }) => event.kind === "kube-proxy synced").map(({ event }) => event.lane);
    expect([...new Set(synced)].toSorted()).toEqual(["control-plane", "node-a", "node-b"]);
    expect(effects.every(({ event }) => event.number > (second?.number ?? 0) && event.number > (first?.number ?? 0))).toBe(true);
    expect(effects.map(({ event }) => event.sentence).join("\n")).not.toContain("finds all as it should be");
  });

  test("has only rungs that follow from the one before: by what scheduled them, or by a revision that they took up", () => {
    const wrote = new Map(events.flatMap((event) => (event.wrote === undefined ? [] : [[event.wrote.revision, event.number] as const])));
    const follows = (event: TraceEvent, from: number): boolean => {
      for (let one: TraceEvent | undefined = event; one !== undefined;) {
        const causes: readonly number[] = [one.trigger, ...one.consumed.map(({ revision }) => wrote.get(revision) ?? -1)];
        if (causes.includes(from)) return true;
        if (!causes.some((number) => number > from)) return false;
        const carrier: TraceEvent | undefined = causes.map((number) => trace.at(number)).find((found) => found !== undefined && reaches(found, from)); // prettier-ignore
        one = carrier;
      }
      return false;
    };
    const reaches = (event: TraceEvent, from: number): boolean =>
      event.number === from ||
      [event.trigger, ...event.consumed.map(({ revision }) => wrote.get(revision) ?? -1)].some((number) => {
        const cause = number < from ? undefined : trace.at(number);
        return cause !== undefined && reaches(cause, from);
      });
    for (const event of events.filter(({ kind }) => kind === "write" || kind === "kube-proxy synced")) {
      const causes = causesOf(trace, event.number);
      const chain = [...(causes?.back ?? []).map((step) => step.event), event];
      for (const [index, one] of chain.entries()) {
        const before = chain[index - 1];
        if (before !== undefined) expect([one.number, follows(one, before.number)]).toEqual([one.number, true]);
      }
    }
  });

  test("says where nobody's command began it", () => {
    const request = events.find(({ kind, request: number }) => kind !== "command" && number === 1);
    const causes = causesOf(trace, request?.number ?? -1);
    expect(causes?.began).toBeNull();
    expect(causesOf(trace, trace.length)).toBeNull();
  });
});
