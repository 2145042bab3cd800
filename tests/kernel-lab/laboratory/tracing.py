"""What `nft monitor trace` reads, read by ourselves: no program is started that might come late or be slow to print.

The kernel names a rule by its handle; `nft -a list` tells the text of each. Lines come out as the tool prints them.
"""

import re
import socket
import struct

from namespaces import Inside, run_in

SO_RCVBUFFORCE = 33
NETLINK_NETFILTER, TRACE_GROUP, TRACE_MESSAGE = 12, 9, 10 << 8 | 17
TABLE, CHAIN, RULE_HANDLE, VERDICT, ID, NETWORK_HEADER, TRANSPORT_HEADER = 1, 2, 3, 5, 6, 8, 9
VERDICTS = {0: "drop", 1: "accept", -1: "continue", -2: "break", -3: "jump", -4: "goto", -5: "return"}
PROXY = ["nft", "-a", "list", "table", "ip", "kube-proxy"]


class Tracers:
    def __init__(self, world):
        self.sockets, self.rules, self.kept = {}, {}, {}
        for node in world["nodes"]:
            if node["feeds"]["trace"]:
                self.listen(node["name"])

    def listen(self, name):
        with Inside(name):
            one = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        one.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
        one.bind((0, 1 << (TRACE_GROUP - 1)))
        one.setblocking(False)
        self.sockets[name], self.kept[name] = one, []
        self.rules[name] = rule_texts(name)

    def drain(self):
        """Decodes what has come by the rules that stand now: to be called before others are loaded."""
        for name, one in self.sockets.items():
            while True:
                try:
                    data = one.recv(1 << 16)
                except BlockingIOError:
                    break
                self.kept[name] += lines_of(data, self.rules[name])

    def rules_changed(self):
        for name in self.sockets:
            self.rules[name] = rule_texts(name)

    def read(self):
        """What kube-proxy's table did since the last call, a line each."""
        self.drain()
        kept, self.kept = self.kept, {name: [] for name in self.sockets}
        return kept

    def close(self):
        for one in self.sockets.values():
            one.close()


def rule_texts(name):
    """Texts of rules by handle."""
    found = re.findall(r"^\t\t(.+) # handle (\d+)$", run_in(name, PROXY), re.MULTILINE)
    return {int(handle): text for text, handle in found}


def attributes(data):
    found, at = {}, 0
    while at + 4 <= len(data):
        size, kind = struct.unpack("=HH", data[at : at + 4])
        found[kind & 0x3FFF] = data[at + 4 : at + size]
        at += (max(size, 4) + 3) & ~3
    return found


def lines_of(data, rules):
    lines, at = [], 0
    while at + 16 <= len(data):
        size, kind = struct.unpack("=IH", data[at : at + 6])
        if kind == TRACE_MESSAGE:
            lines += trace_lines(attributes(data[at + 20 : at + size]), rules)
        at += (max(size, 16) + 3) & ~3
    return lines


def trace_lines(event, rules):
    if word(event, TABLE) != "kube-proxy":
        return []
    start = f"trace id {number(event, ID):08x} ip kube-proxy {word(event, CHAIN)} "
    lines = [start + "packet: " + packet_text(event)] if NETWORK_HEADER in event else []
    if RULE_HANDLE in event:  # without one: the end of a chain
        handle = struct.unpack("!Q", event[RULE_HANDLE])[0]
        lines.append(f"{start}rule {rules.get(handle, f'of handle {handle}')} (verdict {verdict_text(attributes(event[VERDICT]))})")
    return lines


def word(event, kind):
    return event.get(kind, b"").rstrip(b"\0").decode()


def number(event, kind):
    return struct.unpack("!I", event.get(kind, bytes(4)))[0]


def verdict_text(verdict):
    text = VERDICTS[struct.unpack("!i", verdict[1])[0]]
    return f"{text} {word(verdict, 2)}" if 2 in verdict else text


def packet_text(event):
    header = event[NETWORK_HEADER]
    text = f"ip saddr {socket.inet_ntoa(header[12:16])} ip daddr {socket.inet_ntoa(header[16:20])} "
    protocol = {6: "tcp", 17: "udp"}.get(header[9])
    if protocol is None or len(event.get(TRANSPORT_HEADER, b"")) < 4:
        return text
    source, destination = struct.unpack("!HH", event[TRANSPORT_HEADER][:4])
    return f"{text}{protocol} sport {source} {protocol} dport {destination} "
