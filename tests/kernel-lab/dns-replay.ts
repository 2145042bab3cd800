/** CoreDNS's answers of a small cluster, served over loopback UDP and TCP for as long as a test lasts. */
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { digText } from "../../src/dns/message/show";
import type { Message } from "../../src/dns/message/types";
import { decodeMessage } from "../../src/dns/message/wire";
import { DnsCache } from "../../src/dns/server/cache-store";
import { answerQuery, replyBytes } from "../../src/dns/server/chain";
import { kubeadmConfig } from "../../src/dns/server/config";
import { START } from "../../src/engine/time";
import { parseRecord } from "../../src/dns/message/zone-text";
import { clusterOf } from "../dns/zone-fixture";

const MANY = Array.from({ length: 100 }, (_, index) => `{addresses: [10.244.3.${index + 1}]}`).join(", ");

const CLUSTER = clusterOf(`
{kind: Namespace, metadata: {name: default}}
---
{kind: Namespace, metadata: {name: shop}}
---
{kind: Service, metadata: {name: web}, spec: {clusterIP: 10.96.0.50, ports: [{name: http, port: 80}]}}
---
{kind: Service, metadata: {name: both, namespace: shop}, spec: {clusterIPs: [10.96.0.51, "fd00::51"], ports: [{name: http, port: 80}]}}
---
{kind: Service, metadata: {name: db, namespace: shop}, spec: {clusterIP: None, ports: [{name: sql, port: 5432}]}}
---
{kind: EndpointSlice, metadata: {name: db-a, namespace: shop, labels: {kubernetes.io/service-name: db}}, addressType: IPv4, ports: [{name: sql, port: 15432}], endpoints: [{addresses: [10.244.1.5], hostname: db-0}, {addresses: [10.244.2.6]}]}
---
{kind: Service, metadata: {name: many}, spec: {clusterIP: None}}
---
{kind: EndpointSlice, metadata: {name: many-a, namespace: default, labels: {kubernetes.io/service-name: many}}, addressType: IPv4, endpoints: [${MANY}]}
---
{kind: Service, metadata: {name: out, namespace: shop}, spec: {type: ExternalName, externalName: www.example.com}}
`);

const OUTSIDE = ["www.example.com. 300 IN A 192.0.2.7", "example.com. 300 IN MX 10 mail.example.com."].map((text) => {
  const read = parseRecord(text);
  if (!read.ok) throw new Error(read.problem.message);
  return read.value;
});

/** The reply to a query that came as bytes; null where they are no query. */
export function replyTo(wire: Uint8Array, transport: "udp" | "tcp"): Uint8Array | null {
  const read = decodeMessage(wire);
  if (!read.ok) return null;
  const query: Message = read.value;
  const upstream = { records: OUTSIDE };
  const asked = { query, view: CLUSTER, config: kubeadmConfig(), cache: new DnsCache(), now: START, draw: () => 0, upstream };
  return replyBytes(query, answerQuery(asked).reply, transport);
}

/** A running server. */
export interface Replay {
  readonly port: number;
  /** What was sent last over a transport, in dig's form. */
  sent(transport: "udp" | "tcp"): string;
  close(): Promise<void>;
}

/** The reply to a query that came as bytes; null where they are no query. */
export type ReplyTo = (wire: Uint8Array, transport: "udp" | "tcp") => Uint8Array | null;

/** Serves until it is closed, on one port for both transports. */
export async function startReplay(reply: ReplyTo = replyTo): Promise<Replay> {
  const sent = { udp: "", tcp: "" };
  const answer = (wire: Uint8Array, transport: "udp" | "tcp"): Uint8Array => {
    const given = reply(wire, transport) ?? new Uint8Array();
    const read = decodeMessage(given);
    sent[transport] = read.ok ? digText(read.value, given.length) : "";
    return given;
  };
  const udp = createSocket("udp4", (wire, from) => udp.send(answer(wire, "udp"), from.port, from.address));
  const tcp = createServer((socket) => serveTcp(socket, (wire) => answer(wire, "tcp")));
  await new Promise<void>((done) => tcp.listen(0, "127.0.0.1", done));
  const { port } = addressOf(tcp.address());
  await new Promise<void>((done) => udp.bind(port, "127.0.0.1", done));
  return {
    port,
    sent: (transport) => sent[transport],
    close: async () => {
      await new Promise<void>((done) => udp.close(done));
      await new Promise<void>((done) => tcp.close(() => done()));
    },
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address;
}

/** Over TCP each message follows its length in two bytes (RFC 1035 §4.2.2). */
function serveTcp(socket: Socket, answer: (wire: Uint8Array) => Uint8Array): void {
  let held = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.setTimeout(5000, () => socket.destroy());
  socket.on("data", (piece: Buffer) => {
    held = Buffer.concat([held, piece]);
    while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
      const end = 2 + held.readUInt16BE(0);
      const reply = answer(held.subarray(2, end));
      socket.write(Buffer.concat([Buffer.from([reply.length >>> 8, reply.length & 255]), reply]));
      held = held.subarray(end);
    }
  });
}
