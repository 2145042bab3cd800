"""A laboratory of network namespaces on the kernel at hand: standard library only, JSON in, JSON out.

It is started inside network and mount namespaces of its own (`unshare -n -m`), so that nothing outside sees it and the
kernel removes all of it when it ends. One process holds every socket: it enters a namespace, opens the socket and
leaves again; the socket stays. One AF_PACKET socket a namespace sees every interface, both ways.
Needs ip, bridge, conntrack and iptables-{legacy,nft}-{restore,save}.
"""

import ctypes
import errno
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
SO_TIMESTAMPNS = 35
SO_RCVBUFFORCE = 33
OUTGOING = 4
NLM_F_REQUEST, NLM_F_ACK, NLM_F_REPLACE, NLM_F_CREATE = 1, 4, 0x100, 0x400
RTM_NEWNEIGH, RTM_DELNEIGH, NDA_DST, NDA_LLADDR = 28, 29, 1, 2
NEIGHBOUR_STATES = {"reachable": 2, "stale": 4, "permanent": 0x80}
NETLINK_NETFILTER, CONNTRACK_DELETE = 12, 1 << 8 | 2
NAMES = "/run/netns/"
ASK = b"ask"
# Between two steps of a journey: longer than the kernel delays an acknowledgement (40 ms).
PAUSE = 0.06
LIBC = ctypes.CDLL(None, use_errno=True)
HOME = os.open("/proc/self/ns/net", os.O_RDONLY)

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


class Inside:
    """This thread is in a namespace; sockets and programs made meanwhile stay there."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        fd = os.open(NAMES + self.name, os.O_RDONLY)
        if LIBC.setns(fd, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns " + self.name)
        os.close(fd)

    def __exit__(self, *_):
        if LIBC.setns(HOME, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns home")


def run(command, text=None):
    done = subprocess.run(command, input=text, text=True, capture_output=True, timeout=30, close_fds=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()} {(text or '')[:400]}")
    return done.stdout


def run_in(name, command, text=None):
    with Inside(name):
        return run(command, text)


def ip_batch(name, lines):
    if lines:
        run_in(name, ["ip", "-batch", "-"], "\n".join(lines) + "\n")


def sysctl(name, values):
    with Inside(name):
        for key, value in values.items():
            path = "/proc/sys/" + key
            if os.path.exists(path):
                with open(path, "w") as file:
                    file.write(str(value))


# ---------------------------------------------------------------- building


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


def netlink(family, kind, flags, body):
    """One request to the kernel of the namespace that this thread is in; its error number, 0 where all is well."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, family) as one:
        one.send(struct.pack("=IHHII", 16 + len(body), kind, flags | NLM_F_REQUEST | NLM_F_ACK, 1, 0) + body)
        return -struct.unpack("=i", one.recv(4096)[16:20])[0]


def attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def set_neighbours(name, entries):
    """As `ip neigh replace`; `state` none takes the entry away, so that a later one has no cached header."""
    with Inside(name):
        for entry in entries:
            state = NEIGHBOUR_STATES.get(entry["state"], 0)
            head = struct.pack("=BxHiHBB", socket.AF_INET, 0, socket.if_nametoindex(entry["device"]), state, 0, 0)
            body = head + attribute(NDA_DST, socket.inet_aton(entry["address"]))
            if entry["state"] == "none":
                problem = netlink(socket.NETLINK_ROUTE, RTM_DELNEIGH, 0, body)
                problem = 0 if problem == errno.ENOENT else problem
            else:
                link = attribute(NDA_LLADDR, bytes.fromhex(entry["mac"].replace(":", "")))
                problem = netlink(socket.NETLINK_ROUTE, RTM_NEWNEIGH, NLM_F_REPLACE | NLM_F_CREATE, body + link)
            if problem:
                raise OSError(problem, f"neighbour {entry} of {name}")


def flush_conntrack(name):
    """As `conntrack -F`."""
    with Inside(name):
        problem = netlink(NETLINK_NETFILTER, CONNTRACK_DELETE, 0, struct.pack("=BBH", socket.AF_INET, 0, 0))
    if problem:
        raise OSError(problem, "conntrack of " + name)


def load_rules(world, flavour):
    """Our texts as they are: the whole save text, and kube-proxy's restore text over it. Returns what save prints."""
    printed = {}
    for node in world["nodes"]:
        name = node["name"]
        run_in(name, [flavour + "-restore"], node["saveText"])
        run_in(name, [flavour + "-restore", "--noflush", "--counters"], node["restoreText"])
        tables = [line[1:] for line in node["saveText"].splitlines() if line.startswith("*")]
        printed[name] = "".join(run_in(name, [flavour + "-save", "-t", table]) for table in tables)
    return printed


def tear_down(world):
    lines = "".join(f"netns del {name}\n" for name in ["segment", *names_of(world)] if os.path.exists(NAMES + name))
    run(["ip", "-batch", "-"], lines)


# ---------------------------------------------------------------- capturing


def address(raw):
    return socket.inet_ntoa(raw)


def mac(raw):
    return ":".join(f"{byte:02x}" for byte in raw)


def tcp_flags(bits):
    return "".join(letter for bit, letter in ((2, "S"), (1, "F"), (4, "R"), (8, "P"), (16, "A")) if bits & bit)


def maximum_segment(options):
    """The MSS option, where there is one (kind 2); 0 ends the list, 1 is a filler."""
    at = 0
    while at < len(options) and options[at] != 0:
        if options[at] == 2:
            return {"mss": struct.unpack("!H", options[at + 2 : at + 4])[0]}
        at += 1 if options[at] == 1 else max(2, options[at + 1])
    return {}


def read_packet(data):
    """The fields of an IPv4 packet that are compared; a quoted packet may be cut short."""
    header = (data[0] & 15) * 4
    protocol, rest = data[9], data[header:]
    seen = {
        "id": struct.unpack("!H", data[4:6])[0],
        "src": address(data[12:16]),
        "dst": address(data[16:20]),
        "ttl": data[8],
        "dontFragment": bool(data[6] & 0x40),
        "protocol": {1: "icmp", 6: "tcp", 17: "udp"}.get(protocol, str(protocol)),
    }
    if protocol in (6, 17):
        seen["srcPort"], seen["dstPort"] = struct.unpack("!HH", rest[:4])
    size = struct.unpack("!H", data[2:4])[0] - header
    if protocol == 6 and len(rest) >= 20:
        offset = (rest[12] >> 4) * 4
        seen["flags"], seen["length"] = tcp_flags(rest[13]), size - offset
        seen.update(maximum_segment(rest[20:offset]))
    if protocol == 17:
        seen["length"] = size - 8
    if protocol == 1:
        seen["type"], seen["code"] = rest[0], rest[1]
        if rest[0] in (3, 11):
            seen["quoted"], _ = read_packet(rest[8:])
        elif rest[0] in (0, 8):
            seen["echo"] = struct.unpack("!H", rest[4:6])[0]
    return seen, rest


def read_frame(data):
    """An Ethernet frame with an IPv4 packet; a VXLAN packet shows the inner one with the outer beside it."""
    if len(data) < 34 or data[12:14] != b"\x08\x00":
        return None
    packet, rest = read_packet(data[14:])
    packet["dstMac"], packet["srcMac"] = mac(data[0:6]), mac(data[6:12])
    if packet["protocol"] == "udp" and packet["dstPort"] == 8472 and len(rest) > 16:
        inner = read_frame(rest[16:])
        if inner is not None:
            return {**inner, "outer": packet}
    return packet


class Capture:
    def __init__(self, names):
        self.sockets = []
        for name in names:
            self.add(name)
        self.settle()

    def add(self, name):
        with Inside(name):
            one = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            one.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            one.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
            bind_all(one)
            one.setblocking(False)
            self.sockets.append((name, one))

    def settle(self):
        # Timestamps are switched on from a work item: until then frames carry the time of reading and sort last.
        time.sleep(0.05)
        self.drain()

    def forget(self, name):
        for entry in [entry for entry in self.sockets if entry[0] == name]:
            entry[1].close()
            self.sockets.remove(entry)

    def drain(self):
        frames = []
        for number, (name, one) in enumerate(self.sockets):
            order = 0
            while True:
                try:
                    data, extra, _, link = one.recvmsg(65535, 256)
                except BlockingIOError:
                    break
                stamp = 0
                for level, kind, value in extra:
                    if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                        whole, part = struct.unpack("qq", value[:16])
                        stamp = whole * 10**9 + part
                seen = read_frame(data)
                if seen is not None:
                    way = "out" if link[2] == OUTGOING else "in"
                    frames.append(((stamp, number, order), {"host": name, "iface": link[0], "way": way, **seen}))
                    order += 1
        frames.sort(key=lambda frame: frame[0])
        return [{"ns": key[0], **seen} for key, seen in frames]

    def close(self):
        for _, one in self.sockets:
            one.close()


def bind_all(one):
    """bind(sockaddr_ll) to every interface; Python's own bind wants one by name."""
    where = struct.pack("=HHiHBB8s", socket.AF_PACKET, socket.htons(3), 0, 0, 0, 0, b"")
    if LIBC.bind(one.fileno(), where, len(where)):
        raise OSError(ctypes.get_errno(), "bind AF_PACKET")


# ---------------------------------------------------------------- programs


class Servers:
    """Every Pod answers on the world's ports with its name and the address that it sees."""

    def __init__(self, world):
        self.listeners, self.datagrams, self.connections = {}, {}, {}
        for pod in world["pods"]:
            self.open(pod["name"], world["listens"])

    def open(self, name, ports):
        with Inside(name):
            for port in ports["tcp"]:
                one = socket.socket()
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                one.bind(("0.0.0.0", port))
                one.listen(64)
                one.setblocking(False)
                self.listeners[one] = name
            for port in ports["udp"]:
                one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                one.bind(("0.0.0.0", port))
                one.setblocking(False)
                self.datagrams[one] = name

    def stop(self, name):
        for kind in (self.listeners, self.datagrams, self.connections):
            for one in [one for one, owner in kind.items() if owner == name]:
                one.close()
                del kind[one]

    def pump(self, wait, more=(), writes=()):
        """Serves what has come; also says which of the caller's sockets are ready."""
        own = [*self.listeners, *self.datagrams, *self.connections]
        readable, writable, _ = select.select([*own, *more], list(writes), [], wait)
        for one in readable:
            if one in self.listeners:
                made, _ = one.accept()
                made.setblocking(False)
                self.connections[made] = self.listeners[one]
            elif one in self.datagrams:
                self.answer_datagram(one)
            elif one in self.connections:
                self.answer(one)
        return [one for one in more if one in readable], writable

    def answer_datagram(self, one):
        try:
            _, peer = one.recvfrom(2048)
            one.sendto(self.words(self.datagrams[one], peer), peer)
        except OSError:
            pass  # an ICMP error that came back to an unconnected socket

    def answer(self, one):
        try:
            data = one.recv(4096)
            if data:
                one.send(self.words(self.connections[one], one.getpeername()))
                return
        except OSError:
            pass  # reset by the peer
        one.close()
        del self.connections[one]

    def drop(self):
        """Resets what is still open, so that it says nothing in a later journey."""
        for one in self.connections:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.close()
        self.connections.clear()

    @staticmethod
    def words(name, peer):
        return f"{name} saw {peer[0]}:{peer[1]}".encode()

    def close(self):
        for one in [*self.listeners, *self.datagrams, *self.connections]:
            one.close()


def error_name(number):
    return errno.errorcode.get(number, str(number))


class TcpClient:
    """Connects, asks, hears the answer; may ask again on the same connection."""

    def __init__(self, servers, journey, port):
        self.servers, self.journey = servers, journey
        with Inside(journey["from"]):
            self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("0.0.0.0", port))
        self.socket.setblocking(False)

    def begin(self):
        code = self.socket.connect_ex((self.journey["to"], self.journey["port"]))
        if code not in (0, errno.EINPROGRESS):
            return error_name(code)
        until = time.monotonic() + self.journey["patience"]
        while time.monotonic() < until:
            _, writable = self.servers.pump(0.002, [], [self.socket])
            if writable:
                code = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                return error_name(code) if code else self.send()
        return "nothing"

    def send(self):
        return ask(self.servers, self.socket, self.journey["patience"])

    def close(self, abort):
        """Politely, or by a reset where nobody answers: else FINs would go again through later journeys."""
        if abort:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class UdpClient:
    """A connected datagram socket."""

    def __init__(self, servers, journey, port):
        self.servers, self.journey = servers, journey
        with Inside(journey["from"]):
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("0.0.0.0", port))
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, journey["ttl"])
        self.socket.connect((journey["to"], journey["port"]))

    def begin(self):
        return self.send()

    def send(self):
        return ask(self.servers, self.socket, self.journey["patience"])

    def close(self, _):
        self.socket.close()


def ask(servers, one, patience):
    """Sends a question and waits for the answer or an error."""
    until = time.monotonic() + patience
    try:
        one.send(ASK)
        while time.monotonic() < until:
            ready, _ = servers.pump(0.002, [one])
            if ready:
                return one.recv(4096).decode()
    except OSError as problem:
        return error_name(problem.errno)
    return "nothing"


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class EchoClient:
    """An echo request; what comes of it is told by the captured packets."""

    def __init__(self, servers, journey, identifier):
        self.servers, self.journey, self.identifier = servers, journey, identifier
        with Inside(journey["from"]):
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, journey["ttl"])

    def begin(self):
        body = struct.pack("!BBHHH", 8, 0, 0, self.identifier, 1) + bytes(8)
        body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
        self.socket.sendto(body, (self.journey["to"], 0))
        until = time.monotonic() + self.journey["patience"]
        while time.monotonic() < until:
            self.servers.pump(0.005)
        return ""

    def close(self, _):
        self.socket.close()


CLIENTS = {"tcp": TcpClient, "udp": UdpClient, "icmp": EchoClient}

# ---------------------------------------------------------------- journeys


class World:
    def __init__(self, world, flavour):
        self.world, self.flavour, self.rules = world, flavour, ""
        build(world)
        self.printed = load_rules(world, flavour)
        self.servers = Servers(world)
        self.capture = Capture(names_of(world))
        for pod in world["killed"]:
            self.kill(pod)
        for node in world["gone"]:
            run_in("segment", ["ip", "link", "del", "u-" + node])
        for peer in [one for one in world["nodes"] if one["name"] in world["forgotten"]]:
            self.forget_peer(peer)

    def kill(self, name):
        """As CNI DEL: the veth pair, then the programs, then the namespace."""
        pod = next(one for one in self.world["pods"] if one["name"] == name)
        run_in(pod["node"], ["ip", "link", "del", pod["veth"]])
        self.servers.stop(name)
        self.capture.forget(name)
        run(["ip", "netns", "del", name])

    def forget_peer(self, peer):
        """As flannel when a Node object goes: route, forwarding entry, neighbour."""
        via = vtep(peer["podRange"])
        for node in self.world["nodes"]:
            if node is not peer:
                ip_batch(node["name"], [f"route del {peer['podRange']}", f"neigh del {via} dev flannel.1"])
                run_in(node["name"], ["bridge", "fdb", "del", peer["vtepMac"], "dev", "flannel.1", "dst", peer["address"], "self"])

    def travel(self, journey):
        """One journey; repeated with the next source port until the wanted endpoint has answered."""
        for attempt in range(journey["tries"]):
            observed = self.attempt(journey, journey["sourcePort"] + attempt)
            if journey["want"] == "" or observed["outcome"].startswith(journey["want"] + " saw "):
                return {**observed, "conntrack": self.connections()}
        raise RuntimeError(f"{journey['name']}: {journey['want']} never answered in {journey['tries']} tries")

    def attempt(self, journey, port):
        self.use_rules("")
        for name, entries in journey["neighbours"].items():
            set_neighbours(name, entries)
        self.forget_connections()
        self.capture.drain()
        began, start = time.time_ns(), time.monotonic()
        clients = [CLIENTS[journey["protocol"]](self.servers, journey, port)]
        outcomes = [clients[0].begin()]
        took = time.monotonic() - start
        frames = []
        for number, step in enumerate(journey["steps"]):
            frames += [{**frame, "step": number} for frame in self.rest(False, PAUSE)]
            outcomes += self.take(step, journey, clients, port)
        if journey["steps"]:
            frames += [{**frame, "step": len(journey["steps"])} for frame in self.rest(False, PAUSE)]
        for client in clients:
            client.close(outcomes[-1] == "nothing")
        frames += [{**frame, "step": len(journey["steps"])} for frame in self.rest(True)]
        self.servers.drop()
        if " saw " not in outcomes[-1] and took > 1:
            self.stop_asking()
        taps = [{"at": (frame.pop("ns") - began) // 1000, **frame} for frame in frames]
        outcome = " / ".join(outcomes)
        return {"name": journey["name"], "sourcePort": port, "outcome": outcome, "seconds": took, "taps": taps}

    def connections(self):
        """`conntrack -L` of every node, all at once."""
        running = {}
        for node in self.world["nodes"]:
            with Inside(node["name"]):
                command = ["conntrack", "-L"]
                running[node["name"]] = subprocess.Popen(
                    command, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, close_fds=False
                )
        return {name: one.communicate(timeout=30)[0].splitlines() for name, one in running.items()}

    def stop_asking(self):
        """ARP that still asks would end in an error about this journey's packets during the next one."""
        for name in names_of(self.world):
            if os.path.exists(NAMES + name):
                run_in(name, ["ip", "neigh", "flush", "nud", "incomplete"])

    def take(self, step, journey, clients, port):
        """One step of a journey; what the client saw of it, if it did something."""
        word, _, which = step.partition("=")
        if word == "rules":
            self.use_rules(which)
        elif word == "forget":
            self.forget_connections()
        elif word == "send":
            return [clients[-1].send()]
        elif word in ("again", "stuck"):
            clients.append(CLIENTS[journey["protocol"]](self.servers, journey, port + len(clients)))
            return [clients[-1].begin()]
        else:
            raise ValueError(step)
        return []

    def use_rules(self, which):
        """Other rules, as they are: the connections in the kernel stay."""
        if which == self.rules:
            return
        self.rules = which
        for node in self.world["nodes"]:
            text = node["saveText"] if which == "" else node["otherRules"][which]
            run_in(node["name"], [self.flavour + "-restore"], text)

    def forget_connections(self):
        for node in self.world["nodes"]:
            flush_conntrack(node["name"])

    def rest(self, closing, least=0.0):
        """Waits until nothing has been captured for a while, at the end also until every connection is closed."""
        frames = self.capture.drain()
        start, quiet = time.monotonic(), 0
        while (quiet < 4 and time.monotonic() < start + 1.0) or time.monotonic() < start + least:
            self.servers.pump(0.003)
            more = self.capture.drain()
            frames += more
            busy = more or (closing and self.servers.connections)
            quiet = 0 if busy else quiet + 1
        return frames

    def close(self):
        self.servers.close()
        self.capture.close()
        tear_down(self.world)


def observe(world, flavour):
    made = World(world, flavour)
    try:
        return {"name": world["name"], "printed": made.printed, "journeys": [made.travel(one) for one in world["journeys"]]}
    finally:
        made.close()


def main():
    order = json.load(sys.stdin)
    LIBC.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: end with whoever started this
    signal.alarm(order["limit"])
    os.makedirs(NAMES, exist_ok=True)
    run(["mount", "-t", "tmpfs", "tmpfs", NAMES])
    run(["ip", "link", "set", "lo", "up"])
    reports = [observe(world, order["flavour"]) for world in order["worlds"]]
    json.dump({"worlds": reports}, sys.stdout)


main()
