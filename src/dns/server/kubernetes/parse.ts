/**
 * The grammar of names in the cluster zone. Source: CoreDNS plugin/kubernetes/parse.go; DNS spec 1.1.0.
 * Read from the right, `zone` taken off:
 *
 *   (1) ""  svc  pod                                       the zone, or one of its two halves: exists, no data
 *   (2) NS.svc            NS.pod                           a namespace: exists, no data
 *   (3) SVC.NS.svc        DASHED-IP.NS.pod                 a Service; a Pod by its address
 *   (4) HOST.SVC.NS.svc                                    an endpoint by hostname or dashed address
 *   (5) _PORT._PROTO.SVC.NS.svc                            a port; the underscores may be missing
 *   (6) ZONE.pin._zone.SVC.NS.svc  ZONE.prefer._zone…      endpoints of a topology zone (option zonal; ZONE may have dots)
 *   (7) anything else                                      does not exist
 */

/** A parsed name; "" stands for "not given". */
export interface ParsedName {
  readonly podOrSvc: "" | "svc" | "pod";
  readonly namespace: string;
  readonly service: string;
  readonly endpoint: string;
  readonly port: string;
  readonly protocol: string;
  readonly topologyZone: string;
  /** Whether to keep to the topology zone or only to prefer it; "" outside case 6. */
  readonly affinity: "" | "pin" | "prefer";
}

const NOTHING: ParsedName = {
  podOrSvc: "",
  namespace: "",
  service: "",
  endpoint: "",
  port: "",
  protocol: "",
  topologyZone: "",
  affinity: "",
};

function stripUnderscore(label: string): string {
  return label.startsWith("_") ? label.slice(1) : label;
}

/** Parses what stands above the zone, in lower case; null where no such name can exist (case 7). */
export function parseClusterName(base: string, zonal: boolean): ParsedName | null {
  if (base === "" || base === "svc" || base === "pod") return NOTHING;
  const labels = base.split(".");
  const podOrSvc = labels.pop();
  if (podOrSvc !== "svc" && podOrSvc !== "pod") return null;
  const namespace = labels.pop() ?? "";
  const service = labels.pop() ?? "";
  const left = leftPart(labels, zonal);
  return left === null ? null : { ...NOTHING, podOrSvc, namespace, service, ...left };
}

function leftPart(labels: readonly string[], zonal: boolean): Partial<ParsedName> | null {
  const affinity = labels.at(-2);
  if (zonal && labels.length >= 3 && labels.at(-1) === "_zone" && (affinity === "pin" || affinity === "prefer")) {
    return { affinity, topologyZone: labels.slice(0, -2).join(".") };
  }
  const [first = "", second = ""] = labels;
  switch (labels.length) {
    case 0:
      return {};
    case 1:
      return { endpoint: first };
    case 2:
      return { port: stripUnderscore(first), protocol: stripUnderscore(second) };
    default:
      return null;
  }
}
