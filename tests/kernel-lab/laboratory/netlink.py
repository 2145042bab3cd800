"""Neighbours and connection tracking by netlink: a journey is tried often, and starting a program each time is slow."""

import errno
import socket
import struct

from namespaces import Inside

NLM_F_REQUEST, NLM_F_ACK, NLM_F_REPLACE, NLM_F_CREATE = 1, 4, 0x100, 0x400
RTM_NEWNEIGH, RTM_DELNEIGH, NDA_DST, NDA_LLADDR = 28, 29, 1, 2
NEIGHBOUR_STATES = {"reachable": 2, "stale": 4, "permanent": 0x80}
NETLINK_NETFILTER, CONNTRACK_DELETE = 12, 1 << 8 | 2


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


def announce(pod):
    """A gratuitous ARP, request form: whose this address is now."""
    own, address = bytes.fromhex(pod["mac"].replace(":", "")), socket.inet_aton(pod["address"])
    arp = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + own + address + bytes(6) + address
    with Inside(pod["name"]), socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as one:
        one.bind(("eth0", 0))
        one.send(b"\xff" * 6 + own + b"\x08\x06" + arp)
