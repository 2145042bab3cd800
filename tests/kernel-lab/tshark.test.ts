/** Our bytes, read by Wireshark's reader: right checksums, nothing malformed, names and inner packets where they should be. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeQuery } from "../../src/dns/message/types";
import { encodeMessage } from "../../src/dns/message/wire";
import { ip, mac } from "../../src/network/address";
import { frameBytes } from "../../src/network/bytes";
import type { Frame, Packet, Payload, Transport } from "../../src/network/packet";
import { pcapBytes } from "./pcap";

const folder = mkdtempSync(join(tmpdir(), "kubewalk-pcap-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function packet(src: string, dst: string, transport: Transport): Packet {
  return { src: ip(src), dst: ip(dst), ttl: 64, id: 0x71c4, dontFragment: transport.kind === "TCP", transport, journey: "" };
}

function frame(inner: Packet): Frame {
  return { srcMac: mac("02:00:00:00:01:02"), dstMac: mac("02:00:00:00:01:01"), etherType: "IPv4", packet: inner };
}

function tcp(flags: "S" | "PA", payload: Payload): Transport {
  const mss = flags === "S" ? { mss: 1410 } : {};
  return {
    kind: "TCP",
    srcPort: 40_412,
    dstPort: 8080,
    flags,
    seq: 1_522_735_623,
    ack: flags === "S" ? 0 : 7,
    window: 64_860,
    payload,
    ...mss,
  };
}

function udp(dstPort: number, payload: Payload): Transport {
  return { kind: "UDP", srcPort: 51_340, dstPort, payload };
}

function tshark(frames: readonly Frame[], fields: readonly string[]): readonly string[] {
  const file = join(folder, "frames.pcap");
  writeFileSync(file, pcapBytes(frames.map((one, index) => ({ at: index * 11, bytes: frameBytes(one) }))));
  const checks = ["ip", "tcp", "udp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);
  const args = ["-r", file, ...checks, "-d", "udp.port==8472,vxlan", "-T", "fields", "-E", "separator=|", "-E", "occurrence=a"];
  const printed = execFileSync("tshark", [...args, ...fields.flatMap((field) => ["-e", field])], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return printed.trim().split("\n");
}

const query: Payload = { kind: "dns", wire: encodeMessage(makeQuery(7, "your-app-svc.shop.svc.cluster.local.", "A")) };
const syn = packet("10.244.1.2", "10.244.2.3", tcp("S", { kind: "none" }));

test("checksums of IPv4, TCP and UDP are good, and no frame is malformed", () => {
  const frames = [
    frame(syn),
    frame(packet("10.244.1.2", "10.244.2.3", tcp("PA", { kind: "http", text: "GET / HTTP/1.1\r\nHost: your-app-svc\r\n\r\n" }))),
    frame(packet("10.244.1.2", "10.96.0.10", udp(53, query))),
    frame(packet("10.96.0.10", "10.244.1.2", { kind: "ICMP", type: 3, code: 3, quoted: syn })),
  ];
  expect(
    tshark(frames, [
      "ip.checksum.status",
      "tcp.checksum.status",
      "udp.checksum.status",
      "icmp.checksum.status",
      "_ws.malformed",
      "_ws.expert.severity",
    ]),
  ).toEqual([
    // 1 = good, 3 = not checked; the last column is the severest remark: a SYN is "chat" (2097152), a query too.
    expect.stringMatching(/^1\|1\|\|\|\|/),
    expect.stringMatching(/^1\|1\|\|\|\|/),
    expect.stringMatching(/^1\|\|1\|\|\|/),
    expect.stringMatching(/^1(,1)?\|.*\|1\|\|/),
  ]);
});

test("a query reads as DNS, a SYN carries its MSS, an error quotes its packet", () => {
  expect(
    tshark([frame(packet("10.244.1.2", "10.96.0.10", udp(53, query)))], ["dns.qry.name", "dns.qry.type", "dns.flags.recdesired"]),
  ).toEqual([expect.stringMatching(/^your-app-svc\.shop\.svc\.cluster\.local\|1\|(1|True)$/)]);
  expect(tshark([frame(syn)], ["tcp.flags.str", "tcp.options.mss_val", "ip.ttl"])).toEqual([expect.stringMatching(/S.*\|1410\|64$/)]);
  const error = packet("10.244.1.1", "10.244.1.2", { kind: "ICMP", type: 3, code: 1, quoted: syn });
  expect(tshark([frame(error)], ["icmp.type", "icmp.code", "ip.dst", "tcp.dstport"])).toEqual(["3|1|10.244.1.2,10.244.2.3|8080"]);
});

test("a VXLAN frame shows its network identifier and the packet inside", () => {
  const outer = packet("192.168.0.11", "192.168.0.12", {
    kind: "UDP",
    srcPort: 45_826,
    dstPort: 8472,
    payload: { kind: "vxlan", vni: 1, frame: frame(syn) },
  });
  expect(tshark([frame(outer)], ["vxlan.vni", "ip.dst", "tcp.dstport", "tcp.checksum.status"])).toEqual([
    "1|192.168.0.12,10.244.2.3|8080|1",
  ]);
});
