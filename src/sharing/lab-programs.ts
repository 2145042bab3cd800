/** Programs of the laboratory script: what answers in the Pods, and the probe. Python, standard library only. */

/** Answers on the ports that it is told: HTTP with a name, UDP with what came, DNS from a file of names. */
export const SERVER_PROGRAM = String.raw`import select, socket, struct, sys

READY, NAMES, DOMAIN = sys.argv[1:4]
KIND = {"A": 1, "CNAME": 5}


def known_names():
    names = {}
    with open(NAMES) as file:
        for line in file:
            name, kind, value = line.split()
            names.setdefault(name.lower(), []).append((kind, value))
    return names


TABLE = known_names()


def labels(name):
    parts = [part for part in name.split(".") if part]
    return b"".join(bytes([len(part)]) + part.encode() for part in parts) + b"\0"


def reply(query):
    """An authoritative answer from the table; NXDOMAIN for whatever is not in it."""
    at, parts = 12, []
    while query[at]:
        parts.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
        at += query[at] + 1
    question = query[12 : at + 5]
    kind = struct.unpack("!H", query[at + 1 : at + 3])[0]
    name = ".".join(parts).lower() + "."
    records = TABLE.get(name, [])
    inside = name.endswith(DOMAIN.lower() + ".")
    exists = bool(records) or any(other.endswith("." + name) for other in TABLE)
    chosen = [one for one in records if KIND[one[0]] == kind or one[0] == "CNAME"]
    code = 0 if exists else 3
    flags = 0x8000 | (0x0400 if inside else 0) | (query[2] & 1) << 8 | 0x0080 | code
    answers = b""
    for one_kind, value in chosen:
        data = socket.inet_aton(value) if one_kind == "A" else labels(value)
        answers += b"\xc0\x0c" + struct.pack("!HHIH", KIND[one_kind], 1, 30, len(data)) + data
    return query[:2] + struct.pack("!HHHHH", flags, 1, len(chosen), 0, 0) + question + answers


def http(name):
    body = name + "\n"
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


def listening(port):
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("0.0.0.0", port))
    one.listen(64)
    return one


def datagrams(port):
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("0.0.0.0", port))
    return one


def serve_datagram(one, kind):
    data, peer = one.recvfrom(65535)
    one.sendto(reply(data) if kind == "dns-udp" else data, peer)


def serve_stream(one, kind, name):
    data = one.recv(65535)
    if data and kind == "dns-tcp":
        answer = reply(data[2:])
        one.sendall(struct.pack("!H", len(answer)) + answer)
    elif data:
        one.sendall(http(name))


def main():
    doors, streams = {}, {}
    for word in sys.argv[4:]:
        kind, port, name = word.split(":", 2)
        doors[datagrams(int(port)) if kind in ("echo", "dns-udp") else listening(int(port))] = (kind, name)
    open(READY, "w").close()
    while True:
        for one in select.select([*doors, *streams], [], [])[0]:
            try:
                if one in streams:
                    serve_stream(one, *streams.pop(one))
                    one.close()
                elif doors[one][0] in ("echo", "dns-udp"):
                    serve_datagram(one, doors[one][0])
                else:
                    streams[one.accept()[0]] = doors[one]
            except OSError:
                pass  # a peer that is gone


main()
`;

/** Asks like curl: prints the body, ends with curl's exit codes (6 no such name, 7 no connection, 28 too late). */
export const PROBE_PROGRAM = String.raw`#!/usr/bin/env python3
import socket, sys, urllib.parse

NO_NAME, NO_CONNECTION, TOO_LATE = 6, 7, 28


def fail(code, words):
    print(words, file=sys.stderr)
    sys.exit(code)


def main():
    if len(sys.argv) != 2:
        fail(2, "usage: probe http://NAME[:PORT][/PATH] | udp://NAME:PORT")
    text = sys.argv[1] if "://" in sys.argv[1] else "http://" + sys.argv[1]
    url = urllib.parse.urlsplit(text)
    is_udp = url.scheme == "udp"
    kind = socket.SOCK_DGRAM if is_udp else socket.SOCK_STREAM
    try:
        found = socket.getaddrinfo(url.hostname, url.port or 80, socket.AF_INET, kind)
    except socket.gaierror as problem:
        fail(NO_NAME, f"{url.hostname}: {problem.strerror}")
    one = socket.socket(socket.AF_INET, kind)
    one.settimeout(3)
    try:
        one.connect(found[0][4])
        one.sendall(b"probe" if is_udp else f"GET {url.path or '/'} HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: close\r\n\r\n".encode())
        data = one.recv(65535)
        while not is_udp:
            more = one.recv(65535)
            if not more:
                break
            data += more
    except socket.timeout:
        fail(TOO_LATE, "nothing came back in 3 s")
    except OSError as problem:
        fail(NO_CONNECTION, problem.strerror or str(problem))
    sys.stdout.write((data if is_udp else data.partition(b"\r\n\r\n")[2]).decode("utf8", "replace"))
    if is_udp:
        print()


main()
`;
