/**
 * The journeys, a line each: `title | FROM PROTOCOL TO[:PORT] [-> POD] [words]`. `-> POD` names the endpoint that must answer.
 * Words: `silent` (nothing is expected: the client waits 0.4 s), `ttl=N`, `slow` (the answer takes seconds), and
 * `HOST/DEVICE/ADDRESS=STATE` for a neighbour entry that stands otherwise than STALE when the journey begins;
 * `size=N` (bytes of the question), `pmtu=MODE` (IP_MTU_DISCOVER), `brief` (0.1 s: before anything is sent again), `only=MODE` for a decision that one mode alone has. Steps that follow the first question stand behind semicolons.
 */
import { ip } from "../../src/network/address";
import { CLUSTER, SETTLED } from "./cluster";
import type { Journey, LabNeighbour, LabNeighbours, World } from "./description";

type Settings = Partial<Omit<World, "name" | "journeys">>;

const PATIENCE = { brief: 0.1, silent: 0.4, icmp: 0.06, usual: 3, slow: 3.6 } as const;
const TRIES = 64;
const FIRST_PORT = 40_000;

/** Every Pod is STALE on its node's bridge, so that the first packet's way does not hang on the journey before; a deleted one is unknown. */
function bridgeNeighbours(killed: readonly string[]): LabNeighbours {
  return Object.fromEntries(
    CLUSTER.nodes.map(({ name }) => [
      name,
      CLUSTER.pods
        .filter((pod) => pod.node === name)
        .map((pod): LabNeighbour => {
          const state = killed.includes(pod.name) ? "none" : "stale";
          return { device: "cni0", address: pod.address, mac: pod.mac, state };
        }),
    ]),
  );
}

function withState(neighbours: LabNeighbours, word: string): LabNeighbours {
  const [, host = "", device = "", address = "", state = ""] = /^([^/]+)\/([^/]+)\/([^=]+)=(\w+)$/.exec(word) ?? [];
  const isEntry = (one: LabNeighbour): boolean => one.device === device && one.address === address;
  const known = [...(neighbours[host] ?? []), ...(SETTLED[host] ?? [])].find(isEntry);
  if (known === undefined || (state !== "none" && state !== "stale" && state !== "reachable" && state !== "permanent")) {
    throw new Error(`journeys: cannot read ${word}`);
  }
  const others = (neighbours[host] ?? []).filter((one) => !isEntry(one));
  // An entry that is made anew has no cached header yet.
  const fresh: readonly LabNeighbour[] = state === "reachable" ? [{ ...known, state: "none" }] : [];
  return { ...neighbours, [host]: [...others, ...fresh, { ...known, state }] };
}

function discoveryIn(way: string): Journey["discovery"] {
  const word = /\bpmtu=(\w+)/.exec(way)?.[1] ?? "want";
  if (word !== "want" && word !== "dont" && word !== "do" && word !== "probe") throw new Error(`journeys: cannot read pmtu=${word}`);
  return word;
}

function journey(line: string, index: number, settled: LabNeighbours): Journey {
  const [name = "", whole = ""] = line.split("|").map((part) => part.trim());
  const [way = "", ...steps] = whole.split(";");
  const [from = "", protocol = "", target = "", ...words] = way.split(/\s+/);
  if (protocol !== "tcp" && protocol !== "udp" && protocol !== "icmp") throw new Error(`journeys: cannot read ${line}`);
  const [to = "", port = "0"] = target.split(":");
  const want = words[0] === "->" ? (words[1] ?? "") : "";
  const neighbours = words.filter((word) => word.includes("/")).reduce(withState, settled);
  const kind = words.includes("slow")
    ? "slow"
    : words.includes("brief")
      ? "brief"
      : words.includes("silent")
        ? "silent"
        : protocol === "icmp"
          ? "icmp"
          : "usual";
  return {
    name,
    from,
    protocol,
    to: ip(to),
    port: Number(port),
    sourcePort: FIRST_PORT + index * TRIES,
    want,
    tries: TRIES,
    ttl: Number(/\bttl=(\d+)/.exec(way)?.[1] ?? 64),
    size: Number(/\bsize=(\d+)/.exec(way)?.[1] ?? 0),
    discovery: discoveryIn(way),
    patience: PATIENCE[kind],
    neighbours,
    steps: steps.map((step) => step.trim()),
    only: words.includes("only=iptables") ? "iptables" : words.includes("only=nftables") ? "nftables" : "",
  };
}

function world(name: string, settings: Settings, text: string): World {
  const { killed = [] } = settings;
  const settled = bridgeNeighbours(killed);
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const journeys = lines.map((line, index) => journey(line, index, settled));
  return {
    bridgeNf: true,
    hairpin: true,
    mtus: {},
    proxy: {},
    gone: [],
    forgotten: [],
    otherRules: {},
    ...settings,
    killed,
    name,
    journeys,
  };
}

const USUAL = world(
  "bridge-nf on, hairpin on",
  {},
  `
    # The thirteen observed tables
    Pod to ClusterIP, endpoint on its node | a1 tcp 10.96.0.20:80 -> b1
    Pod to ClusterIP, endpoint on another node | a1 tcp 10.96.0.20:80 -> a2
    Pod to ClusterIP that leads to itself | a1 tcp 10.96.0.20:80 -> a1
    node to ClusterIP, endpoint here | n1 tcp 10.96.0.20:80 -> b1
    node to ClusterIP, endpoint on another node | n1 tcp 10.96.0.20:80 -> a2
    outside to NodePort, endpoint here | ext tcp 192.168.1.11:30080 -> b1
    outside to NodePort, endpoint on another node | ext tcp 192.168.1.11:30080 -> a2
    Pod to its own node's NodePort, endpoint on another node | a1 tcp 192.168.1.11:30080 -> a2
    UDP, Pod to ClusterIP, endpoint on another node | a1 udp 10.96.0.10:53 -> b2
    Pod to ClusterIP without endpoints | a1 tcp 10.96.0.30:80
    node to ClusterIP without endpoints | n1 tcp 10.96.0.30:80
    Pod to a ClusterIP's wrong port | a1 tcp 10.96.0.20:81
    Pod to a ClusterIP that nobody has | a1 tcp 10.96.99.99:80

    # Who meets which endpoint, and who is masqueraded (facts kube-proxy, masquerade table)
    UDP, Pod to ClusterIP, endpoint on its node | a1 udp 10.96.0.10:53 -> b1
    UDP, node to ClusterIP, endpoint on another node | n1 udp 10.96.0.10:53 -> b2
    UDP, outside to NodePort, endpoint on another node | ext udp 192.168.1.11:30053 -> b2
    UDP to a TCP ClusterIP | a1 udp 10.96.0.20:80 silent
    outside to ClusterIP | ext tcp 10.96.0.20:80 -> a2
    Pod to its own node's NodePort, endpoint on its node | a1 tcp 192.168.1.11:30080 -> b1
    Pod to its own node's NodePort that leads to itself | a1 tcp 192.168.1.11:30080 -> a1
    Pod to another node's NodePort, endpoint there | a3 tcp 192.168.1.11:30080 -> b1
    node to its own NodePort, endpoint here | n1 tcp 192.168.1.11:30080 -> b1
    node to its own NodePort, endpoint on another node | n1 tcp 192.168.1.11:30080 -> a2
    node to another node's NodePort | n2 tcp 192.168.1.11:30080 -> b1
    outside to NodePort, policy Local, endpoint here | ext tcp 192.168.1.11:30040 -> b1
    outside to NodePort, policy Local, no endpoint here | ext tcp 192.168.1.13:30040 silent
    Pod to its own node's NodePort, policy Local, none here | a3 tcp 192.168.1.13:30040 -> a2
    Pod to its own node's NodePort, policy Local, endpoint here | a1 tcp 192.168.1.11:30040 -> b1
    node to its own NodePort, policy Local, none here | n3 tcp 192.168.1.13:30040 -> a2
    node to another node's NodePort, policy Local | n2 tcp 192.168.1.11:30040 -> b1
    Pod to another node's NodePort, policy Local | a3 tcp 192.168.1.11:30040 -> b1
    outside to balancer, policy Local, endpoint here | ext tcp 203.0.113.40:80 -> b1
    Pod to balancer, policy Local, endpoint on another node | a1 tcp 203.0.113.40:80 -> a2
    Pod to ClusterIP, internal policy Local, none here | a1 tcp 10.96.0.50:80 silent
    node to ClusterIP, internal policy Local, none here | n1 tcp 10.96.0.50:80 silent
    Pod to ClusterIP, internal policy Local, endpoint here | b2 tcp 10.96.0.50:80 -> a2
    outside to NodePort, internal policy Local | ext tcp 192.168.1.11:30050 -> a2
    outside to balancer, source in its ranges | ext tcp 203.0.113.60:80 -> b1
    outside to balancer, source in its ranges, endpoint on another node | ext tcp 203.0.113.60:80 -> a2
    outside to balancer, source not in its ranges | far tcp 203.0.113.60:80 silent
    Pod to balancer, source not in its ranges | a1 tcp 203.0.113.60:80 silent
    outside to NodePort of a balancer with ranges | far tcp 192.168.1.11:30060 -> b1
    outside to external address | ext tcp 203.0.113.70:80 -> b1
    Pod to external address, endpoint on another node | a1 tcp 203.0.113.70:80 -> a2
    node to external address, endpoint here | n1 tcp 203.0.113.70:80 -> b1
    Pod to ClusterIP whose last endpoint is going | a1 tcp 10.96.0.80:80 -> b1
    Pod to ClusterIP with client affinity | a1 tcp 10.96.0.90:80

    # Nothing can be reached (facts kube-proxy, verdict table)
    outside to NodePort without endpoints | ext tcp 192.168.1.11:30090
    Pod to NodePort without endpoints | a1 tcp 192.168.1.11:30090
    outside to balancer without endpoints | ext tcp 203.0.113.30:80
    outside to balancer with ranges without endpoints, source not in them | far tcp 203.0.113.65:80
    node to balancer without endpoints: not refused | n1 tcp 203.0.113.30:80
    UDP, node to ClusterIP without endpoints | n1 udp 10.96.0.30:80 silent

    # No Service at all, ICMP, TTL
    Pod to Pod on its node | a1 tcp 10.244.1.3:8080
    Pod to Pod on another node | a1 tcp 10.244.2.2:8080
    Pod to outside, port closed | a1 tcp 192.168.1.100:9
    ping Pod to Pod on its node | a1 icmp 10.244.1.3
    ping Pod to Pod on another node | a1 icmp 10.244.2.2
    ping Pod to outside | a1 icmp 192.168.1.100
    ping Pod to ClusterIP | a1 icmp 10.96.0.20
    # In iptables mode a ping leaves by the default route; the router that answers answers few of them (README)
    ping Pod to ClusterIP without endpoints | a1 icmp 10.96.0.30 only=nftables
    ping Pod to a ClusterIP that nobody has | a1 icmp 10.96.99.99 only=nftables
    ping node to ClusterIP | n1 icmp 10.96.0.20
    ping node to a ClusterIP that nobody has | n1 icmp 10.96.99.98 only=nftables
    ping outside to ClusterIP | ext icmp 10.96.0.20 only=nftables
    ping Pod to a balancer's address | a1 icmp 203.0.113.40 only=nftables
    ping outside to a balancer's address | ext icmp 203.0.113.60 only=nftables
    ping outside to node | ext icmp 192.168.1.11
    TTL 1 to ClusterIP, endpoint on its node | a1 udp 10.96.0.130:53 -> b1 ttl=1
    TTL 1 to ClusterIP, endpoint on another node | a1 udp 10.96.0.135:53 ttl=1 silent
    TTL 2 to ClusterIP, endpoint on another node | a1 udp 10.96.0.135:53 ttl=2 silent
    TTL 1 to Pod on another node | a1 udp 10.244.2.2:5353 ttl=1 silent
    TTL 2 to Pod on another node | a1 udp 10.244.2.2:5353 ttl=2 silent

    # Nobody listens (facts dead-endpoints, table B, a)
    refused by an endpoint on its node | a1 tcp 10.96.0.100:80
    refused by an endpoint on another node | a1 tcp 10.96.0.105:80
    node, refused by an endpoint here | n1 tcp 10.96.0.100:80
    outside, refused by an endpoint behind NodePort | ext tcp 192.168.1.11:30100
    UDP, refused by an endpoint on its node | a1 udp 10.96.0.110:53
    UDP, refused by an endpoint on another node | a1 udp 10.96.0.115:53

    outside to a NodePort service's health check port: no proxy answers here | ext tcp 192.168.1.11:31040
    node to its own NodePort on loopback | n1 tcp 127.0.0.1:30080 -> b1 only=iptables
    node to its own NodePort on loopback, endpoint on another node | n1 tcp 127.0.0.1:30080 -> a2 only=iptables
    node to its own NodePort on loopback: nftables mode has none | n1 tcp 127.0.0.1:30080 only=nftables
    ping Pod to its own node | a1 icmp 192.168.1.11
    ping Pod to another node | a1 icmp 192.168.1.12
    ping node to Pod on another node | n1 icmp 10.244.2.2
    ping Pod to Pod on another node, TTL 1 | a1 icmp 10.244.2.2 ttl=1
    ping Pod to a Pod address that nobody has been given, TTL 1 | a1 icmp 10.244.3.99 ttl=1

    TTL 1, outside to NodePort | ext udp 192.168.1.11:30135 ttl=1 silent
    TTL 2, outside to NodePort, endpoint on another node | ext udp 192.168.1.11:30135 ttl=2 silent
    TTL 1, node to ClusterIP, endpoint on another node | n1 udp 10.96.0.135:53 ttl=1 silent

    # More of the same decisions
    UDP, Pod to ClusterIP that leads to itself | b1 udp 10.96.0.10:53 -> b1
    UDP, Pod to its own node's NodePort, endpoint on its node | a1 udp 192.168.1.11:30053 -> b1
    UDP, Pod to its own node's NodePort, endpoint on another node | a1 udp 192.168.1.11:30053 -> b2
    UDP, Pod to another node's NodePort | a3 udp 192.168.1.11:30053 -> b1
    Pod to its own node's NodePort, policy Local, that leads to itself | b1 tcp 192.168.1.11:30040 -> b1
    node to ClusterIP, internal policy Local, endpoint here | n2 tcp 10.96.0.50:80 -> a2
    outside to a port of a node that nobody has | ext tcp 192.168.1.11:30999
    Pod to a closed port of its own node | a1 tcp 192.168.1.11:22
    Pod to a closed port of its router | a1 tcp 10.244.1.1:22
    Pod to a closed port of another node | a1 tcp 192.168.1.12:22
    UDP, Pod to a closed port of its own node | a1 udp 192.168.1.11:9
    UDP, Pod to outside, port closed | a1 udp 192.168.1.100:9
    Pod to a closed port of a Pod on another node | a1 tcp 10.244.2.2:81
    node to a Pod here | n1 tcp 10.244.1.3:8080
    node to a Pod on another node | n1 tcp 10.244.2.2:8080
    Pod to a Pod range that no node has | a1 tcp 10.244.9.9:80 silent
    Pod to an address of its own range that nobody has | a1 tcp 10.244.1.99:80 slow
    Pod to an address of another node's range that nobody has | a1 tcp 10.244.2.99:80 slow
    Pod to an address of the node network that nobody has | a1 tcp 192.168.1.200:80 slow
    node to an address of the node network that nobody has | n1 tcp 192.168.1.200:80 slow

    # What the bridge shows hangs on the neighbour
    Pod to ClusterIP, endpoint on its node just confirmed | a1 tcp 10.96.0.120:80 -> b1 n1/cni0/10.244.1.3=reachable
  `,
);

const NO_BRIDGE_NF = world(
  "bridge-nf off, hairpin on",
  { bridgeNf: false },
  `
    Pod to ClusterIP, endpoint on its node: the answer misses the way back | a1 tcp 10.96.0.120:80 silent
    Pod to ClusterIP, endpoint on another node | a1 tcp 10.96.0.125:80 -> a2
    Pod to ClusterIP that leads to itself | a1 tcp 10.96.0.20:80 -> a1
    UDP, Pod to ClusterIP, endpoint on its node | a1 udp 10.96.0.130:53 silent
    node to ClusterIP, endpoint here | n1 tcp 10.96.0.120:80 -> b1
    outside to NodePort, endpoint here | ext tcp 192.168.1.11:30080 -> b1
    Pod to ClusterIP without endpoints | a1 tcp 10.96.0.30:80
    TTL 1 to ClusterIP, endpoint on its node | a1 udp 10.96.0.130:53 ttl=1 silent
    UDP, Pod to ClusterIP that leads to itself | b1 udp 10.96.0.130:53 -> b1
    Pod to Pod on its node | a1 tcp 10.244.1.3:8080
    Pod to ClusterIP, internal policy Local, none here | a1 tcp 10.96.0.50:80 silent
    refused by an endpoint on its node: the refusal misses the way back | a1 tcp 10.96.0.100:80 silent
    Pod to its own node's NodePort, endpoint on its node | a1 tcp 192.168.1.11:30120 -> b1
  `,
);

const NO_HAIRPIN = world(
  "bridge-nf on, hairpin off",
  { hairpin: false },
  `
    Pod to ClusterIP that leads to itself: lost | b1 tcp 10.96.0.120:80 silent
    Pod to ClusterIP, endpoint on its node | a1 tcp 10.96.0.120:80 -> b1
  `,
);

const NEITHER = world(
  "bridge-nf off, hairpin off",
  { bridgeNf: false, hairpin: false },
  `Pod to ClusterIP that leads to itself: routed | b1 tcp 10.96.0.120:80 -> b1`,
);

const MASQUERADE_ALL = world(
  "masqueradeAll",
  { proxy: { masqueradeAll: true } },
  `
    Pod to ClusterIP, endpoint on its node | a1 tcp 10.96.0.120:80 -> b1
    Pod to ClusterIP, endpoint on another node | a1 tcp 10.96.0.125:80 -> a2
    Pod to its own node's NodePort, policy Local, endpoint on another node | a1 tcp 192.168.1.11:30040 -> a2
  `,
);

const NO_DETECTOR = world(
  "no local detector",
  { proxy: { detectLocalMode: "None" } },
  `
    node to ClusterIP, endpoint here: not masqueraded | n1 tcp 10.96.0.120:80 -> b1
    outside to ClusterIP, endpoint here: not masqueraded | ext tcp 10.96.0.120:80 -> b1
    Pod to its own node's NodePort, policy Local: endpoints here only | a1 tcp 192.168.1.11:30040 -> b1
    Pod to its own node's NodePort, policy Local, none here | a3 tcp 192.168.1.13:30040 silent
  `,
);

const FEW_ADDRESSES = world(
  "NodePorts on no address of the nodes",
  { proxy: { nodePortAddresses: ["172.16.0.0/12"] } },
  `
    outside to NodePort: nobody takes it | ext tcp 192.168.1.11:30080
    outside to NodePort without endpoints: refused all the same | ext tcp 192.168.1.11:30090
  `,
);

const NODE_DETECTOR = world(
  "local traffic is the node's own Pods",
  { proxy: { detectLocalMode: "NodeCIDR" } },
  `
    Pod to ClusterIP, endpoint on another node | a1 tcp 10.96.0.125:80 -> a2
    node to ClusterIP, endpoint here: masqueraded | n1 tcp 10.96.0.120:80 -> b1
    Pod to another node's NodePort, policy Local | a3 tcp 192.168.1.11:30040 -> b1
  `,
);

const BRIDGE_DETECTOR = world(
  "local traffic is what the bridge brings",
  { proxy: { detectLocalMode: "BridgeInterface", detectLocalInterface: "cni0" } },
  `
    Pod to ClusterIP, endpoint on its node | a1 tcp 10.96.0.120:80 -> b1
    node to ClusterIP, endpoint here: masqueraded | n1 tcp 10.96.0.120:80 -> b1
    Pod to its own node's NodePort, policy Local, none here | a3 tcp 192.168.1.13:30040 -> a2
  `,
);

const CHANGING_RULES = world(
  "rules change under a flow",
  {
    otherRules: {
      moved: { "one-here": ["10.244.2.2@n2"], "udp-here": ["10.244.2.2@n2"] },
      emptied: { "one-here": [], "udp-here": [] },
    },
  },
  `
    TCP: the endpoint leaves the rules, the connection stays | a1 tcp 10.96.0.120:80 -> b1; rules=moved; send
    TCP: nothing is left in the rules, the connection stays | a1 tcp 10.96.0.120:80 -> b1; rules=emptied; send
    TCP: the entry is forgotten, the rules are the same | a1 tcp 10.96.0.120:80 -> b1; forget; send
    TCP: the entry is forgotten, the rules name another: reset | a1 tcp 10.96.0.120:80 -> b1; rules=moved; forget; send
    TCP: the entry is forgotten, the rules refuse | a1 tcp 10.96.0.120:80 -> b1 brief; rules=emptied; forget; send
    TCP: a new connection goes where the rules lead now | a1 tcp 10.96.0.120:80 -> b1; rules=moved; again
    UDP: the endpoint leaves the rules, the flow stays | a1 udp 10.96.0.130:53 -> b1; rules=moved; send
    UDP: the entry is forgotten, the rules name another | a1 udp 10.96.0.130:53 -> b1; rules=moved; forget; send
    UDP: the entry is forgotten, the rules refuse | a1 udp 10.96.0.130:53 -> b1; rules=emptied; forget; send
    node, UDP: the entry is forgotten, the rules name another | n1 udp 10.96.0.130:53 -> b1; rules=moved; forget; send
    client affinity: the second connection asks no chance | a1 tcp 10.96.0.90:80; stuck
    client affinity of a node | n2 tcp 10.96.0.90:80; stuck
    client affinity of one second: kept while the client comes again, then forgotten | b1 udp 10.96.0.95:53; wait=700; stuck; wait=700; stuck; wait=1300; fresh
    client affinity of one second, a node | n2 udp 10.96.0.95:53; stuck; wait=1300; fresh
  `,
);

const DEAD_PODS = world(
  "Pods gone, rules unchanged",
  { killed: ["b1", "a2"] },
  `
    Pod gone on the client's node, unknown there | a1 tcp 10.96.0.120:80 slow
    Pod gone on the client's node, STALE there | a1 tcp 10.96.0.120:80 silent n1/cni0/10.244.1.3=stale
    SYNs sent again keep the endpoint, whichever it is | a1 tcp 10.96.0.140:80 slow n1/cni0/10.244.1.3=stale n2/cni0/10.244.2.2=stale
    Pod gone, its own node asks | n1 tcp 10.96.0.120:80 slow
    Pod gone behind a NodePort | ext tcp 192.168.1.11:30120 slow
    Pod gone on another node, unknown there | a1 tcp 10.96.0.125:80 slow
    UDP to a Pod gone on the client's node, unknown there | a1 udp 10.96.0.130:53 slow
    UDP to a Pod gone on another node, unknown there | a1 udp 10.96.0.135:53 slow
    UDP, a Pod gone, its own node asks | n1 udp 10.96.0.130:53 slow
    ping to a Pod gone on another node, unknown there | a1 icmp 10.244.2.2 slow
  `,
);

const REUSED_HERE = world(
  "an address used again on the client's node",
  {},
  `TCP: the new Pod knows nothing of the connection, and takes a new one | a1 tcp 10.96.0.120:80 -> b1; reuse=b1; send; again`,
);

const REUSED_THERE = world(
  "an address used again on another node",
  {},
  `TCP: the new Pod knows nothing of the connection, and takes a new one | a1 tcp 10.96.0.125:80 -> a2; reuse=a2; send; again`,
);

const REUSED_BY_DATAGRAMS = world(
  "an address used again under a UDP flow",
  {},
  `UDP: the flow goes on with the new Pod | a1 udp 10.96.0.135:53 -> a2; reuse=a2; send`,
);

const OUTLIVED = world(
  "a UDP flow that outlives its Pod",
  { otherRules: { moved: { "udp-here": ["10.244.2.2@n2"] } } },
  `UDP: silence until the entry is forgotten | a1 udp 10.96.0.130:53 -> b1 silent; kill=b1; send; rules=moved; send; forget; send`,
);

const DEAD_PODS_ROUTED = world(
  "Pods gone, bridge-nf off",
  { killed: ["b1"], bridgeNf: false },
  `Pod gone on the client's node, unknown there | a1 tcp 10.96.0.120:80 slow`,
);

const DEAD_NODE = world(
  "a node gone",
  { gone: ["n2"] },
  `
    node gone, still known: frames vanish | a1 tcp 10.96.0.125:80 silent
    node gone and unknown: the client hears nothing | a1 udp 10.96.0.135:53 slow n1/eth0/192.168.1.12=none
  `,
);

const FORGOTTEN_NODE = world(
  "a node gone and forgotten by flannel",
  { gone: ["n2"], forgotten: ["n2"] },
  `
    Pod's packet leaves by the default route | a1 tcp 10.96.0.125:80 silent
    a node's own packet leaves by the default route too: the router answers | n1 tcp 10.96.0.125:80 slow
  `,
);

const LARGE = world(
  "datagrams larger than the Pods' MTU",
  {},
  `
    UDP as large as the MTU, endpoint on another node: the tunnel's packet is 1500 | a1 udp 10.96.0.135:53 -> a2 size=1422
    UDP larger than the MTU, endpoint on another node: cut by the Pod | a1 udp 10.96.0.135:53 -> a2 size=1972
    UDP larger than the MTU, endpoint on its node | a1 udp 10.96.0.130:53 -> b1 size=1972
    UDP larger than the MTU in three parts | a1 udp 10.96.0.135:53 -> a2 size=4000
    UDP larger than the MTU that leads to itself | b1 udp 10.96.0.130:53 -> b1 size=1972
    UDP larger than the MTU, Pod to its own node's NodePort, endpoint on another node | a1 udp 192.168.1.11:30135 -> a2 size=1972
    UDP larger than the MTU that may not be cut: refused by the Pod's own kernel | a1 udp 10.96.0.135:53 size=1472 pmtu=do
    UDP larger than the MTU, refused by an endpoint on another node | a1 udp 10.96.0.115:53 size=1972
    UDP larger than the MTU, refused by an endpoint on its node | a1 udp 10.96.0.110:53 size=1972
    UDP larger than the MTU, TTL 1 | a1 udp 10.96.0.135:53 ttl=1 silent size=1972
    ping larger than the MTU | a1 icmp 10.244.2.2 size=1972
    node, UDP larger than the tunnel's MTU, may be cut | n1 udp 10.96.0.135:53 -> a2 size=1472 pmtu=dont
    node, UDP larger than the tunnel's MTU and the second time known | n1 udp 10.96.0.135:53 size=1472 brief; send
    outside to NodePort, UDP larger than the tunnel's MTU, may be cut | ext udp 192.168.1.11:30135 -> a2 size=1472 pmtu=dont
    outside to NodePort, UDP in parts | ext udp 192.168.1.11:30135 -> a2 size=2972
    outside to NodePort, UDP larger than the tunnel's MTU: told, then cut | ext udp 192.168.1.11:30135 size=1472 brief; send
  `,
);

const WIDE = { own: 1500, port: 1500 };
const WIDE_PODS = world(
  "Pods of MTU 1500 above a tunnel of 1450",
  { mtus: { a1: WIDE, b1: WIDE } },
  `
    UDP of 1500 bytes, endpoint on its node | a1 udp 10.96.0.130:53 -> b1 size=1472
    UDP of 1500 bytes, endpoint on another node, may be cut: the node cuts | a1 udp 10.96.0.135:53 -> a2 size=1472 pmtu=dont
    UDP of 1500 bytes, endpoint on another node: told by the node, cut the second time | a1 udp 10.96.0.135:53 size=1472 brief; send
    UDP of 1500 bytes that is never cut: told each time | b1 udp 10.96.0.135:53 size=1472 pmtu=probe brief; send
  `,
);

const MIXED_PODS = world(
  "a Pod of MTU 1500 beside one of 1450",
  { mtus: { a1: WIDE } },
  `
    UDP of 1500 bytes to the other: lost, nobody is told | a1 udp 10.96.0.130:53 silent size=1472
    UDP of 1500 bytes to the other, may be cut: the bridge cuts | a1 udp 10.96.0.130:53 -> b1 size=1472 pmtu=dont
  `,
);

const NARROW_PORT = world(
  "a Pod of MTU 1500 on a port of 1450",
  { mtus: { a1: { own: 1500, port: 1450 } } },
  `UDP of 1500 bytes: lost at the port | a1 udp 10.96.0.135:53 silent size=1472`,
);

const NARROW_NETWORK = world(
  "a node network of 1400 under a tunnel of 1450",
  { mtus: { n1: { own: 1400 }, n2: { own: 1400 } } },
  `
    UDP of 1450 bytes that may not be cut: the tunnel's packet is | a1 udp 10.96.0.135:53 -> a2 size=1422
    UDP of 100 bytes | a1 udp 10.96.0.135:53 -> a2 size=72
  `,
);

const ALL: readonly World[] = [
  USUAL,
  NO_BRIDGE_NF,
  NO_HAIRPIN,
  NEITHER,
  MASQUERADE_ALL,
  NO_DETECTOR,
  FEW_ADDRESSES,
  NODE_DETECTOR,
  BRIDGE_DETECTOR,
  CHANGING_RULES,
  LARGE,
  WIDE_PODS,
  MIXED_PODS,
  NARROW_PORT,
  NARROW_NETWORK,
  REUSED_HERE,
  REUSED_THERE,
  REUSED_BY_DATAGRAMS,
  OUTLIVED,
  DEAD_PODS,
  DEAD_PODS_ROUTED,
  DEAD_NODE,
  FORGOTTEN_NODE,
];

/** All of them, or those whose names match KUBEWALK_LAB_WORLDS, for who works on one. */
export const WORLDS: readonly World[] = ALL.filter(({ name }) => new RegExp(process.env["KUBEWALK_LAB_WORLDS"] ?? "").test(name));
