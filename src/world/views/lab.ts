/**
 * The network at a moment as a laboratory of Linux network namespaces: every host's own interfaces, routes, flannel entries,
 * rules and open ports, as the tools take them. Computed from the hosts themselves, so that what is built is what is simulated.
 */
import { unreachable } from "../../base/assert";
import { compareText } from "../../base/order";
import { failAt, ok, type Result } from "../../base/result";
import { networkText } from "../../network/address";
import { nodeNetworkOf } from "../../node/agents/node-network";
import { macOf } from "../../node/agents/link-names";
import type { Host } from "../../node/kernel/host";
import { saveText } from "../../node/kernel/netfilter/show";
import { operationsOf, scriptText } from "../../node/kernel/nftables/script";
import type { FdbEntry, Interface, Neighbour, Route } from "../../node/kernel/state";
import { hostNameOf, resolvConfOf } from "../machines";
import { modeOfNode } from "../proxy-mode";
import type { Rulesets } from "../rulesets";
import type { WorldState } from "../state";
import type { LabHost, LabListener, LabView } from "../view-types/lab";
import { labNames } from "./lab-names";

/** More namespaces than a machine's neighbour table has room for (gc_thresh3, 1024 for all of them together). */
const MOST_HOSTS = 150;

/** Makes it. The problem is a cluster that cannot be built of namespaces. */
export function labView(state: WorldState, rulesets: Rulesets, behaviour: number): Result<LabView> {
  const { config } = state.setup;
  const hosts = [...state.hosts.values()].toSorted((a, b) => rankOf(a) - rankOf(b));
  if (hosts.length > MOST_HOSTS)
    return failAt(
      `the cluster has ${hosts.length} network namespaces; a laboratory of more than ${MOST_HOSTS} fills the machine's neighbour table`,
    );
  const modes = new Set(state.proxies.all().map(({ node }) => modeOfNode(state, node)));
  if (modes.has("ipvs")) return failAt("a laboratory is built for iptables and nftables; IPVS wants a kernel module");
  const mode = modes.has("nftables") ? "nftables" : "iptables";
  if (modes.size > 1 || modes.has(null)) return failAt("the kube-proxies are changing their mode; wait until each has started again");
  const plugged = new Set([...state.links.segment.values()].map(({ host }) => host));
  const built = hosts.map((host) => labHost(state, rulesets, host));
  const outside = outsideHost(state);
  return ok({
    mode,
    at: state.loop.now,
    behaviour,
    clusterDomain: config.clusterDomain,
    localhostNodePorts: config.proxy.localhostNodePorts,
    hosts: outside === null ? built : [outside, ...built],
    segment: [
      ...(outside === null ? [] : [outside.namespace]),
      ...hosts.filter(({ name }) => plugged.has(name)).map(({ name }) => namespaceOf(name)),
    ],
    names: labNames(state),
    left: hosts.flatMap((host) => (host.sockets.sctp.size === 0 ? [] : [`${namespaceOf(host.name)} does not answer SCTP`])),
  });
}

/** The model's edge says nothing of addresses outside. */
const SILENT_EDGE = "route replace blackhole default";

/** Machines, then nodes, then who hangs on their bridges. */
function rankOf({ interfaces }: Host): number {
  if (interfaces.has("cni0")) return 1;
  return interfaces.get("eth0")?.role === "nic" ? 0 : 2;
}

/** `pod:shop/my-app-x` is `shop.my-app-x`, `endpoint:10.1.1.1` is `endpoint.10.1.1.1`. */
function namespaceOf(host: string): string {
  return host.replace(/^pod:/, "").replaceAll(/[:/]/g, ".");
}

function labHost(state: WorldState, rulesets: Rulesets, host: Host): LabHost {
  const rules = rulesets.all(host.name);
  const { forwarding, bridgeNfCallIptables } = host.settings;
  return {
    namespace: namespaceOf(host.name),
    names: namesOf(state, host),
    forwards: forwarding,
    bridgeNf: bridgeNfCallIptables,
    isNode: rules !== null,
    ip: [
      "link set lo up",
      ...[...host.interfaces.values()].flatMap((one) => linkLines(state, host, one)),
      ...[...host.routes.values()]
        .filter(({ protocol }) => protocol !== "kernel")
        .toSorted(byReach)
        .map(routeLine),
      ...(host.name === "gateway" && host.settings.answersNetUnreachable !== true ? [SILENT_EDGE] : []),
      ...[...host.neighbours.values()].filter(({ state: how }) => how === "PERMANENT").map(neighbourLine),
    ],
    bridge: [...host.fdb.values()].filter(({ remote }) => remote !== null).map(fdbLine),
    iptables: rules === null ? "" : saveText(rules.iptables),
    nft: rules === null || rules.nft === null ? "" : scriptText(rules.nft.name, operationsOf(rules.nft)),
    listeners: listenersOf(state, host),
    resolvConf: resolvConfText(state, host),
  };
}

function namesOf(state: WorldState, host: Host): readonly string[] {
  const pods = state.pods
    .all()
    .filter((row) => row.host === host.name)
    .map(({ namespace, name }) => `${namespace}/${name}`);
  return state.agents.get(host.name) === undefined ? (pods.length > 0 ? pods : [namespaceOf(host.name)]) : [`node/${host.name}`, ...pods];
}

function linkLines(
  { links }: WorldState,
  host: Host,
  { name, role, mac, mtu, addresses, bridge, hairpin, vxlan }: Interface,
): readonly string[] {
  const held = [...addresses.map((address) => `addr add ${address} dev ${name}`), `link set ${name} up`];
  switch (role) {
    case "lo":
    case "dummy":
      return [];
    case "nic":
    case "pod-eth0":
      return [`link set ${name} address ${mac} mtu ${mtu}`, ...held];
    case "bridge":
      return [`link add ${name} type bridge forward_delay 0 mcast_snooping 0`, `link set ${name} address ${mac} mtu ${mtu}`, ...held];
    case "vxlan": {
      const { vni = 1, local = "", device = "", port = 0 } = vxlan ?? {};
      const tunnel = `type vxlan id ${vni} local ${local} dev ${device} dstport ${port} nolearning`;
      return [`link add ${name} address ${mac} mtu ${mtu} ${tunnel}`, ...held];
    }
    case "veth": {
      const peer = links.veths.get(`${host.name} ${name}`);
      if (peer === undefined) return [];
      return [
        `link add ${name} address ${mac} mtu ${mtu} type veth peer name ${peer.iface} netns NAMESPACE:${namespaceOf(peer.host)}`,
        ...(bridge === undefined ? [] : [`link set ${name} master ${bridge}`]),
        `link set ${name} up`,
        ...(bridge === undefined ? [] : [`link set ${name} type bridge_slave hairpin ${hairpin === true ? "on" : "off"}`]),
      ];
    }
    default:
      return unreachable(role);
  }
}

/** The narrowest first: a router has to be reachable before a route may name it. */
function byReach(a: Route, b: Route): number {
  return b.to.length - a.to.length || a.to.base - b.to.base;
}

function routeLine({ to, via, device, onlink, scope, source }: Route): string {
  const words = [to.length === 0 ? "default" : networkText(to)];
  if (via !== undefined) words.push("via", via);
  words.push("dev", device);
  if (scope !== undefined) words.push("scope", scope);
  if (source !== undefined) words.push("src", source);
  if (onlink === true) words.push("onlink");
  return `route replace ${words.join(" ")}`;
}

function neighbourLine({ address, mac, device }: Neighbour): string {
  return `neigh replace ${address} lladdr ${mac ?? ""} dev ${device} nud permanent`;
}

function fdbLine({ mac, device, remote }: FdbEntry): string {
  return `fdb append ${mac} dev ${device} dst ${remote ?? ""} self permanent`;
}

/** What answers on a host: programs' open ports, each by the program that holds it. */
function listenersOf(state: WorldState, host: Host): readonly LabListener[] {
  const programOf = (owner: string): string | undefined => state.processes.get(owner)?.program.program;
  const tcp = [...host.sockets.listeners.values()].map(({ owner, port }): LabListener => {
    if (isDns(programOf(owner))) return { serves: "dns-tcp", port, answer: "" };
    const program = state.processes.get(owner)?.program;
    return { serves: "http", port, answer: program?.program === "server" ? program.name : namespaceOf(host.name) };
  });
  const udp = [...host.sockets.udp.values()].flatMap(({ owner, port, connected }): readonly LabListener[] => {
    const program = programOf(owner);
    if (connected !== null || (!isDns(program) && program !== "echo")) return [];
    return [{ serves: isDns(program) ? "dns-udp" : "echo", port, answer: "" }];
  });
  return [...tcp, ...udp].toSorted((a, b) => a.port - b.port || compareText(a.serves, b.serves));
}

function isDns(program: string | undefined): boolean {
  return program === "coredns" || program === "outside-dns";
}

/** A Pod's own file; on a node's own network the node's stays. */
function resolvConfText(state: WorldState, host: Host): string {
  const pod = state.store
    .latest()
    .list("Pod")
    .find((one) => hostNameOf(one) === host.name);
  if (pod === undefined || state.agents.get(host.name) !== undefined) return "";
  return resolvConfOf(state, pod).text;
}

/** A machine outside from which to ask: .100 of the node network, where nobody has that. */
function outsideHost(state: WorldState): LabHost | null {
  const [node] = state.agents.all();
  if (node === undefined) return null;
  const { range, gateway } = nodeNetworkOf(node.links.address);
  const address = range.replace(/\.0\/24$/, ".100");
  if ([...state.hosts.values()].some(({ addresses }) => addresses.has(address))) return null;
  return {
    namespace: "outside",
    names: ["outside"],
    forwards: false,
    bridgeNf: false,
    isNode: false,
    ip: [
      "link set lo up",
      `link set eth0 address ${macOf(state.setup.seed, "outside eth0")} mtu 1500`,
      `addr add ${address}/24 dev eth0`,
      "link set eth0 up",
      `route replace default via ${gateway} dev eth0`,
    ],
    bridge: [],
    iptables: "",
    nft: "",
    listeners: [],
    resolvConf: "",
  };
}
