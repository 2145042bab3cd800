/** A packet's way through one host's hooks, station by station, from the hops that its journey recorded. */
import type { ChainWalkView, FieldChange, HopView } from "../../bridge/protocol";
import { HOOKS, type HookName } from "./stages";

/** Where a packet can be on a host. `local` is whatever takes or sends packets itself: a socket, the VXLAN device. */
export type Station = HookName | "in" | "bridge" | "routing" | "local" | "out";

/** Rules that one stage asked. */
export interface Asked {
  /** The chain that hangs on the hook: `nat` by iptables' table, a base chain of nftables by its name. */
  readonly stage: string;
  /** How many rules were looked at. */
  readonly rules: number;
}

/** One stay at a station. */
export interface Visit {
  readonly station: Station;
  readonly hop: HopView;
  /** A packet that is wrapped or unwrapped here goes through the hooks a second time. */
  readonly pass: number;
  readonly asked: readonly Asked[];
  /** What was rewritten: `to 10.244.1.4:8080`, "" where nothing was. */
  readonly rewrite: string;
}

/** The visits of a packet's hops on a host, in order. */
export function visitsOf(hops: readonly HopView[]): readonly Visit[] {
  const visits: Visit[] = [];
  let pass = 0;
  for (const hop of hops) {
    const station = stationOf(hop, visits.at(-1)?.station);
    const last = visits.at(-1);
    if (station === null) continue;
    if (last?.station === "out" && station === "out") {
      visits[visits.length - 1] = { ...last, hop };
      continue;
    }
    if ((last?.station === "out" && station === "local") || (last?.station === "local" && station === "in")) pass += 1;
    visits.push({ station, hop, pass, asked: askedOf(hop.walks), rewrite: rewriteOf(hop) });
  }
  return visits;
}

function stationOf({ kind, way, role, step, hook }: HopView, last: Station | undefined): Station | null {
  if (kind === "tap") {
    if (role === "bridge" && last === "bridge") return null;
    if (way === "out") return "out";
    return role === "bridge" ? "bridge" : last === undefined || last === "local" ? "in" : null;
  }
  const known = HOOKS.find((one) => one === hook);
  if (known !== undefined) return known;
  switch (step) {
    case "route":
      // The kernel routes anew what it sends itself, and what a virtual server sends on.
      return last === "OUTPUT" || last === "INPUT" ? null : "routing";
    case "bridge":
      return "bridge";
    case "encap":
    case "decap":
    case "socket":
      return "local";
    default:
      return null;
  }
}

/** Walks in a row belong to the stage whose chain hangs on the hook: an iptables table, or an nftables base chain. */
function askedOf(walks: readonly ChainWalkView[]): readonly Asked[] {
  const asked: { stage: string; rules: number }[] = [];
  for (const { table, chain, passed } of walks) {
    const isIptables = table !== "kube-proxy";
    const opens = table === "ipvs" ? true : isIptables ? HOOKS.some((hook) => hook === chain) : /^(filter|nat)-/.test(chain);
    if (opens || asked.length === 0) asked.push({ stage: isIptables ? table : chain, rules: passed });
    else {
      const last = asked.at(-1);
      if (last !== undefined) last.rules += passed;
    }
  }
  return asked;
}

function rewriteOf({ changes, after }: HopView): string {
  const isNew = (field: FieldChange["field"]): boolean => changes.some((change) => change.field === field);
  const end = (address: string, port: number): string => (port === 0 ? address : `${address}:${port}`);
  const to = isNew("destination") ? `to ${end(after.dst, after.dstPort)}` : "";
  const from = isNew("source") ? `from ${end(after.src, after.srcPort)}` : "";
  return [to, from].filter((one) => one !== "").join(", ");
}

/** How many rules a visit asked in all. */
export function rulesAsked({ asked }: Visit): number {
  return asked.reduce((sum, { rules }) => sum + rules, 0);
}
