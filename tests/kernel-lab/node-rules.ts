/** The rules of the laboratory's nodes: what the simulation evaluates, and the texts that the real kernel is fed with. */
import { nodeRuleset, rulesBeforeProxy } from "../../src/node/agents/flannel-rules";
import type { SyncInput } from "../../src/node/agents/kube-proxy/iptables/proxy-state";
import { restoreText } from "../../src/node/agents/kube-proxy/iptables/restore";
import { syncNft } from "../../src/node/agents/kube-proxy/nftables/sync";
import { nftScript, transactionText } from "../../src/node/agents/kube-proxy/nftables/text";
import { DEFAULT_PROXY_SETTINGS } from "../../src/node/agents/kube-proxy/settings";
import type { Ruleset } from "../../src/node/kernel/netfilter/rules";
import { saveText } from "../../src/node/kernel/netfilter/show";
import { listText } from "../../src/node/kernel/nftables/show";
import type { NftTable } from "../../src/node/kernel/nftables/tables";
import { viewOf } from "../packet-flow/kube-proxy/view-of";
import { CLUSTER, objectsWith } from "./cluster";
import type { Feed, Journey, LabNode, NodeFeeds, OtherEndpoints, World } from "./description";

/** How kube-proxy writes, and which kernel interface takes it. In nftables mode flannel's rules stay iptables-nft's. */
export type Flavour = "iptables-legacy" | "iptables-nft" | "nftables";

export const FLAVOURS: readonly Flavour[] = ["iptables-legacy", "iptables-nft", "nftables"];

/** What stands in a node's kernel. */
export interface NodeRules {
  readonly iptables: Ruleset;
  readonly nft: NftTable | null;
}

/** Journeys that a flavour makes: some decisions exist in one mode only. */
export function journeysOf({ journeys }: World, flavour: Flavour): readonly Journey[] {
  const mode = flavour === "nftables" ? "nftables" : "iptables";
  return journeys.filter(({ only }) => only === "" || only === mode);
}

type ProxyInput = Pick<SyncInput, "view" | "settings" | "node">;

function proxyInput({ proxy }: World, node: LabNode, other: OtherEndpoints = {}): ProxyInput {
  return {
    view: viewOf(objectsWith(other)),
    settings: { ...DEFAULT_PROXY_SETTINGS, ...proxy },
    node: { name: node.name, zone: "", addresses: [node.address], podCIDR: node.podRange },
  };
}

const known = new Map<string, ReadonlyMap<string, NodeRules>>();

/** The rules of each node of a world; `which` names its other rules, "" the usual ones. */
export function rulesOf(flavour: Flavour, world: World, which = ""): ReadonlyMap<string, NodeRules> {
  const key = `${flavour === "nftables"} ${world.name} ${which}`;
  const made = known.get(key) ?? new Map(CLUSTER.nodes.map((node) => [node.name, makeRules(flavour, world, node, which)]));
  known.set(key, made);
  return made;
}

function rangesOf(node: LabNode): { readonly podCIDR: string; readonly nodePodCIDR: string } {
  return { podCIDR: CLUSTER.podCIDR, nodePodCIDR: node.podRange };
}

function makeRules(flavour: Flavour, world: World, node: LabNode, which: string): NodeRules {
  const input = proxyInput(world, node, world.otherRules[which]);
  if (flavour === "nftables") return { iptables: rulesBeforeProxy(rangesOf(node)), nft: nftState(world, node, which).table };
  return { iptables: nodeRuleset({ ...input, ...rangesOf(node) }), nft: null };
}

/** Other rules are what a partial sync makes of the usual ones, as in a kube-proxy that runs on. */
function nftState(world: World, node: LabNode, which: string): ReturnType<typeof syncNft> {
  const usual = syncNft(null, proxyInput(world, node));
  return which === "" ? usual : syncNft(usual, proxyInput(world, node, world.otherRules[which]));
}

/** What the kernel must print of a node's rules. */
export function printedText(flavour: Flavour, { iptables, nft }: NodeRules): string {
  return flavour === "nftables" && nft !== null ? listText(nft) : saveText(iptables);
}

/** Asks the kernel to trace every packet, before any other rule. */
const TRACER = `add table ip tracer
add chain ip tracer pre { type filter hook prerouting priority -400 ; }
add chain ip tracer out { type filter hook output priority -400 ; }
add rule ip tracer pre meta nftrace set 1
add rule ip tracer out meta nftrace set 1
`;

/** Everything that a node's kernel is fed with. */
export function feedsOf(flavour: Flavour, world: World, node: LabNode): NodeFeeds {
  const others = Object.keys(world.otherRules);
  const rules = rulesOf(flavour, world).get(node.name);
  if (rules === undefined) throw new Error(`no rules of ${node.name}`);
  const first = saveText(rules.iptables);
  if (flavour === "nftables") {
    const script = nftScript(proxyInput(world, node));
    return {
      load: [{ command: ["iptables-nft-restore"], text: first }, nft(script), nft(TRACER)],
      again: [nft(`delete table ip kube-proxy\n${script}`)],
      others: Object.fromEntries(others.map((which) => [which, [nft(transactionText(nftState(world, node, which)))]])),
      print: [["nft", "list", "table", "ip", "kube-proxy"]],
      trace: true,
    };
  }
  const restore = (text: string, ...words: readonly string[]): Feed => ({ command: [`${flavour}-restore`, ...words], text });
  const otherText = (which: string): string => {
    const other = rulesOf(flavour, world, which).get(node.name);
    return other === undefined ? "" : saveText(other.iptables);
  };
  return {
    load: [restore(first), restore(restoreText(proxyInput(world, node)), "--noflush", "--counters")],
    again: [restore(first)],
    others: Object.fromEntries(others.map((which) => [which, [restore(otherText(which))]])),
    print: [...rules.iptables.tables.keys()].map((table) => [`${flavour}-save`, "-t", table]),
    trace: false,
  };
}

function nft(text: string): Feed {
  return { command: ["nft", "-f", "-"], text };
}
