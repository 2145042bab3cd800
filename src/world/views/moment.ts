/** Everything that the page shows of one moment: the cluster always, a pane only where it is looked at. */
import type { SimTime } from "../../engine/time";
import { simTime } from "../../engine/time";
import { nodeNetworkOf } from "../../node/agents/node-network";
import { setsText } from "../../node/agents/kube-proxy/ipvs/text";
import type { Host } from "../../node/kernel/host";
import { allServers } from "../../node/kernel/ipvs/requests";
import { countAll } from "../../node/kernel/ipvs/state";
import { ipvsadmText, listedServers, realKey, virtualName, type IpvsTable } from "../../node/kernel/ipvs/table";
import { conntrackText, showConntrack } from "../../node/kernel/conntrack/show";
import { saveText } from "../../node/kernel/netfilter/show";
import { listText } from "../../node/kernel/nftables/show";
import { userOf } from "../api-users";
import { workersOf } from "../events/on-node";
import type { RequestRow } from "../rows";
import type { DynamicElement } from "../../node/kernel/nftables/dynamic-sets";
import { modeOf } from "../proxy-mode";
import type { HostRules, Rulesets } from "../rulesets";
import type { WorldState } from "../state";
import { hashState } from "../state";
import type { ConntrackView, Looking, MomentView, NetworkRanges, RequestView, RulesView } from "../view-types";
import { podViews, serviceViews, sliceViews } from "./cluster";
import { disturbancesView } from "./disturbances";
import { dnsView } from "./dns";
import { nodeViews } from "./nodes";
import { objectView } from "./object";
import { readerViews } from "./readers";
import { workloadView } from "./workload";

/** The moment as a world shows it; branch and last event are the recording's to add. */
export function momentView(state: WorldState, rulesets: Rulesets, looking: Looking): MomentView {
  const at = simTime(Math.max(looking.at, state.loop.now));
  const view = state.store.latest();
  const standing = state.standing.get("world");
  return {
    stamp: { branch: "", event: state.loop.count - 1, at: looking.at },
    revision: state.store.head,
    stateHash: looking.playing === true ? "" : hashState(state),
    pods: podViews(state, view),
    nodes: nodeViews(state, view, at),
    services: serviceViews(view),
    slices: sliceViews(view),
    readers: readerViews(state, at),
    requests: state.requests
      .all()
      .filter((row) => row.lookup === undefined)
      .slice(-MOST_REQUESTS)
      .toReversed()
      .map(requestView),
    deployments: view.list("Deployment").map((one) => workloadView(view, one)),
    statefulSets: view.list("StatefulSet").map((one) => workloadView(view, one)),
    traffic: { perSecond: standing?.perSecond ?? 0, client: standing?.client ?? "curl-like" },
    workers: workersOf(state).length,
    user: userOf(state).name,
    proxyMode: modeOf(state),
    ranges: networkRanges(state),
    disturbances: disturbancesView(state, view),
    lastEvent: null,
    ...panes(state, rulesets, looking, at),
  };
}

const MOST_REQUESTS = 200;

function networkRanges({ setup, agents }: WorldState): NetworkRanges {
  const [first] = agents.all();
  return {
    pods: setup.config.proxy.clusterCIDR,
    services: setup.config.serviceCIDRs,
    nodes: first === undefined ? "" : nodeNetworkOf(first.links.address).range,
  };
}

function panes(
  state: WorldState,
  rulesets: Rulesets,
  looking: Looking,
  at: SimTime,
): Pick<MomentView, "rules" | "conntrack" | "dns" | "object"> {
  const rules = looking.rulesOf === undefined ? null : rulesView(state, rulesets, looking.rulesOf, at);
  const conntrack = looking.conntrackOf === undefined ? null : conntrackView(state, looking.conntrackOf, at);
  return {
    ...(rules === null ? {} : { rules }),
    ...(conntrack === null ? {} : { conntrack }),
    ...(looking.dns === true ? { dns: dnsView(state, at, looking) } : {}),
    ...(looking.object === undefined ? {} : { object: objectView(state, looking.object, looking.objectRevision) }),
  };
}

function requestView(row: RequestRow): RequestView {
  const { id, startedAt, endedAt, client, clientUid, clientKind, to, answeredBy, verdict, sentence, missed } = row;
  return { id, startedAt, endedAt, client, clientUid, clientKind, to, answeredBy, verdict, sentence, missed };
}

/** The rules of a node; null where there is no such node. */
export function rulesView(state: WorldState, rulesets: Rulesets, node: string, at: SimTime): RulesView | null {
  const rules = rulesets.all(node);
  const proxy = state.proxies.get(node);
  if (rules === null || proxy === undefined) return null;
  const counters: Record<string, number> = {};
  const bytes: Record<string, number> = {};
  for (const { table, chain, ruleIndex, count } of state.counters.get(node)?.all() ?? []) {
    const key = `${table} ${chain} ${ruleIndex + 1}`;
    counters[key] = count.packets;
    bytes[key] = count.bytes;
  }
  const host = state.hosts.get(node);
  if (rules.ipvs !== null && host !== undefined) Object.assign(counters, connectionCounts(host, rules.ipvs, at));
  return {
    node,
    syncedAt: proxy.syncedAt,
    serviceRevision: proxy.synced.Service,
    sliceRevision: proxy.synced.EndpointSlice,
    ...ruleTexts(state, rules, node, at),
    counters,
    bytes,
  };
}

/** Connections by real server, in the order of the listing. */
function connectionCounts({ ipvs: own }: Host, table: IpvsTable, at: SimTime): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  if (own === null) return found;
  const all = countAll(own, at);
  for (const [key, virtual] of table.servers) {
    const counts = all.get(key);
    if (counts === undefined) continue;
    for (const [index, server] of listedServers(allServers(own, key, virtual)).entries()) {
      const { active = 0, inactive = 0 } = counts.get(realKey(server)) ?? {};
      found[`ipvs ${virtualName(virtual)} ${index + 1}`] = active + inactive;
    }
  }
  return found;
}

function ruleTexts(
  state: WorldState,
  { iptables, nft, ipvs }: HostRules,
  node: string,
  at: SimTime,
): Pick<RulesView, "mode" | "text" | "sets" | "beside"> {
  const host = state.hosts.get(node);
  if (ipvs !== null) {
    return { mode: "ipvs", text: ipvsadmText(ipvs, host?.ipvs?.drained), sets: setsText(iptables), beside: saveText(iptables) };
  }
  if (nft === null) return { mode: "iptables", text: saveText(iptables), sets: "", beside: "" };
  const dynamic = host?.dynamic ?? null;
  const elementsOf = (set: string): readonly DynamicElement[] => dynamic?.elements(set, at) ?? [];
  return { mode: "nftables", text: listText(nft, { elementsOf, now: at }), sets: "", beside: saveText(iptables) };
}

function conntrackView(state: WorldState, node: string, at: SimTime): ConntrackView | null {
  const host = state.hosts.get(node);
  if (host === undefined) return null;
  const entries = showConntrack(host, at);
  return { node, entries, text: conntrackText(entries) };
}
