import { expect, test } from "vitest";
import { ip, mac } from "../../../src/network/address";
import { frameBytes, hex, packetBytes } from "../../../src/network/bytes";
import { crc32c, internetChecksum } from "../../../src/network/checksum";
import type { Packet, Transport } from "../../../src/network/packet";
import { BROADCAST_MAC } from "../../../src/network/packet";
import { packetLength, textBytes } from "../../../src/network/payload";

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text.split(" "), (part) => Number.parseInt(part, 16));
}

function packet(transport: Transport): Packet {
  return { src: ip("192.168.0.1"), dst: ip("192.168.0.199"), ttl: 64, id: 0, dontFragment: true, transport, journey: "j" };
}

test("the worked example of RFC 1071 sums to 0xddf2, its checksum is the complement", () => {
  expect(internetChecksum(bytesOf("00 01 f2 03 f4 f5 f6 f7"))).toBe(0x220d);
});

test("the well-known header of 115 bytes from 192.168.0.1 to 192.168.0.199 has checksum 0xb861", () => {
  const data = { kind: "data", length: 115 - 28 } as const;
  const bytes = packetBytes(packet({ kind: "UDP", srcPort: 1, dstPort: 2, payload: data }));
  expect(hex(bytes.slice(0, 20))).toBe("45 00 00 73 00 00 40 00 40 11 b8 61 c0 a8 00 01 c0 a8 00 c7");
});

// By hand: pseudo-header c0a8+0001+c0a8+00c7+0006+0018, then 9c40+0050+0000+0001+0000+0000+6002+faf0+0000+0204+0582;
// the sum is 0x3813f, folded 0x8142, complemented 0x7ebd.
test("a SYN has the checksum that one gets by hand, and its MSS option", () => {
  const syn = { kind: "TCP", srcPort: 40000, dstPort: 80, flags: "S", seq: 1, ack: 0, window: 64240, mss: 1410 } as const;
  const bytes = packetBytes(packet({ ...syn, payload: { kind: "none" } }));
  expect(hex(bytes.slice(20))).toBe("9c 40 00 50 00 00 00 01 00 00 00 00 60 02 fa f0 7e bd 00 00 02 04 05 82");
});

test("every checksum verifies: header and body with it sum to zero", () => {
  const udp = packet({ kind: "UDP", srcPort: 40000, dstPort: 53, payload: { kind: "http", text: "odd" } });
  const bytes = packetBytes(udp);
  const body = bytes.slice(20);
  const pseudo = [...bytes.slice(12, 20), 0, 17, 0, body.length];
  expect(internetChecksum(bytes.slice(0, 20))).toBe(0);
  expect(internetChecksum(Uint8Array.from([...pseudo, ...body]))).toBe(0);
});

test("an error quotes the packet that it is about, at most 576 bytes in all", () => {
  const quoted = packet({ kind: "UDP", srcPort: 1, dstPort: 2, payload: { kind: "data", length: 1000 } });
  const error = packet({ kind: "ICMP", type: 3, code: 1, quoted });
  const bytes = packetBytes(error);
  expect(bytes.length).toBe(576);
  expect(bytes.length).toBe(packetLength(error));
  expect(internetChecksum(bytes.slice(20))).toBe(0);
  expect(hex(bytes.slice(20, 22))).toBe("03 01");
  expect(hex(bytes.slice(28, 48))).toBe(hex(packetBytes(quoted).slice(0, 20)));
});

test("VXLAN puts a whole frame behind eight bytes with its number", () => {
  const inner = packet({ kind: "UDP", srcPort: 1, dstPort: 2, payload: { kind: "none" } });
  const frame = { srcMac: mac("02:00:00:00:00:01"), dstMac: mac("02:00:00:00:00:02"), etherType: "IPv4", packet: inner } as const;
  const outer = packet({ kind: "UDP", srcPort: 50000, dstPort: 8472, payload: { kind: "vxlan", vni: 1, frame } });
  const bytes = packetBytes(outer);
  expect(bytes.length).toBe(packetBytes(inner).length + 50);
  expect(hex(bytes.slice(28, 36))).toBe("08 00 00 00 00 00 01 00");
  expect(hex(bytes.slice(36, 50))).toBe("02 00 00 00 00 02 02 00 00 00 00 01 08 00");
});

test("an ARP question is 42 bytes to everyone", () => {
  const sender = mac("02:00:00:00:00:01");
  const arp = {
    operation: "request",
    senderIp: ip("10.244.1.1"),
    senderMac: sender,
    targetIp: ip("10.244.1.2"),
    targetMac: mac("00:00:00:00:00:00"),
  } as const;
  expect(hex(frameBytes({ srcMac: sender, dstMac: BROADCAST_MAC, etherType: "ARP", arp }))).toBe(
    "ff ff ff ff ff ff 02 00 00 00 00 01 08 06 00 01 08 00 06 04 00 01 02 00 00 00 00 01 0a f4 01 01 00 00 00 00 00 00 0a f4 01 02",
  );
});

test("CRC32c of `123456789` is 0xe3069283, the check value of the Castagnoli polynomial", () => {
  expect(crc32c(textBytes("123456789"))).toBe(0xe3069283);
});

test("texts become UTF-8", () => {
  expect(hex(textBytes("aé€😀"))).toBe("61 c3 a9 e2 82 ac f0 9f 98 80");
});
