/** Faults and delays as they come out of a link: fields of the right kind, or nothing. */
import type { Command } from "../bridge/protocol";
import { isWhole } from "./plain";

type Plain = Readonly<Record<string, unknown>>;
type PodSettings = Extract<Command, { do: "pod-settings" }>;

/** Longest delay in ms, and longest time of a Pod in s, that a command may name. */
const MOST_MS = 60_000;
const MOST_S = 3600;

/** The fault or delay, or null where it is none that we know. */
export function readDisturbance(plain: Plain): Command | null {
  const { name, node, reader, milliseconds } = plain;
  switch (plain["do"]) {
    case "crash":
      return isText(name) ? readCrash(name, plain["again"]) : null;
    case "probe":
      return isText(name) && isProbe(plain["probe"]) && isTruth(plain["fails"])
        ? { do: "probe", name, probe: plain["probe"], fails: plain["fails"] }
        : null;
    case "freeze":
      return isText(name) && isTruth(plain["frozen"]) ? { do: "freeze", name, frozen: plain["frozen"] } : null;
    case "kubelet":
    case "kube-proxy":
      return isText(node) && isTruth(plain["runs"]) ? { do: plain["do"], node, runs: plain["runs"] } : null;
    case "power":
      return isText(node) && isTruth(plain["on"]) ? { do: "power", node, on: plain["on"] } : null;
    case "network":
      return isText(node) && isTruth(plain["connected"]) ? { do: "network", node, connected: plain["connected"] } : null;
    case "watch":
      return isText(reader) && isTruth(plain["connected"]) ? { do: "watch", reader, connected: plain["connected"] } : null;
    case "addresses":
      return isText(node) && isTruth(plain["taken"]) ? { do: "addresses", node, taken: plain["taken"] } : null;
    case "drain":
    case "uncordon":
      return isText(node) ? { do: plain["do"], node } : null;
    case "watch-delay":
    case "store-delay":
    case "sync-period":
      return isWhole(milliseconds, 0, MOST_MS) ? { do: plain["do"], milliseconds } : null;
    case "pod-settings":
      return isText(name) ? readPodSettings(name, plain) : null;
    default:
      return null;
  }
}

function readCrash(name: string, again: unknown): Command | null {
  if (again === undefined) return { do: "crash", name };
  return isTruth(again) ? { do: "crash", name, again } : null;
}

function readPodSettings(name: string, plain: Plain): PodSettings | null {
  const { preStopSeconds, graceSeconds, probePeriodSeconds, shutdownSeconds, onTerm } = plain;
  const right = isSeconds(preStopSeconds) && isSeconds(graceSeconds) && isSeconds(probePeriodSeconds) && isSeconds(shutdownSeconds);
  if (!right || !(onTerm === undefined || isOnTerm(onTerm))) return null;
  return {
    do: "pod-settings",
    name,
    ...(preStopSeconds === undefined ? {} : { preStopSeconds }),
    ...(graceSeconds === undefined ? {} : { graceSeconds }),
    ...(probePeriodSeconds === undefined ? {} : { probePeriodSeconds }),
    ...(shutdownSeconds === undefined ? {} : { shutdownSeconds }),
    ...(onTerm === undefined ? {} : { onTerm }),
  };
}

/** Absent, or seconds; an application may take parts of one. */
function isSeconds(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === "number" && value >= 0 && value <= MOST_S);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isTruth(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isProbe(value: unknown): value is Extract<Command, { do: "probe" }>["probe"] {
  return value === "readiness" || value === "liveness" || value === "startup";
}

function isOnTerm(value: unknown): value is NonNullable<PodSettings["onTerm"]> {
  return value === "close" || value === "drain" || value === "ignore";
}
