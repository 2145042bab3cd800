"""Entering a network namespace, and running tools and settings inside it."""

import ctypes
import os
import subprocess

CLONE_NEWNET = 0x40000000
NAMES = "/run/netns/"
LIBC = ctypes.CDLL(None, use_errno=True)
HOME = os.open("/proc/self/ns/net", os.O_RDONLY)


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
