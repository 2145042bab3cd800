"""Who asks: TCP, UDP and echo clients, each with the source port that it is given."""

import errno
import socket
import struct
import time

from namespaces import Inside

ASK = b"ask"
IP_MTU_DISCOVER, DISCOVERIES = 10, {"dont": 0, "want": 1, "do": 2, "probe": 3}


def question(journey):
    """What is asked: the usual, or as many bytes as the journey says."""
    return ASK.ljust(journey["size"], b".")


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
        return ask(self.servers, self.socket, self.journey)

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
        self.socket.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, DISCOVERIES[journey["discovery"]])
        self.socket.connect((journey["to"], journey["port"]))

    def begin(self):
        return self.send()

    def send(self):
        return ask(self.servers, self.socket, self.journey)

    def close(self, _):
        self.socket.close()


def ask(servers, one, journey):
    """Sends a question and waits for the answer or an error."""
    until = time.monotonic() + journey["patience"]
    try:
        one.send(question(journey))
        while time.monotonic() < until:
            ready, _ = servers.pump(0.002, [one])
            if ready:
                return one.recv(65535).decode().rstrip(".")
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
        body = struct.pack("!BBHHH", 8, 0, 0, self.identifier, 1) + bytes(self.journey["size"] or 8)
        body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
        try:
            self.socket.sendto(body, (self.journey["to"], 0))
        except OSError:
            pass  # a rule of the own node stops it; the rules that it met tell that
        until = time.monotonic() + self.journey["patience"]
        while time.monotonic() < until:
            self.servers.pump(0.005)
        return ""

    def close(self, _):
        self.socket.close()


CLIENTS = {"tcp": TcpClient, "udp": UdpClient, "icmp": EchoClient}
