/** A second host on a wire to this network namespace, and packets from either; for tests that need a real kernel. */
import { execFileSync, spawnSync } from "node:child_process";

const PEER = "kubewalk-peer";
const WIRE = "kw0";

/** Addresses of this host and of the one at the other end, which also sends from addresses that are not on the wire. */
export interface Wire {
  readonly here: string;
  readonly there: string;
  readonly alsoThere: readonly string[];
}

/** Lays the wire; this host forwards and has its default route over it. */
export function layWire({ here, there, alsoThere }: Wire): void {
  removeWire();
  run("mkdir", "-p", "/run/netns");
  if (spawnSync("mountpoint", ["-q", "/run/netns"]).status !== 0) run("mount", "-t", "tmpfs", "none", "/run/netns");
  run("ip", "netns", "add", PEER);
  run("ip", "link", "set", "lo", "up");
  run("ip", "link", "add", WIRE, "type", "veth", "peer", "name", WIRE, "netns", PEER);
  run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0", `net.ipv4.conf.${WIRE}.rp_filter=0`);
  run("ip", "addr", "add", `${here}/24`, "dev", WIRE);
  run("ip", "link", "set", WIRE, "up");
  for (const address of [`${there}/24`, ...alsoThere.map((one) => `${one}/32`)]) run("ip", "-n", PEER, "addr", "add", address, "dev", WIRE);
  run("ip", "-n", PEER, "link", "set", WIRE, "up");
  run("ip", "-n", PEER, "route", "add", "default", "via", here);
  run("ip", "route", "add", "default", "via", there);
}

/** Takes the wire and the other host away, if they are there. */
export function removeWire(): void {
  spawnSync("ip", ["link", "del", WIRE], { stdio: "ignore" });
  spawnSync("ip", ["netns", "del", PEER], { stdio: "ignore" });
}

/** One packet to send: the first of a connection. */
export interface Sending {
  readonly protocol: string;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly port: number;
}

/** Sends them one after another, from the other host or from this one, and waits a little for what they cause. */
export function send(from: "here" | "there", sendings: readonly Sending[]): void {
  const command = [process.execPath, "-e", SENDER, JSON.stringify(sendings)];
  const [first = "", ...rest] = from === "here" ? command : ["ip", "netns", "exec", PEER, ...command];
  run(first, ...rest);
}

/** The sender's own program: it runs in the other namespace. */
const SENDER = `
const net = require("node:net"), dgram = require("node:dgram");
const list = JSON.parse(process.argv[1]);
list.forEach((one, index) => setTimeout(() => {
  if (one.protocol === "TCP") {
    net.connect({ host: one.destination, port: one.port, localAddress: one.source, localPort: one.sourcePort }).on("error", () => {});
  } else {
    const socket = dgram.createSocket("udp4").on("error", () => {});
    socket.bind(one.sourcePort, one.source, () => socket.send("x", one.port, one.destination, () => {}));
  }
}, index * 10));
setTimeout(() => process.exit(0), list.length * 10 + 150);
`;

function run(command: string, ...words: readonly string[]): void {
  execFileSync(command, words, { stdio: ["ignore", "ignore", "pipe"] });
}
