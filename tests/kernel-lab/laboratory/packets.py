"""What a captured frame says: the fields that are compared."""

import socket
import struct


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
    part = struct.unpack("!H", data[6:8])[0]
    size = struct.unpack("!H", data[2:4])[0] - header
    if part & 0x3FFF:
        seen["fragment"] = {"offset": (part & 0x1FFF) * 8, "length": size, "more": bool(part & 0x2000)}
        if part & 0x1FFF:
            return seen, b""
    if protocol in (6, 17):
        seen["srcPort"], seen["dstPort"] = struct.unpack("!HH", rest[:4])
    if protocol == 6 and len(rest) >= 20:
        offset = (rest[12] >> 4) * 4
        seen["flags"], seen["length"] = tcp_flags(rest[13]), size - offset
        seen.update(maximum_segment(rest[20:offset]))
    if protocol == 17 and "fragment" not in seen:
        seen["length"] = size - 8
    if protocol == 1:
        seen["type"], seen["code"] = rest[0], rest[1]
        if (rest[0], rest[1]) == (3, 4):
            seen["mtu"] = struct.unpack("!H", rest[6:8])[0]
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
    if packet["protocol"] == "udp" and packet.get("dstPort") == 8472 and len(rest) > 16:
        inner = read_frame(rest[16:])
        if inner is not None:
            return {**inner, "outer": packet}
    return packet
