/** When a node's kernel got other rules, by what a run left to be looked at. */
import type { SyncView } from "../world/view-types";
import type { Trace } from "./trace";

/** Kinds of event after which a node has other rules: a sync that is through, a new process that takes the old ones away. */
const KINDS: ReadonlySet<string> = new Set(["kube-proxy synced", "kube-proxy start"]);

/** The syncs of a node the oldest first; before them the rules with which the cluster opened. */
export function syncsOf(trace: Trace, node: string): readonly SyncView[] {
  const opened: SyncView = { event: -1, at: 0, sentence: `${node} as the cluster opened.` };
  const written = trace
    .from(0, trace.length)
    .filter(({ kind, object }) => object === node && KINDS.has(kind))
    .map(({ number, at, sentence }): SyncView => ({ event: number, at, sentence }));
  return [opened, ...written];
}
