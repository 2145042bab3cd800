/** Names that client programs keep for themselves. */
import type { SimTime } from "../../engine/time";
import type { JvmEntry } from "../../workloads/jvm-like";
import { JVM_CACHE, knownText } from "../../workloads/jvm-like";
import type { ProcessRow } from "../rows";
import type { WorldState } from "../state";
import type { ClientCacheView } from "../view-types";

/** The caches of JVM-like clients, by Pod. */
export function clientCaches(state: WorldState, at: SimTime): readonly ClientCacheView[] {
  return state.processes.all().flatMap((row) => {
    const { program } = row;
    const pod = state.pods.get(row.pod);
    if (program.program !== "jvm-like" || pod === undefined) return [];
    const names = [...program.names].map(([name, entry]) => nameView(state, row, name, entry, at));
    return [{ pod: `${pod.namespace}/${pod.name}`, client: "jvm-like", names }];
  });
}

/** What is left is what is left of its timer. */
function nameView(
  state: WorldState,
  { id }: ProcessRow,
  name: string,
  { known, number }: JvmEntry,
  at: SimTime,
): ClientCacheView["names"][number] {
  const end = state.loop
    .ordered()
    .find(
      ({ payload }) =>
        payload.kind === "process-timer" && payload.process === id && payload.timer === "name" && payload.generation === number,
    );
  const storedFor = ("failed" in known ? JVM_CACHE.negative : JVM_CACHE.positive) / 1_000_000;
  return { name, answer: knownText(known), ttl: end === undefined ? 0 : Math.max(0, Math.ceil((end.at - at) / 1_000_000)), storedFor };
}
