"""One AF_PACKET socket a namespace: it sees every interface, both ways."""

import ctypes
import socket
import struct
import time

from namespaces import LIBC, Inside
from packets import read_frame

SO_TIMESTAMPNS = 35
SO_RCVBUFFORCE = 33
OUTGOING = 4


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
