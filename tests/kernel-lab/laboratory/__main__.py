"""A laboratory of network namespaces on the kernel at hand: standard library only, JSON in, JSON out.

It is started inside network and mount namespaces of its own (`unshare -n -m`), so that nothing outside sees it and the
kernel removes all of it when it ends. One process holds every socket: it enters a namespace, opens the socket and
leaves again; the socket stays.
Needs ip, bridge, conntrack, and the programs that take the rules (iptables-{legacy,nft}-{restore,save} or nft).
"""

import json
import os
import signal
import sys

from journeys import observe
from namespaces import LIBC, NAMES, run


def main():
    order = json.load(sys.stdin)
    LIBC.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: end with whoever started this
    signal.alarm(order["limit"])
    os.makedirs(NAMES, exist_ok=True)
    run(["mount", "-t", "tmpfs", "tmpfs", NAMES])
    run(["ip", "link", "set", "lo", "up"])
    reports = [observe(world) for world in order["worlds"]]
    json.dump({"worlds": reports}, sys.stdout)


main()
