/** Who reads the store, and how old each one's page is. */
import type { Kind } from "../../cluster/objects";
import type { Write } from "../../cluster/store-types";
import { upperBound } from "../../base/order";
import type { SimTime } from "../../engine/time";
import { CONTROLLER_NAMES, CONTROLLERS } from "../controllers";
import type { ProxyRow } from "../rows";
import type { WorldState } from "../state";
import { watcherOf } from "../sim";
import type { ReaderView } from "../view-types";

const PROXY_KINDS = ["Service", "EndpointSlice"] as const;
const DNS_KINDS: readonly Kind[] = ["Service", "EndpointSlice", "Namespace"];

/** With more readers than this their cursors are left out: to compute them all costs more than anybody can read. */
const MOST_TOLD = 500;

/** All readers: controllers, then kubelets and kube-proxies by node, then CoreDNS replicas. */
export function readerViews(state: WorldState, at: SimTime): readonly ReaderView[] {
  const controllers = CONTROLLER_NAMES.map((name) =>
    reader(state, at, { reader: name, kind: "controller", host: "control-plane", kinds: CONTROLLERS[name].watches }),
  );
  const kubelets = state.agents
    .all()
    .map(({ name }) => reader(state, at, { reader: watcherOf.kubelet(name), kind: "kubelet", host: name, kinds: ["Pod"] }));
  const proxies = state.proxies.all().map((row) => proxyReader(state, row, at));
  return [...controllers, ...kubelets, ...proxies, ...dnsReaders(state, at)];
}

function dnsReaders(state: WorldState, at: SimTime): readonly ReaderView[] {
  return state.processes.all().flatMap((row) => {
    if (row.program.program !== "coredns" || row.program.role !== "replica") return [];
    const host = state.pods.get(row.pod)?.node ?? "";
    return [reader(state, at, { reader: row.program.pod, kind: "coredns", host, kinds: DNS_KINDS })];
  });
}

function reader(
  state: WorldState,
  at: SimTime,
  who: { readonly reader: string; readonly kind: ReaderView["kind"]; readonly host: string; readonly kinds: readonly Kind[] },
): ReaderView {
  const first = state.watches.firstUnseen(who.reader, who.kinds, at);
  return {
    reader: who.reader,
    kind: who.kind,
    host: who.host,
    revision: first === undefined ? state.store.head : first.revision - 1,
    behind: first === undefined ? 0 : at - first.at,
    ...cursorsOf(state, who.reader, who.kinds, at),
  };
}

function cursorsOf({ watches }: WorldState, watcher: string, kinds: readonly Kind[], at: SimTime): Pick<ReaderView, "cursors" | "cut"> {
  if (!watches.has(watcher)) return { cursors: [], cut: true };
  if (watches.size > MOST_TOLD) return { cursors: [], cut: watches.isCut(watcher) };
  return { cursors: kinds.map((kind) => ({ kind, revision: watches.revisionAt(watcher, kind, at) })), cut: watches.isCut(watcher) };
}

function proxyReader(state: WorldState, row: ProxyRow, at: SimTime): ReaderView {
  const first = firstNotSynced(state, row);
  const revision = first === undefined ? state.store.head : first.revision - 1;
  return {
    reader: watcherOf.proxy(row.node),
    kind: "kube-proxy",
    host: row.node,
    revision,
    behind: first === undefined ? 0 : at - first.at,
    ...cursorsOf(state, watcherOf.proxy(row.node), PROXY_KINDS, at),
  };
}

/** The oldest change that is not in a kube-proxy's rules. */
export function firstNotSynced(state: WorldState, row: ProxyRow): Write | undefined {
  const next = PROXY_KINDS.flatMap((kind) => {
    const writes = state.store.writesOf(kind);
    const write = writes[upperBound(writes, row.synced[kind], (one) => one.revision)];
    return write === undefined ? [] : [write];
  });
  return next.toSorted((a, b) => a.revision - b.revision)[0];
}
