/** The order in which a session works: one job at a time, newer looks first, other things before looks. */
import { describe, expect, test } from "vitest";
import type { Job } from "../../../src/bridge/jobs";
import { Jobs } from "../../../src/bridge/jobs";

/** A queue whose clock and turns are moved by hand: each piece of work takes a millisecond. */
function bench(): {
  readonly jobs: Jobs;
  readonly log: string[];
  readonly turn: () => void;
  readonly job: (kind: Job["kind"], id: number, pieces: number) => Job;
} {
  let time = 0;
  let tasks: (() => void)[] = [];
  const log: string[] = [];
  const jobs = new Jobs({
    later: (task) => void tasks.push(task),
    clock: () => time,
    slice: 8,
    failed: (job, error) => log.push(`${job.id} failed: ${error instanceof Error ? error.message : ""}`),
    progress: (job, value) => log.push(`${job.id} at ${String(value)}`),
  });
  const turn = (): void => {
    const now = tasks;
    tasks = [];
    for (const task of now) task();
  };
  const job = (kind: Job["kind"], id: number, pieces: number): Job => ({
    id,
    kind,
    *run() {
      log.push(`${id} begins`);
      for (let piece = 1; piece <= pieces; piece += 1) {
        time += 1;
        yield piece;
      }
      log.push(`${id} ends`);
    },
  });
  return { jobs, log, turn, job };
}

describe("jobs", () => {
  test("do not begin before a later turn, and give the turn back after a slice", () => {
    const { jobs, log, turn, job } = bench();
    jobs.add(job("open", 1, 20));
    expect(log).toEqual([]);
    turn();
    expect(log).toEqual(["1 begins", "1 at 8"]);
    turn();
    turn();
    expect(log.at(-1)).toBe("1 ends");
  });

  test("a newer look voids the one under way and those that wait", () => {
    const { jobs, log, turn, job } = bench();
    jobs.add(job("look", 1, 20));
    turn();
    jobs.add(job("look", 2, 1));
    jobs.add(job("look", 3, 1));
    turn();
    turn();
    expect(log).toEqual(["1 begins", "1 at 8", "3 begins", "3 ends"]);
  });

  test("a command goes before a look that is under way, and the look is done again after it", () => {
    const { jobs, log, turn, job } = bench();
    jobs.add(job("look", 1, 12));
    turn();
    jobs.add(job("command", 2, 2));
    turn();
    turn();
    expect(log.filter((line) => !line.includes(" at "))).toEqual(["1 begins", "2 begins", "2 ends", "1 begins", "1 ends"]);
  });

  test("commands keep their order, and one that has begun is carried through even if it is cancelled", () => {
    const { jobs, log, turn, job } = bench();
    jobs.add(job("command", 1, 12));
    jobs.add(job("command", 2, 1));
    turn();
    expect(jobs.cancel(1)).toBe(false);
    turn();
    expect(log.filter((line) => !line.includes(" at "))).toEqual(["1 begins", "1 ends", "2 begins", "2 ends"]);
  });

  test("opening can be cancelled while it is under way or waits", () => {
    const { jobs, log, turn, job } = bench();
    jobs.add(job("open", 1, 100));
    jobs.add(job("open", 2, 1));
    turn();
    expect([jobs.cancel(1), jobs.cancel(2), jobs.cancel(3)]).toEqual([true, true, false]);
    turn();
    expect(log).toEqual(["1 begins", "1 at 8"]);
  });

  test("a job that throws is reported, and the next one goes on", () => {
    const { jobs, log, turn, job } = bench();
    jobs.add({
      id: 1,
      kind: "ask",
      // oxlint-disable-next-line require-yield -- a job may fail before its first piece
      *run() {
        throw new Error("broken");
      },
    });
    jobs.add(job("ask", 2, 1));
    turn();
    expect(log).toEqual(["1 failed: broken", "2 begins", "2 ends"]);
  });
});
