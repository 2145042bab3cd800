/**
 * A ConfigMap with a Corefile has changed: the kubelet brings the file into the running Pods, and CoreDNS's reload plugin
 * finds it there. Sources: Kubernetes "ConfigMap volumes are updated by the kubelet's sync, every minute"; CoreDNS
 * plugin/reload (30 s and up to 15 s more or less).
 */
import { below } from "../../base/draw";
import type { Write } from "../../cluster/store-types";
import { DnsCache } from "../../dns/server/cache-store";
import type { CorefileConfig } from "../../dns/server/config";
import type { Result } from "../../base/result";
import { ok } from "../../base/result";
import { micros } from "../../engine/time";
import type { CorednsState } from "../../workloads/coredns";
import { COREDNS_MAP, corefileOf } from "../corefile-map";
import { NODE_CACHE, nodeCacheConfig } from "../node-cache";
import type { ProcessRow } from "../rows";
import type { Sim } from "../sim";
import { later } from "../sim";
import type { Told } from "../told";

/** The kubelet brings a changed ConfigMap into a Pod's volume within its sync period. */
const VOLUME_SYNC = 60_000_000;

interface Replica {
  readonly row: ProcessRow;
  readonly program: CorednsState;
}

/** Plans when each replica takes a changed Corefile up; one without the reload plugin never does. */
export function afterConfigMapWrite(sim: Sim, { object, type }: Write): void {
  if (sim.event() < 0 || object.kind !== "ConfigMap" || type === "DELETED" || object.metadata.namespace !== COREDNS_MAP.namespace) return;
  const role = object.metadata.name === COREDNS_MAP.name ? "replica" : object.metadata.name === NODE_CACHE ? "node cache" : null;
  for (const { row, program } of replicasOf(sim)) {
    const { reload } = program.config;
    if (program.role !== role || reload === null) continue;
    const synced = below(sim.state.draws.next(row.id, "volume sync"), VOLUME_SYNC);
    const period = (reload.interval - reload.jitter) * 1_000_000;
    const checked = below(sim.state.draws.next(row.id, "reload"), period + 2 * reload.jitter * 1_000_000);
    later(sim, micros(synced + checked), { kind: "corefile", process: row.id });
  }
}

function replicasOf({ state }: Sim): readonly Replica[] {
  return state.processes.all().flatMap((row) => (row.program.program === "coredns" ? [{ row, program: row.program }] : []));
}

/** A replica finds the file changed: it begins anew with it, with empty caches, or goes on with the old one where it cannot be read. */
export function onCorefile(sim: Sim, { process }: { readonly process: string }): Told {
  const found = replicasOf(sim).find(({ row }) => row.id === process);
  if (found === undefined)
    return { kind: "reload", lane: "", object: process, sentence: "The replica has ended before it looked at its Corefile." };
  const { row, program } = found;
  const head = { kind: "reload", lane: program.pod, object: program.pod };
  const read = configFor(sim, program);
  if (!read.ok) {
    const where = `${read.problem.at ?? ""}: ${read.problem.message}`;
    return { ...head, sentence: `${program.pod} finds its Corefile changed and cannot read it (${where}): it goes on with the old one.` };
  }
  sim.state.processes.set(row.id, { ...row, program: { ...program, config: read.value } });
  sim.state.dnsCaches.set(row.id, new DnsCache());
  return { ...head, sentence: `${program.pod} finds its Corefile changed and reloads: its caches are empty.` };
}

function configFor(sim: Sim, { role }: CorednsState): Result<CorefileConfig> {
  return role === "replica" ? corefileOf(sim.state) : ok(nodeCacheConfig(sim.state));
}
