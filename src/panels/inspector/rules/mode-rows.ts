/** The stations that a packet passed in any of the modes, as the rows of one table. */
import type { ModeColumn } from "../../../bridge/protocol";
import { rulesAsked, visitsOf, type Station, type Visit } from "../../../diagrams/netfilter/visits";

/** One station of one host. */
export interface ModeRow {
  readonly key: string;
  readonly host: string;
  /** `PREROUTING`, `OUTPUT, wrapped`. */
  readonly name: string;
  /** What happened there in each mode, in the order of the columns; null where the packet did not come there. */
  readonly cells: readonly (ModeCell | null)[];
}

export interface ModeCell {
  readonly rules: number;
  readonly rewrite: string;
  readonly visit: Visit;
}

const SHOWN: ReadonlySet<Station> = new Set(["PREROUTING", "bridge", "routing", "INPUT", "local", "FORWARD", "OUTPUT", "POSTROUTING"]);

/** Rows in the order in which the first mode passes them; what only another mode passes stands where that one passes it. */
export function modeRows(columns: readonly ModeColumn[]): readonly ModeRow[] {
  const byColumn = columns.map(({ hops }) => stationsOf(hops));
  const order: string[] = [];
  for (const stations of byColumn) {
    let at = 0;
    for (const key of stations.keys()) {
      const known = order.indexOf(key);
      if (known < 0) order.splice(at, 0, key);
      at = (known < 0 ? at : known) + 1;
    }
  }
  return order.map((key) => {
    const cells = byColumn.map((stations) => stations.get(key) ?? null);
    const visit = cells.find((cell) => cell !== null)?.visit;
    return { key, host: visit?.hop.host ?? "", name: visit === undefined ? "" : nameOf(visit), cells };
  });
}

function stationsOf(hops: ModeColumn["hops"]): ReadonlyMap<string, ModeCell> {
  const cells = new Map<string, ModeCell>();
  const hosts = [...new Set(hops.filter(({ pod }) => pod === "").map(({ host }) => host))];
  for (const host of hosts) {
    for (const visit of visitsOf(hops.filter((hop) => hop.host === host))) {
      if (SHOWN.has(visit.station)) {
        cells.set(`${host} ${nameOf(visit)}`, { rules: rulesAsked(visit), rewrite: visit.rewrite, visit });
      }
    }
  }
  return cells;
}

function nameOf({ station, hop }: Visit): string {
  const isWrapped = hop.after.outer !== null && station !== "local";
  const name = station === "local" ? (hop.step === "encap" ? "wrapped" : hop.step === "decap" ? "unwrapped" : "socket") : station;
  return isWrapped ? `${name}, wrapped` : name === "bridge" ? "cni0" : name;
}
