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
 *   (7) HOST.CLUSTER.SVC.NS.svc                            an endpoint of a cluster of a set (multicluster zones; no underscores)
 *   (8) anything else                                      does not exist
 */

/** A parsed name; "" stands for "not given". */
export interface ParsedName {
  readonly podOrSvc: "" | "svc" | "pod";
  readonly namespace: string;
  readonly service: string;
  readonly endpoint: string;
  readonly port: string;
  readonly protocol: string;
  /** The member of a cluster set; "" outside case 7. */
  readonly cluster: string;
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
  cluster: "",
  topologyZone: "",
  affinity: "",
};

function stripUnderscore(label: string): string {
  return label.startsWith("_") ? label.slice(1) : label;
}

/** What the zone of a name adds to the grammar. */
export interface Grammar {
  readonly zonal: boolean;
  /** The zone is that of a cluster set. */
  readonly multicluster?: boolean;
}

/** Parses what stands above the zone, in lower case; null where no such name can exist (case 8). */
export function parseClusterName(base: string, grammar: Grammar): ParsedName | null {
  if (base === "" || base === "svc" || base === "pod") return NOTHING;
  const labels = base.split(".");
  const podOrSvc = labels.pop();
  if (podOrSvc !== "svc" && podOrSvc !== "pod") return null;
  const namespace = labels.pop() ?? "";
  const service = labels.pop() ?? "";
  const left = leftPart(labels, grammar);
  return left === null ? null : { ...NOTHING, podOrSvc, namespace, service, ...left };
}

function leftPart(labels: readonly string[], { zonal, multicluster = false }: Grammar): Partial<ParsedName> | null {
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
      if (multicluster && !first.startsWith("_") && !second.startsWith("_")) return { endpoint: first, cluster: second };
      return { port: stripUnderscore(first), protocol: stripUnderscore(second) };
    default:
      return null;
  }
}
