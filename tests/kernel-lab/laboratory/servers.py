"""What the Pods run: programs that answer with their name."""

import select
import socket
import struct

from namespaces import Inside


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
            asked, peer = one.recvfrom(65535)
            words = self.words(self.datagrams[one], peer)
            one.sendto(words.ljust(len(asked), b".") if len(asked) > len(words) else words, peer)
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
