/** Commands of a rollout as they come out of a link: fields of the right kind, or nothing. */
import type { Command } from "../bridge/protocol";
import { isLabels, isWhole } from "./plain";

type Plain = Readonly<Record<string, unknown>>;
type Strategy = Extract<Command, { do: "strategy" }>;

/** The command, or null where a field is missing or wrong. */
export function readRollout(plain: Plain): Command | null {
  const { name } = plain;
  if (typeof name !== "string" || name === "") return null;
  switch (plain["do"]) {
    case "roll-out":
      return readRollOut(plain, name);
    case "roll-back":
      return readRollBack(plain, name);
    case "pause-rollout":
      return { do: "pause-rollout", name };
    case "resume-rollout":
      return { do: "resume-rollout", name };
    case "strategy":
      return readStrategy(plain, name);
    default:
      return null;
  }
}

function readRollOut({ kind, image, container, env, restart }: Plain, name: string): Command | null {
  if (!isRolled(kind) || !isTextOrAbsent(image) || !isTextOrAbsent(container)) return null;
  if ((env !== undefined && !isLabels(env)) || (restart !== undefined && typeof restart !== "boolean")) return null;
  return {
    do: "roll-out",
    kind,
    name,
    ...(image === undefined ? {} : { image }),
    ...(container === undefined ? {} : { container }),
    ...(env === undefined ? {} : { env }),
    ...(restart === undefined ? {} : { restart }),
  };
}

function readRollBack({ kind, revision }: Plain, name: string): Command | null {
  if (!isRolled(kind)) return null;
  if (revision === undefined) return { do: "roll-back", kind, name };
  return isWhole(revision, 0, 1_000_000) ? { do: "roll-back", kind, name, revision } : null;
}

function readStrategy({ kind, type, maxSurge, maxUnavailable, partition }: Plain, name: string): Command | null {
  if (!isRolled(kind) || !isStrategyType(type) || !isPodCount(maxSurge) || !isPodCount(maxUnavailable)) return null;
  if (partition !== undefined && !isWhole(partition, 0, 100_000)) return null;
  if ([type, maxSurge, maxUnavailable, partition].every((field) => field === undefined)) return null;
  return {
    do: "strategy",
    kind,
    name,
    ...(type === undefined ? {} : { type }),
    ...(maxSurge === undefined ? {} : { maxSurge }),
    ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
    ...(partition === undefined ? {} : { partition }),
  };
}

function isRolled(kind: unknown): kind is Strategy["kind"] {
  return kind === "Deployment" || kind === "StatefulSet";
}

function isStrategyType(type: unknown): type is Strategy["type"] {
  return type === undefined || type === "RollingUpdate" || type === "Recreate";
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === "string" && value !== "");
}

/** A number of Pods or a share of them, which the API server checks further. */
function isPodCount(value: unknown): value is Strategy["maxSurge"] {
  return value === undefined || isWhole(value, 0, 100_000) || (typeof value === "string" && value.length <= 20);
}
