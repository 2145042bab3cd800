"""Hosts, bridges, tunnels and rules: one namespace a host, one for the switch between the nodes."""

import os
import time

from namespaces import NAMES, ip_batch, run, run_in, sysctl
from netlink import set_neighbours

QUIET = {
    "net/ipv6/conf/all/disable_ipv6": 1,
    "net/ipv6/conf/default/disable_ipv6": 1,
    "net/ipv4/igmp_link_local_mcast_reports": 0,
    "net/ipv4/icmp_ratelimit": 0,
    "net/ipv4/conf/all/rp_filter": 0,
    "net/ipv4/conf/default/rp_filter": 0,
    "net/ipv4/conf/all/send_redirects": 0,
    "net/ipv4/conf/default/send_redirects": 0,
}


def gateway(pod_range):
    return pod_range.rsplit(".", 1)[0] + ".1"


def vtep(pod_range):
    return pod_range.split("/")[0]


def names_of(world):
    return [one["name"] for kind in ("machines", "nodes", "pods") for one in world[kind]]


def build(world):
    run(["ip", "-batch", "-"], "".join(f"netns add {name}\n" for name in ["segment", *names_of(world)]))
    for name in ["segment", *names_of(world)]:
        sysctl(name, QUIET)
    sysctl("segment", {"net/bridge/bridge-nf-call-iptables": 0})
    build_segment(world)
    for machine in world["machines"]:
        sysctl(machine["name"], {"net/ipv4/ip_forward": int(machine["forwarding"])})
        ip_batch(machine["name"], nic_lines(machine["address"], machine["mac"], machine["routes"]))
    for node in world["nodes"]:
        build_node(world, node)
    for pod in world["pods"]:
        build_pod(world, pod)
    for node in world["nodes"]:
        join_peers(world, node)
    set_mtus(world)
    for name, entries in world["neighbours"].items():
        set_neighbours(name, entries)
    for one in world["machines"]:
        learn("segment", one["mac"], "u-" + one["name"])
    for one in world["nodes"]:
        learn("segment", one["nicMac"], "u-" + one["name"])


def build_segment(world):
    """The switch between the nodes: it knows every MAC and floods nothing but broadcasts."""
    hosts = [one["name"] for kind in ("machines", "nodes") for one in world[kind]]
    lines = ["link add br0 type bridge forward_delay 0 mcast_snooping 0", "link set br0 up"]
    lines += [f"link add u-{name} type veth peer name eth0 netns {NAMES}{name}" for name in hosts]
    lines += [line for name in hosts for line in (f"link set u-{name} master br0", f"link set u-{name} up", f"link set u-{name} type bridge_slave flood off")]
    ip_batch("segment", lines)


def nic_lines(address, mac, routes):
    lines = ["link set lo up", f"link set eth0 address {mac}", f"addr add {address}/24 dev eth0", "link set eth0 up"]
    return lines + [f"route add {route['to']} via {route['via']}" for route in routes]


def build_node(world, node):
    name, pod_range = node["name"], node["podRange"]
    # route_localnet: kube-proxy sets it where NodePorts answer on loopback.
    sysctl(name, {"net/ipv4/ip_forward": 1, "net/ipv4/conf/all/route_localnet": 1, "net/bridge/bridge-nf-call-iptables": int(world["bridgeNf"])})
    lines = nic_lines(node["address"], node["nicMac"], node["routes"])
    lines += [
        "link add cni0 type bridge forward_delay 0 mcast_snooping 0",
        f"link set cni0 address {node['bridgeMac']} mtu 1450",
        f"addr add {gateway(pod_range)}/24 dev cni0",
        "link set cni0 up",
        f"link add flannel.1 type vxlan id 1 dev eth0 local {node['address']} dstport 8472 nolearning",
        f"link set flannel.1 address {node['vtepMac']} mtu 1450",
        f"addr add {vtep(pod_range)}/32 dev flannel.1",
        "link set flannel.1 up",
    ]
    ip_batch(name, lines)


def build_pod(world, pod):
    node = next(one for one in world["nodes"] if one["name"] == pod["node"])
    veth = pod["veth"]
    hairpin = "on" if world["hairpin"] else "off"
    ip_batch(
        node["name"],
        [
            f"link add {veth} type veth peer name eth0 netns {NAMES}{pod['name']}",
            f"link set {veth} address {pod['vethMac']} master cni0 mtu 1450",
            f"link set {veth} up",
            f"link set {veth} type bridge_slave hairpin {hairpin}",
        ],
    )
    ip_batch(
        pod["name"],
        [
            "link set lo up",
            f"link set eth0 address {pod['mac']} mtu 1450",
            f"addr add {pod['address']}/24 dev eth0",
            "link set eth0 up",
            f"route add default via {gateway(node['podRange'])}",
        ],
    )
    learn(node["name"], pod["mac"], veth)


def set_mtus(world):
    """MTUs other than flannel's; its tunnel keeps its own."""
    for name, mtu in world["mtus"].items():
        ip_batch(name, [f"link set eth0 mtu {mtu['own']}"])
        pod = next((one for one in world["pods"] if one["name"] == name), None)
        if pod is not None:
            ip_batch(pod["node"], [f"link set {pod['veth']} mtu {mtu['port']}", "link set cni0 mtu 1450"])


def learn(name, address, port):
    """What a bridge learns from the first frame. Refused until the port forwards, which is when its carrier is noticed."""
    until = time.monotonic() + 5
    while True:
        try:
            run_in(name, ["bridge", "fdb", "replace", address, "dev", port, "master", "dynamic"])
            return
        except RuntimeError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def join_peers(world, node):
    for peer in world["nodes"]:
        if peer is node:
            continue
        via = vtep(peer["podRange"])
        ip_batch(
            node["name"],
            [
                f"neigh replace {via} lladdr {peer['vtepMac']} dev flannel.1 nud permanent",
                f"route add {peer['podRange']} via {via} dev flannel.1 onlink",
            ],
        )
        run_in(
            node["name"],
            ["bridge", "fdb", "append", peer["vtepMac"], "dev", "flannel.1", "dst", peer["address"], "self", "permanent"],
        )


def load_rules(world):
    """Our texts as they are, each by the program that takes it. Returns what the kernel prints."""
    printed = {}
    for node in world["nodes"]:
        feed(node["name"], node["feeds"]["load"])
        printed[node["name"]] = "".join(run_in(node["name"], command) for command in node["feeds"]["print"])
    return printed


def feed(name, feeds):
    for one in feeds:
        run_in(name, one["command"], one["text"])


def tear_down(world):
    lines = "".join(f"netns del {name}\n" for name in ["segment", *names_of(world)] if os.path.exists(NAMES + name))
    run(["ip", "-batch", "-"], lines)
