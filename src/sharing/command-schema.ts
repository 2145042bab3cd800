/** Commands as they come out of a link: known acts with fields of the right kind, or nothing. */
import type { ClientKind, Command, ObjectRef } from "../bridge/protocol";
import { readDisturbance } from "./fault-schema";
import { readRollout } from "./rollout-schema";
import { isLabels, isRecord, isWhole } from "./plain";

type KubeObject = Extract<Command, { do: "create" }>["object"];
type Plain = Readonly<Record<string, unknown>>;

const KINDS: ReadonlySet<unknown> = new Set<ObjectRef["kind"]>([
  "Namespace",
  "Node",
  "Pod",
  "Service",
  "EndpointSlice",
  "Endpoints",
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "ControllerRevision",
  "ConfigMap",
]);

/** The command, or null where it is none that we know. */
export function readCommand(plain: unknown): Command | null {
  if (!isRecord(plain)) return null;
  switch (plain["do"]) {
    case "scale":
      return readScale(plain);
    case "roll-out":
    case "roll-back":
    case "pause-rollout":
    case "resume-rollout":
    case "strategy":
      return readRollout(plain);
    case "delete":
      return readDelete(plain);
    case "relabel":
      return isKind(plain["kind"]) && isText(plain["name"]) && isLabels(plain["labels"])
        ? { do: "relabel", kind: plain["kind"], name: plain["name"], labels: plain["labels"] }
        : null;
    case "select":
      return isText(plain["name"]) && isLabels(plain["selector"])
        ? { do: "select", name: plain["name"], selector: plain["selector"] }
        : null;
    case "create":
      return isObject(plain["object"]) ? { do: "create", object: plain["object"] } : null;
    case "apply":
      return Array.isArray(plain["objects"]) && plain["objects"].every(isObject) ? { do: "apply", objects: plain["objects"] } : null;
    case "request":
      return readRequest(plain);
    case "lookup":
      return readLookup(plain);
    case "corefile":
      return isText(plain["text"]) ? { do: "corefile", text: plain["text"] } : null;
    case "node-local-dns":
      return typeof plain["on"] === "boolean" ? { do: "node-local-dns", on: plain["on"] } : null;
    case "traffic":
      return isWhole(plain["perSecond"], 0, 1000) ? { do: "traffic", perSecond: plain["perSecond"] } : null;
    case "client":
      return isClient(plain["client"]) ? { do: "client", client: plain["client"] } : null;
    case "user":
      return isText(plain["user"]) ? { do: "user", user: plain["user"] } : null;
    case "proxy-mode":
      return isMode(plain["mode"]) ? { do: "proxy-mode", mode: plain["mode"] } : null;
    case "nodes":
      return isWhole(plain["count"], 1, 5000) ? { do: "nodes", count: plain["count"] } : null;
    default:
      return readDisturbance(plain);
  }
}

function readScale({ kind, name, replicas }: Plain): Command | null {
  if (kind !== "Deployment" && kind !== "ReplicaSet" && kind !== "StatefulSet") return null;
  return isText(name) && isWhole(replicas, 0, 100_000) ? { do: "scale", kind, name, replicas } : null;
}

function readDelete({ kind, name, gracePeriodSeconds: grace }: Plain): Command | null {
  if (!isKind(kind) || !isText(name)) return null;
  if (grace === undefined) return { do: "delete", kind, name };
  return isWhole(grace, 0, 86_400) ? { do: "delete", kind, name, gracePeriodSeconds: grace } : null;
}

function readRequest({ from, to, client, count, gapMs }: Plain): Command | null {
  const right =
    (from === undefined || isText(from)) &&
    (to === undefined || isText(to)) &&
    (client === undefined || isClient(client)) &&
    (count === undefined || isWhole(count, 1, 10_000)) &&
    (gapMs === undefined || isWhole(gapMs, 0, 3_600_000));
  if (!right) return null;
  return {
    do: "request",
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(client === undefined ? {} : { client }),
    ...(count === undefined ? {} : { count }),
    ...(gapMs === undefined ? {} : { gapMs }),
  };
}

function readLookup({ from, name, type, libc, server }: Plain): Command | null {
  const right =
    isText(name) &&
    (from === undefined || isText(from)) &&
    (type === undefined || isText(type)) &&
    (libc === undefined || libc === "glibc" || libc === "musl") &&
    (server === undefined || isText(server));
  if (!right) return null;
  return {
    do: "lookup",
    name,
    ...(from === undefined ? {} : { from }),
    ...(type === undefined ? {} : { type }),
    ...(libc === undefined ? {} : { libc }),
    ...(server === undefined ? {} : { server }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isKind(value: unknown): value is ObjectRef["kind"] {
  return KINDS.has(value);
}

function isClient(value: unknown): value is ClientKind {
  return value === "curl-like" || value === "browser-like" || value === "jvm-like";
}

function isMode(value: unknown): value is Extract<Command, { do: "proxy-mode" }>["mode"] {
  return value === "iptables" || value === "nftables" || value === "ipvs";
}

/** An object as far as the page must know it; the API server checks the rest. */
export function isObject(value: unknown): value is KubeObject {
  return isRecord(value) && isKind(value["kind"]) && isRecord(value["metadata"]);
}
