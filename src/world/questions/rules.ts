/** The rules of one node after the first full sync of a kube-proxy that has just started, or after further syncs. */
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import type { Node, Service } from "../../cluster/objects";
import { millis, simTime } from "../../engine/time";
import { familyOf, type IpFamily } from "../../network/address";
import { podInterfaceAddresses } from "../../node/agents/node-network";
import { rulesBeforeProxy } from "../../node/agents/flannel-rules";
import type { ProxyState } from "../../node/agents/kube-proxy/iptables/proxy-state";
import { syncText } from "../../node/agents/kube-proxy/iptables/restore";
import { syncRules } from "../../node/agents/kube-proxy/iptables/sync";
import { syncIpvs, type IpvsProxyState } from "../../node/agents/kube-proxy/ipvs/sync";
import { ipvsRestoreText, ipvsSaveText } from "../../node/agents/kube-proxy/ipvs/text";
import { syncNft } from "../../node/agents/kube-proxy/nftables/sync";
import { cleanupText, transactionText } from "../../node/agents/kube-proxy/nftables/text";
import type { NftProxyState } from "../../node/agents/kube-proxy/nftables/proxy-state";
import type { ProxyNode } from "../../node/agents/kube-proxy/settings";
import { DEFAULT_PROXY_SETTINGS } from "../../node/agents/kube-proxy/settings";
import { emptyRuleset } from "../../node/kernel/netfilter/build";
import { saveText } from "../../node/kernel/netfilter/show";
import { listText } from "../../node/kernel/nftables/show";
import type { AgentRow } from "../rows";
import type { GivenObject } from "../setup";
import type { WorldState } from "../state";
import type { ReadConfig } from "./config";
import { findNode } from "./names";
import type { Cluster, Settled } from "./settled";
import { settle } from "./settled";
import type { RulesAnswer, RulesQuestion } from "./types";

/** Answers `rules`. With several clusters each is a sync on what the one before left; the text is the last one's. */
export function answerRules({ node, format }: RulesQuestion, steps: readonly Cluster[], config: ReadConfig): Result<RulesAnswer> {
  let previous: Synced | null = null;
  let before: Settled | null = null;
  for (const [step, cluster] of steps.entries()) {
    const settled = settle(before === null ? cluster : withAddressesOf(cluster, before), config, { seed: 1, named: [node] });
    if (!settled.ok) return settled;
    const synced = sync(previous, settled.value.sim.state, { name: node, step });
    if (!synced.ok) return synced;
    previous = synced.value;
    before = settled.value;
  }
  if (previous === null || before === null) return failAt("expected at least one list of objects", "steps");
  const text = format === "save" ? savedText(previous) : restoredText(previous);
  return ok({ do: "rules", text: text.endsWith("\n") ? text : `${text}\n`, sync: previous.kind, warnings: before.warnings });
}

/** What stands after a sync, in any mode. */
type Synced = ProxyState | NftProxyState | IpvsProxyState;

/** What the kernel prints. */
function savedText(synced: Synced): string {
  if ("ipvs" in synced) return ipvsSaveText(synced);
  return "table" in synced ? listText(synced.table) : saveText(synced.ruleset);
}

/** What the kernel is fed; in nftables mode old stale chains go first, by a script of their own. */
function restoredText(synced: Synced): string {
  if ("ipvs" in synced) return ipvsRestoreText(synced);
  return "table" in synced ? `${cleanupText(synced)}${transactionText(synced)}` : syncText(synced);
}

/** From one step's sync to the next: the shortest wait, and what a timer is late by. Stale chains are old by then. */
const BETWEEN_SYNCS = DEFAULT_PROXY_SETTINGS.minSyncPeriod + millis(10);

function sync(
  previous: Synced | null,
  state: WorldState,
  { name, step }: { readonly name: string; readonly step: number },
): Result<Synced> {
  const found = findNode(state, name, "node");
  if (!found.ok) return found;
  const { proxy: settings, mode, serviceCIDRs } = state.setup.config;
  const node = proxyNode(state, found.value, settings.ipFamily);
  const view = state.store.latest();
  if (mode === "nftables") {
    const before = previous !== null && "table" in previous ? previous : null;
    return ok(
      syncNft(before, {
        view,
        settings: { ...settings, serviceCIDRs: settings.serviceCIDRs ?? serviceCIDRs },
        node,
        now: simTime(step * BETWEEN_SYNCS),
      }),
    );
  }
  const ranges = { podCIDR: settings.clusterCIDR, nodePodCIDR: found.value.links.podRange };
  const into = settings.ipFamily === "IPv6" ? emptyRuleset() : rulesBeforeProxy(ranges);
  if (mode === "ipvs") return ok(syncIpvs({ view, settings, node: withInterfaces(node, found.value), into }));
  const before = previous !== null && "common" in previous ? previous : null;
  return ok(syncRules(before, { view, settings, node, into }));
}

/** The node as its kube-proxy sees it: with every address of the family that its Node object names. */
function proxyNode(state: WorldState, { name, zone, links }: AgentRow, family: IpFamily): ProxyNode {
  const named = addressesOf(state.store.latest().get("Node", "", name), family);
  if (family === "IPv6") return { name, zone, addresses: named };
  return { name, zone, addresses: [links.address, ...named.filter((address) => address !== links.address)], podCIDR: links.podRange };
}

/** IPVS mode gives NodePorts a virtual server on every interface. */
function withInterfaces(node: ProxyNode, { links }: AgentRow): ProxyNode {
  const isOurs = (address: string): boolean => familyOf(address) === "IPv4";
  return {
    ...node,
    interfaceAddresses: node.addresses.some(isOurs) ? [...node.addresses, ...podInterfaceAddresses(links)] : node.addresses,
  };
}

function addressesOf(node: Node | undefined, family: IpFamily): readonly string[] {
  const own = node?.status?.addresses ?? [];
  return own.flatMap(({ type, address }) => (type === "InternalIP" && familyOf(address) === family ? [address] : []));
}

/** A Service that names no address keeps the one it had before. */
function withAddressesOf(cluster: Cluster, { sim }: Settled): Cluster {
  const view = sim.state.store.latest();
  const keep = (service: Service): Service => {
    const { clusterIP } = view.get("Service", service.metadata.namespace ?? "default", service.metadata.name)?.spec ?? {};
    const { spec } = service;
    const asks = (spec.clusterIP ?? spec.clusterIPs?.[0] ?? "") !== "" || spec.type === "ExternalName";
    return asks || clusterIP === undefined ? service : { ...service, spec: { ...spec, clusterIP } };
  };
  const objects = cluster.objects.map(({ object, at }): GivenObject => ({ object: object.kind === "Service" ? keep(object) : object, at }));
  return { ...cluster, objects };
}
