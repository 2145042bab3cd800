"""A built world, and journeys through it, one after the other."""

import os
import subprocess
import time

from building import QUIET, build, build_pod, feed, load_rules, names_of, tear_down, vtep
from capturing import Capture
from clients import CLIENTS
from namespaces import NAMES, Inside, ip_batch, run, run_in, sysctl
from netlink import announce, flush_conntrack, set_neighbours
from servers import Servers
from tracing import Tracers

# Between two steps of a journey: longer than the kernel delays an acknowledgement (40 ms).
PAUSE = 0.06


class World:
    def __init__(self, world):
        self.world, self.rules = world, ""
        build(world)
        self.printed = load_rules(world)
        self.tracers = Tracers(world)
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

    def reuse(self, name):
        """A new Pod with the address of one that goes, which says so once its port forwards."""
        old = next(one for one in self.world["pods"] if one["name"] == name)
        heir = next(one for one in self.world["heirs"] if one["address"] == old["address"])
        self.kill(name)
        run(["ip", "netns", "add", heir["name"]])
        sysctl(heir["name"], QUIET)
        build_pod(self.world, heir)
        self.world["pods"].append(heir)
        self.servers.open(heir["name"], self.world["listens"])
        self.capture.add(heir["name"])
        time.sleep(PAUSE)
        announce(heir)

    def rest_for(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.servers.pump(0.005)

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
                return {**observed, "conntrack": self.connections(), "traces": self.tracers.read()}
        raise RuntimeError(f"{journey['name']}: {journey['want']} never answered in {journey['tries']} tries")

    def attempt(self, journey, port):
        self.use_rules("")
        self.tracers.read()
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
        elif word == "wait":
            self.rest_for(int(which) / 1000)
        elif word == "kill":
            self.kill(which)
        elif word == "reuse":
            self.reuse(which)
        elif word == "send":
            return [clients[-1].send()]
        elif word in ("again", "stuck", "fresh"):
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
        self.tracers.drain()
        for node in self.world["nodes"]:
            feed(node["name"], node["feeds"]["again"] if which == "" else node["feeds"]["others"][which])
        self.tracers.rules_changed()

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
        self.tracers.close()
        self.servers.close()
        self.capture.close()
        tear_down(self.world)


def observe(world):
    made = World(world)
    try:
        return {"name": world["name"], "printed": made.printed, "journeys": [made.travel(one) for one in world["journeys"]]}
    finally:
        made.close()
