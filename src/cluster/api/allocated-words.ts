/** What defaulting, patching and allocating did to an object, in words. */
import { bandsOf } from "../allocation";
import { sameJson } from "../api-write";
import { parseIpv4, parseIpv4Range, rangeSize } from "../ip-text";
import { NODE_PORT_RANGE, portBandsOf } from "../node-ports";
import type { KubeObject, Service } from "../objects";
import { isRecord } from "../shape";
import type { StageContext } from "./context";
import { hasClusterIP } from "./service-address";

const MOST_PATHS = 4;

/** Paths of the fields that differ, the deepest that are not lists, in the order of the newer object. */
export function pathsBetween(before: unknown, after: unknown, path = ""): readonly string[] {
  if (sameJson(before, after)) return [];
  if (!isRecord(before) || !isRecord(after)) return [path];
  return [...new Set([...Object.keys(after), ...Object.keys(before)])].flatMap((field) =>
    pathsBetween(before[field], after[field], path === "" ? field : `${path}.${field}`),
  );
}

/** `a, b`; the first four, then how many more. */
export function listed(paths: readonly string[]): string {
  if (paths.length === 0) return "nothing";
  const more = paths.length > MOST_PATHS ? ` and ${paths.length - MOST_PATHS} more` : "";
  return `${paths.slice(0, MOST_PATHS).join(", ")}${more}`;
}

/** What a new or changed object was given. */
export function allocatedWords(object: KubeObject, old: KubeObject | undefined, context: Pick<StageContext, "serviceCIDRs">): string {
  if (object.kind !== "Service") return "nothing needs to be allocated";
  const before = old?.kind === "Service" ? old : undefined;
  const given = [addressWords(object, before, context), ...portWords(object, before)].filter((words) => words !== "");
  if (given.length > 0) return given.join("; ");
  return hasClusterIP(object) ? "it keeps what it has" : "it gets no ClusterIP";
}

function addressWords({ spec }: Service, before: Service | undefined, { serviceCIDRs }: Pick<StageContext, "serviceCIDRs">): string {
  const address = spec.clusterIP ?? "";
  if (address === "" || address === "None" || address === before?.spec.clusterIP) return "";
  const value = parseIpv4(address);
  const range = serviceCIDRs.find((text) => {
    const parsed = parseIpv4Range(text);
    return value !== undefined && parsed !== undefined && value >= parsed.base && value < parsed.base + rangeSize(parsed.prefix);
  });
  const parsed = parseIpv4Range(range ?? "");
  if (value === undefined || range === undefined || parsed === undefined) return `it gets the ClusterIP ${address}`;
  const { lower } = bandsOf(parsed);
  const band = lower.last < lower.first ? "" : `${value <= lower.last ? "static" : "dynamic"} band of `;
  return `it gets the ClusterIP ${address} from the ${band}${range}`;
}

function portWords({ spec }: Service, before: Service | undefined): readonly string[] {
  const had = new Set((before?.spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0));
  const { lower } = portBandsOf(NODE_PORT_RANGE);
  return (spec.ports ?? []).flatMap(({ port, nodePort = 0 }) => {
    if (nodePort === 0 || had.has(nodePort)) return [];
    return [`its port ${port} gets the node port ${nodePort} from the ${nodePort <= lower.last ? "static" : "dynamic"} band`];
  });
}
