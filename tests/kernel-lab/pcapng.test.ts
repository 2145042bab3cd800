/** Our capture files, read by Wireshark's reader: whole, with right checksums, names, directions, comments, tunnels and DNS. */
import { BEHAVIOUR } from "../../src/world/world";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "../../src/bridge/questions";
import { makePcapng } from "../../src/sharing/pcapng";
import { readCapture } from "../fixtures/pcapng-reader";

const folder = mkdtempSync(join(tmpdir(), "kubewalk-pcapng-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const POD = (name: string, namespace: string, node: string, address: string, more: object): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace, ...("labels" in more ? { labels: more.labels } : {}) },
  spec: {
    nodeName: node,
    ...(namespace === "kube-system" ? { dnsPolicy: "Default" } : {}),
    containers: [{ name: "main", ...more, labels: undefined }],
  },
  status: { phase: "Running", podIP: address, podIPs: [{ ip: address }], conditions: [{ type: "Ready", status: "True" }] },
});
const SERVICE = (name: string, namespace: string, clusterIP: string, selector: object, ports: readonly object[]): object => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace },
  spec: { clusterIP, selector, ports, ...(ports.some((port) => "nodePort" in port) ? { type: "NodePort" } : {}) },
});
const DNS_PORTS = [
  { name: "dns", port: 53, protocol: "UDP" },
  { name: "dns-tcp", port: 53, protocol: "TCP" },
];

/** A client on node-a; DNS and the only endpoint on node-b, so that all goes through the tunnel; a Service with nothing behind it. */
const OBJECTS = [
  POD("client", "shop", "node-a", "10.244.1.2", {}),
  POD("web-1", "shop", "node-b", "10.244.2.9", { labels: { app: "web" }, ports: [{ containerPort: 8080 }] }),
  POD("coredns-1", "kube-system", "node-b", "10.244.2.3", {
    labels: { "k8s-app": "kube-dns" },
    image: "registry.k8s.io/coredns/coredns:v1.13.1",
  }),
  SERVICE("web", "shop", "10.96.0.50", { app: "web" }, [{ port: 80, targetPort: 8080 }]),
  POD("echo-1", "shop", "node-b", "10.244.2.11", { labels: { app: "echo" }, ports: [{ containerPort: 7, protocol: "UDP" }] }),
  SERVICE("empty", "shop", "10.96.0.60", { app: "nobody" }, [{ port: 80 }]),
  SERVICE("echo", "shop", "10.96.0.70", { app: "echo" }, [{ port: 7, protocol: "UDP" }]),
  SERVICE("doors", "shop", "10.96.0.80", { app: "web" }, [{ port: 80, targetPort: 8080, nodePort: 30_080 }]),
  SERVICE("kube-dns", "kube-system", "10.96.0.10", { "k8s-app": "kube-dns" }, DNS_PORTS),
];

/** Writes the capture of a journey; gives the file's name. */
function capture(name: string, request: Readonly<Record<string, unknown>>): string {
  const answered = ask({ do: "pcap", objects: OBJECTS, ...request });
  if (!answered.ok || answered.value.do !== "pcap") throw new Error(JSON.stringify(answered));
  const file = join(folder, `${name}.pcapng`);
  writeFileSync(file, makePcapng(answered.value.capture, { scenario: "kernel-lab", seed: answered.value.seed }));
  return file;
}

const CHECKED = ["-o", "ip.defragment:FALSE", ...["ip", "tcp", "udp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`])];

function tshark(file: string, ...more: readonly string[]): readonly string[] {
  const printed = execFileSync("tshark", ["-r", file, ...CHECKED, "-d", "udp.port==8472,vxlan", ...more], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return printed.trim() === "" ? [] : printed.trim().split("\n");
}

function fields(file: string, names: readonly string[], filter = "frame"): readonly string[] {
  const wanted = names.flatMap((name) => ["-e", name]);
  return tshark(file, "-Y", filter, "-T", "fields", "-E", "separator=|", "-E", "occurrence=a", ...wanted);
}

const REMARKS = ["_ws.malformed", "_ws.short", "_ws.expert.severity", "frame.len", "frame.cap_len"];
const ERROR = 0x800000;
/**
 * All checksums of a frame are good (1), or not looked at in a quoted packet (2, 3); nothing is malformed, cut short or an error.
 * Of a part of a datagram only the IP header can be checked by itself.
 */
function isSound(row: string): boolean {
  const [more = "", offset = "", ip = "", tcp = "", udp = "", icmp = "", malformed, short, remarks = "", length, captured] = row.split("|");
  const isPart = /[1-9]|True/.test(`${more}${offset}`);
  const ownSums = icmp === "" ? [tcp, udp].filter((sum) => sum !== "") : [icmp];
  const areGood = isPart || (ownSums.length > 0 && ownSums.every((sum) => /^[13](,[13])*$/.test(sum) && sum !== "3"));
  const isWhole = malformed === "" && short === "" && length === captured;
  return /^1(,[13])*$/.test(ip) && areGood && isWhole && remarks.split(",").every((one) => Number(one) < ERROR);
}

const FROM = { from: { pod: "shop/client" } };
const OUTSIDE = { from: { external: "192.168.0.100", via: "node-a" } };
let web = "";
beforeAll(() => {
  web = capture("web", { ...FROM, to: { name: "web", port: 80 } });
});

describe("every capture", () => {
  const journeys: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ["by name, through the tunnel", { ...FROM, to: { name: "web", port: 80 } }],
    ["rejected by a rule", { ...FROM, to: { ip: "10.96.0.60", port: 80 } }],
    ["refused by the Pod", { ...FROM, to: { ip: "10.244.2.9", port: 81 } }],
    ["UDP to the cluster's DNS", { ...FROM, to: { ip: "10.96.0.10", port: 53, protocol: "UDP" } }],
    ["ping", { ...FROM, to: { ip: "10.244.2.9", protocol: "ICMP" } }],
    ["from a node", { from: { node: "node-a" }, to: { ip: "10.96.0.50", port: 80 } }],
    ["a node to a Service without endpoints, over the loopback", { from: { node: "node-a" }, to: { ip: "10.96.0.60", port: 80 } }],
    ["UDP to a port that nobody has", { ...FROM, to: { ip: "10.244.2.11", port: 9, protocol: "UDP" } }],
    ["UDP in parts, there and back", { ...FROM, to: { name: "echo", port: 7, protocol: "UDP", size: 4000 } }],
    ["ping in parts", { ...FROM, to: { ip: "10.244.2.9", protocol: "ICMP", size: 3000 } }],
    ["a node's datagram, cut for the tunnel", { from: { node: "node-a" }, to: { ip: "10.96.0.70", port: 7, protocol: "UDP", size: 1472 } }],
    ["told what fits", { ...OUTSIDE, to: { ip: "10.244.2.11", port: 7, protocol: "UDP", size: 1472 } }],
    ["from outside to a NodePort", { ...OUTSIDE, to: { ip: "192.168.0.11", port: 30_080 } }],
    ["a Pod to its own node's NodePort", { ...FROM, to: { ip: "192.168.0.11", port: 30_080 } }],
    ["a ClusterIP's wrong port", { ...FROM, to: { ip: "10.96.0.50", port: 81 }, config: { gateway: "unreachable" } }],
    ["from outside", { from: { external: "192.168.0.100", via: "node-a" }, to: { ip: "10.244.2.9", port: 8080 } }],
  ];

  /** A file may hold several captures, one behind the other: Wireshark's reader is started once for all. */
  const all = journeys.flatMap(([name, request]) =>
    ["iptables", "nftables"].map((mode) => ({ name: `${name}, ${mode} mode`, ...request, mode })),
  );
  const rows = new Map<string, readonly string[]>();
  beforeAll(() => {
    const files = all.map(({ name, ...request }) => capture(name.replaceAll(/\W+/g, "-"), request));
    const together = join(folder, "together.pcapng");
    writeFileSync(together, Buffer.concat(files.map((file) => readFileSync(file))));
    const sums = ["ip", "tcp", "udp", "icmp"].map((protocol) => `${protocol}.checksum.status`);
    const read = fields(together, ["ip.flags.mf", "ip.frag_offset", ...sums, ...REMARKS]);
    let next = 0;
    for (const [index, { name }] of all.entries()) {
      const count = readCapture(readFileSync(files[index] ?? "")).frames.length;
      rows.set(name, read.slice(next, next + count));
      next += count;
    }
    expect(read.length).toBe(next);
  });

  test.each(all)("has no malformed frame and no wrong checksum: $name", ({ name }) => {
    expect(rows.get(name)?.length).toBeGreaterThan(0);
    expect(rows.get(name)?.filter((row) => !isSound(row))).toEqual([]);
  });

  test("everything of a stretch of time has no malformed frame and no wrong checksum either", () => {
    const file = join(folder, "stretch.pcapng");
    const words = ["headless", "pcap", "--scenario", "two-apps", "--since", "1s", "--until", "3s", "--out", file];
    execFileSync("node", [".ci/run-ts.mjs", ...words], { stdio: ["ignore", "ignore", "inherit"] });
    const sums = ["ip", "tcp", "udp", "icmp"].map((protocol) => `${protocol}.checksum.status`);
    const read = fields(file, ["ip.flags.mf", "ip.frag_offset", ...sums, ...REMARKS]);
    expect(read.length).toBe(readCapture(readFileSync(file)).frames.length);
    expect(read.filter((row) => !isSound(row))).toEqual([]);
  });

  test("tells by the path MTU what fits, and quotes the packet", () => {
    const file = capture("told", { ...OUTSIDE, to: { ip: "10.244.2.11", port: 7, protocol: "UDP", size: 1472 } });
    expect(fields(file, ["icmp.type", "icmp.code", "icmp.mtu"], "icmp")[0]).toBe("3|4|1450");
  });

  test("parts are put together by the reader, and the sum of the whole is right", () => {
    const file = capture("parts", { ...FROM, to: { name: "echo", port: 7, protocol: "UDP", size: 4000 } });
    const here = `frame.interface_description contains "client" and udp.length == 4008`;
    const put = ["-o", "ip.defragment:TRUE", "-Y", here, "-T", "fields", "-e", "udp.length", "-e", "udp.checksum.status"];
    expect(new Set(tshark(file, ...put))).toEqual(new Set(["4008\t1"]));
  });
});

describe("a request by name, through the tunnel", () => {
  test("names each interface, with its host", () => {
    const named = new Set(
      fields(web, ["frame.interface_name", "frame.interface_description"]).map((line) => line.replace(/veth\w+/, "veth")),
    );
    expect([...named].toSorted()).toEqual([
      "cni0|node-a: bridge of the node's Pods",
      "cni0|node-b: bridge of the node's Pods",
      "eth0|Pod kube-system/coredns-1: the Pod's end of its veth pair",
      "eth0|Pod shop/client: the Pod's end of its veth pair",
      "eth0|Pod shop/web-1: the Pod's end of its veth pair",
      "eth0|node-a: on the node network",
      "eth0|node-b: on the node network",
      "flannel.1|node-a: VXLAN device of the Pod network",
      "flannel.1|node-b: VXLAN device of the Pod network",
      "veth|node-a: host end of a Pod's veth pair",
      "veth|node-b: host end of a Pod's veth pair",
    ]);
  });

  test("shows the SYN's way hop by hop: interface, direction, addresses, TTL, tunnel", () => {
    const rows = fields(
      web,
      ["frame.interface_name", "frame.packet_flags_direction", "ip.src", "ip.dst", "tcp.dstport", "ip.ttl", "vxlan.vni"],
      "tcp.flags == 2",
    );
    expect(rows.map((row) => row.replace(/veth\w+/, "veth").replace("0x0000000", ""))).toEqual([
      "eth0|2|10.244.1.2|10.96.0.50|80|64|",
      "veth|1|10.244.1.2|10.96.0.50|80|64|",
      "cni0|1|10.244.1.2|10.244.2.9|8080|64|",
      "flannel.1|2|10.244.1.2|10.244.2.9|8080|63|",
      "eth0|2|192.168.0.11,10.244.1.2|192.168.0.12,10.244.2.9|8080|64,63|1",
      "eth0|1|192.168.0.11,10.244.1.2|192.168.0.12,10.244.2.9|8080|64,63|1",
      "flannel.1|1|10.244.1.2|10.244.2.9|8080|63|",
      "cni0|2|10.244.1.2|10.244.2.9|8080|62|",
      "veth|2|10.244.1.2|10.244.2.9|8080|62|",
      "eth0|1|10.244.1.2|10.244.2.9|8080|62|",
    ]);
  });

  test("comments say what was done", () => {
    const comments = fields(web, ["frame.comment"], "tcp.flags == 2");
    expect(comments[0]).toBe("SYN to web:80. It leaves by eth0 of client.");
    expect(comments[2]).toMatch(
      /Just before, on node-a: KUBE-SEP-\w+ rule 2 \(DNAT\) rewrites the destination 10\.96\.0\.50:80 to 10\.244\.2\.9:8080\./,
    );
    expect(comments.at(-1)).toMatch(/Then, in web-1: A listener on port 8080 answers the SYN\./);
  });

  test("DNS reads as DNS, on every interface and inside the tunnel", () => {
    expect(new Set(fields(web, ["dns.qry.name"], "dns"))).toEqual(new Set(["web.shop.svc.cluster.local"]));
    expect(new Set(fields(web, ["dns.a"], "dns.a"))).toEqual(new Set(["10.96.0.50"]));
    expect(fields(web, ["dns.qry.name"], "dns && vxlan").length).toBeGreaterThan(4);
  });

  test("the TCP stream can be followed, and holds the request and the answer", () => {
    const stream = tshark(web, "-q", "-z", "follow,tcp,ascii,0").join("\n");
    expect(stream).toContain("GET / HTTP/1.1");
    expect(stream).toMatch(/HTTP\/1\.1 200 OK[\s\S]*web-1/);
    const client = '(frame.interface_description contains "shop/client")';
    expect(fields(web, ["http.request.method", "http.host"], `http.request && ${client}`)).toEqual(["GET|web"]);
    expect(fields(web, ["tcp.flags.str"], `tcp && ${client}`).length).toBe(11);
  });

  test("is in the order of time, and says of itself what it is", () => {
    const times = fields(web, ["frame.time_epoch"]).map(Number);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(Math.floor(times[0] ?? 0)).toBe(Date.UTC(2026, 0, 1) / 1000);
    const about = execFileSync("capinfos", ["-k", web], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    expect(about).toContain(`Scenario kernel-lab, seed 1, version ${BEHAVIOUR} of the model.`);
    expect(about).toContain("decode UDP 8472 as VXLAN");
  });
});
