/** `run` as JSON: scenario or objects, commands with their moments, an end. Read here, run behind the bridge. */
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import { isRecord } from "../bridge/questions";
import type { RunSource, RunSpec } from "../bridge/transcript";
import { readCommand } from "../sharing/command-schema";

/** Longest run: an hour of cluster time. */
const MOST = 3_600_000_000;

type Entry = RunSpec["commands"][number];

const UNITS: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000, m: 60_000_000 };

/** `1.5s`, `200ms`, `2m`, or whole microseconds, as whole microseconds. */
export function readMoment(value: unknown, at: string): Result<number> {
  const [, digits = "", unit = "us"] = /^(\d+(?:\.\d+)?)(us|ms|s|m)$/.exec(typeof value === "number" ? `${value}us` : String(value)) ?? [];
  const moment = digits === "" ? Number.NaN : Math.round(Number(digits) * (UNITS[unit] ?? 1));
  if (moment >= 0 && moment <= MOST) return ok(moment);
  return failAt(`expected a moment such as "1.5s" or "200ms", of at most an hour, got ${JSON.stringify(value)}`, at);
}

/** Reads a list of commands, each with its moment `at`. */
export function readCommands(value: unknown, at = "commands"): Result<readonly Entry[]> {
  if (value === undefined || value === null) return ok([]);
  if (!Array.isArray(value))
    return failAt(
      'expected a list of commands such as [{"at":"1.5s","do":"scale","kind":"Deployment","name":"shop/your-app","replicas":6}]',
      at,
    );
  const entries: Entry[] = [];
  for (const [index, item] of value.entries()) {
    const place = `${at}[${index}]`;
    const moment = readMoment(isRecord(item) ? item["at"] : undefined, `${place}.at`);
    if (!moment.ok) return moment;
    const command = readCommand(item);
    if (command === null)
      return failAt(
        `this is no command, or a field of it is missing or wrong: ${JSON.stringify(item)}; expected "do" to be scale, roll-out, roll-back, pause-rollout, resume-rollout, strategy, delete, relabel, select, create, apply, user, request, traffic, client, proxy-mode, nodes, a fault (crash, probe, freeze, kubelet, kube-proxy, power, network, watch, addresses, drain, uncordon) or a delay (watch-delay, store-delay, sync-period, pod-settings), with its fields`,
        place,
      );
    entries.push({ at: moment.value, command });
  }
  return ok(entries);
}

/** `--as NAME`: who asks the API server from the start. */
export function asUser(name: unknown): Result<Pick<RunSpec, "as">> {
  if (name === undefined) return ok({});
  return typeof name === "string" && name !== "" ? ok({ as: name }) : failAt(`expected a user's name, got ${JSON.stringify(name)}`, "as");
}

/** Reads a batch's `run`. */
export function readRun(request: Readonly<Record<string, unknown>>): Result<RunSpec> {
  const source = readSource(request);
  if (!source.ok) return source;
  const commands = readCommands(request["commands"]);
  if (!commands.ok) return commands;
  const until = readMoment(request["until"], "until");
  if (!until.ok) return until;
  const seed = request["seed"] ?? 1;
  if (typeof seed !== "number" || !Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff)
    return failAt(`expected a whole number from 0 to ${0xffff_ffff}, got ${JSON.stringify(seed)}`, "seed");
  const first = asUser(request["as"]);
  if (!first.ok) return first;
  return ok({ source: source.value, commands: commands.value, until: until.value, seed, ...first.value });
}

function readSource({ scenario, objects }: Readonly<Record<string, unknown>>): Result<RunSource> {
  if (typeof scenario === "string") return ok({ kind: "scenario", id: scenario });
  return Array.isArray(objects) ? ok({ kind: "objects", objects }) : failAt('expected "scenario", or "objects" as a list', "scenario");
}
