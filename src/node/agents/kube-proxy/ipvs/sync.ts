/**
 * One sync of kube-proxy in IPVS mode: virtual servers, IP sets, the few iptables rules, the addresses of kube-ipvs0.
 * Every sync is a full one. Real servers that went and still have connections are kept by the kernel's state, not here.
 * Source: pkg/proxy/ipvs/proxier.go (syncProxyRules). Two orders of the real thing are Go's random one: Services come by
 * namespace and name here, real servers by the text of their addresses.
 */
import { Fingerprint } from "../../../../base/hash";
import { ensure } from "../../../../base/assert";
import type { ClusterView } from "../../../../cluster/store-types";
import { emptyRuleset } from "../../../kernel/netfilter/build";
import { changeChains } from "../../../kernel/netfilter/chain-map";
import type { IpSet } from "../../../kernel/netfilter/ipsets";
import type { Chain, Hook, Ruleset, TableName } from "../../../kernel/netfilter/rules";
import { virtualKey, type IpvsTable, type VirtualServer } from "../../../kernel/ipvs/table";
import { backedServices, type BackedService } from "../services";
import type { ProxyNode, ProxySettings } from "../settings";
import { ipvsChains, type IpvsChains } from "./chains";
import { makeIpvsContext, type IpvsContext } from "./context";
import { jumpsAt } from "./jumps";
import { portShare, type PortShare } from "./port-share";
import { SET_NAMES, setInfo, setNameIn, type SetName } from "./set-names";

/** What a sync looks at. */
export interface IpvsSyncInput {
  readonly view: ClusterView;
  readonly settings: ProxySettings;
  readonly node: ProxyNode;
  /** What stands in the node's tables without kube-proxy; default: empty tables. */
  readonly into?: Ruleset;
}

/** What stands after a sync. */
export interface IpvsProxyState {
  readonly kind: "full";
  /** Everything in the node's tables, with the sets. */
  readonly ruleset: Ruleset;
  readonly ipvs: IpvsTable;
  /** kube-proxy's own chains, as it feeds them. */
  readonly chains: IpvsChains;
  /** Addresses that kube-ipvs0 holds, each once, in the order in which they were bound. */
  readonly bound: readonly string[];
}

interface ServiceShare {
  readonly ports: readonly PortShare[];
  readonly fingerprint: string;
}

const made = new WeakMap<BackedService, Map<string, ServiceShare>>();

/** Runs one sync. */
export function syncIpvs({ view, settings, node, into = emptyRuleset() }: IpvsSyncInput): IpvsProxyState {
  const context = makeIpvsContext(settings, node);
  const version = new Fingerprint();
  version.text(JSON.stringify([into.version, settings, node]));
  const shares: PortShare[] = [];
  for (const backed of backedServices(view, settings.ipFamily).values()) {
    const share = serviceShare(backed, context);
    version.text(share.fingerprint);
    shares.push(...share.ports);
  }
  const bound = [...new Set(shares.flatMap((share) => share.bound))];
  const entries = entriesOf(shares, bound);
  const filled = new Set([...entries].flatMap(([name, held]) => (held.size > 0 ? [name] : [])));
  const chains = ipvsChains(
    context,
    filled,
    shares.flatMap(({ barred }) => barred),
  );
  const sets = setsOf(entries, settings);
  const name = version.hex();
  return {
    kind: "full",
    ruleset: { version: name, tables: withChains(into, chains), sets },
    ipvs: { version: name, servers: serversOf(shares) },
    chains,
    bound,
  };
}

function serviceShare(backed: BackedService, context: IpvsContext): ServiceShare {
  const known = made.get(backed) ?? new Map<string, ServiceShare>();
  const before = known.get(context.key);
  if (before !== undefined) return before;
  const into = new Fingerprint();
  into.text(backed.text);
  const share = { ports: backed.ports.map((port) => portShare(port, context)), fingerprint: into.hex() };
  made.set(backed, known.set(context.key, share));
  return share;
}

/** Where two ports claim the same place the first has it. */
function serversOf(shares: readonly PortShare[]): ReadonlyMap<string, VirtualServer> {
  const servers = new Map<string, VirtualServer>();
  for (const share of shares) {
    for (const one of share.servers) {
      const key = virtualKey(one);
      if (!servers.has(key)) servers.set(key, one);
    }
  }
  return servers;
}

function entriesOf(shares: readonly PortShare[], bound: readonly string[]): ReadonlyMap<SetName, Set<string>> {
  const found = new Map(SET_NAMES.map((name) => [name, new Set<string>()]));
  for (const { entries } of shares) for (const [name, entry] of entries) ensure(found.get(name), name).add(entry);
  found.set("KUBE-IPVS-IPS", new Set(bound));
  return found;
}

function setsOf(entries: ReadonlyMap<SetName, ReadonlySet<string>>, { ipFamily: family }: ProxySettings): ReadonlyMap<string, IpSet> {
  return new Map(
    [...entries].map(([name, held]): [string, IpSet] => {
      const own = setNameIn(family, name);
      return [own, { name: own, type: setInfo(name).type, family, entries: held }];
    }),
  );
}

const HOOKS: Readonly<Record<"nat" | "filter", readonly Hook[]>> = {
  nat: ["PREROUTING", "OUTPUT", "POSTROUTING"],
  filter: ["INPUT", "FORWARD", "OUTPUT"],
};

function withChains(into: Ruleset, chains: IpvsChains): Ruleset["tables"] {
  const tables = new Map(into.tables);
  for (const name of ["nat", "filter"] as const) {
    const before = ensure(tables.get(name), `table ${name}`);
    const hooks = HOOKS[name].map((hook) => withJumps(name, hook, ensure(before.chains.get(hook), hook)));
    tables.set(name, { name, chains: changeChains(before.chains, { put: [...chains[name], ...hooks] }) });
  }
  return tables;
}

function withJumps(table: TableName, hook: Hook, before: Chain): Chain {
  return { ...before, rules: [...jumpsAt(table, hook), ...before.rules] };
}
