/**
 * IPVS at its two places of a hook: answers of real servers get the virtual server's address back, requests to virtual
 * servers get a real server's. The connection table (conntrack) is told of the choice, and that alone: IPVS itself undoes
 * what it did. Source: net/netfilter/ipvs/ip_vs_core.c (ip_vs_out_hook, ip_vs_in_hook), ip_vs_xmit.c (ip_vs_nat_xmit),
 * ip_vs_nfct.c (ip_vs_update_conntrack, ip_vs_conn_drop_conntrack).
 */
import type { SimTime } from "../../../engine/time";
import type { Packet } from "../../../network/packet";
import { deleteEntry, findEntry, type ConntrackTable } from "../conntrack/table";
import { makeTuple } from "../conntrack/tuple";
import type { SocketBuffer } from "../socket-buffer";
import { allServers, connectionOfError, connectionOfReply, connectionOfRequest, type Ported } from "./requests";
import type { IpvsConnection, IpvsState } from "./state";
import { listedServers, realKey, realLine, virtualLine, virtualName, type IpvsTable, type VirtualServer } from "./table";

/** What IPVS did with a packet, for whoever looks. */
export interface IpvsAct {
  readonly kind: "chose" | "knew" | "answered" | "error" | "refused" | "gone";
  /** `ipvsadm-save`'s line of what decided: the real server, or the virtual one where there is none. */
  readonly line: string;
  /** `TCP 10.96.0.10:80`. */
  readonly virtual: string;
  readonly scheduler: VirtualServer["scheduler"] | "";
  readonly persistence: number;
  readonly real: string;
  /** All real servers, as ipvsadm lists them. Those of weight 0 take no new connections. */
  readonly servers: readonly { readonly name: string; readonly line: string; readonly weight: number }[];
}

/** What becomes of the packet. */
export interface IpvsVerdict {
  /** `send`: it leaves from here, and the hook is over for it. */
  readonly kind: "pass" | "translated" | "send" | "drop" | "reject";
  readonly act: IpvsAct | null;
}

const PASS: IpvsVerdict = { kind: "pass", act: null };

/** What IPVS works on. */
export interface IpvsWork {
  readonly state: IpvsState;
  readonly table: IpvsTable;
  readonly conntrack: ConntrackTable;
  readonly skb: SocketBuffer;
  /** Whether somebody wants to know what was done. */
  readonly isTold: boolean;
}

/** Answers: a packet of a real server gets its virtual server as source, an error about one too. */
export function ipvsReply(work: IpvsWork): IpvsVerdict {
  const { state, skb } = work;
  const { packet } = skb;
  const { transport } = packet;
  if (skb.virtual !== undefined) return PASS;
  if (transport.kind === "ICMP") return errorFromReal(work, transport.quoted);
  const connection = connectionOfReply(state, { packet, transport, now: skb.at });
  if (connection === undefined) return PASS;
  skb.packet = { ...packet, src: connection.virtualAddress, transport: { ...transport, srcPort: connection.virtualPort } };
  skb.virtual = virtualOf(connection);
  return { kind: "translated", act: actOf(work, "answered", connection) };
}

function errorFromReal(work: IpvsWork, quoted: Packet | undefined): IpvsVerdict {
  const { state, skb } = work;
  const found = quoted === undefined ? undefined : connectionOfError(state, quoted, skb.at);
  if (found?.from !== "real" || quoted === undefined) return PASS;
  const { connection } = found;
  const { virtualAddress, virtualPort } = connection;
  const inner: Packet = { ...quoted, dst: virtualAddress, transport: withPort(quoted, "dstPort", virtualPort) };
  skb.packet = { ...skb.packet, src: virtualAddress, transport: { ...skb.packet.transport, quoted: inner } as Packet["transport"] };
  skb.virtual = virtualOf(connection);
  return { kind: "translated", act: actOf(work, "error", connection) };
}

function withPort(packet: Packet, side: "srcPort" | "dstPort", port: number): Packet["transport"] {
  const { transport } = packet;
  return transport.kind === "ICMP" ? transport : { ...transport, [side]: port };
}

/** Requests: a packet to a virtual server gets a real one as destination. `isLocal` says whether that is this very host. */
export function ipvsRequest(
  work: IpvsWork,
  isLocal: (address: string) => boolean,
  chosen: (virtual: string) => string | undefined,
): IpvsVerdict {
  const { state, table, skb } = work;
  const { packet } = skb;
  const { transport } = packet;
  if (skb.virtual !== undefined) return PASS;
  if (transport.kind === "ICMP") return errorFromClient(work, transport.quoted);
  const isTracked = skb.flow?.confirmed ?? false;
  const virtual = `${transport.kind.toLowerCase()} ${packet.dst}:${transport.dstPort}`;
  const outcome = connectionOfRequest(state, table, { packet, transport, now: skb.at, isTracked, chosen: chosen(virtual) });
  switch (outcome.kind) {
    case "pass":
      return PASS;
    case "refused":
      return { kind: "reject", act: work.isTold ? refusalOf(outcome.virtual) : null };
    case "gone":
      dropTracked(work.conntrack, outcome.removed, skb.at);
      return { kind: "drop", act: actOf(work, "gone", outcome.removed) };
    case "connection": {
      const { connection, isNew, removed } = outcome;
      if (removed !== null) dropTracked(work.conntrack, removed, skb.at);
      return toReal(work, connection, transport, { isNew, isLocal });
    }
  }
}

interface Way {
  readonly isNew: boolean;
  readonly isLocal: (address: string) => boolean;
}

function toReal(work: IpvsWork, connection: IpvsConnection, transport: Ported, { isNew, isLocal }: Way): IpvsVerdict {
  const { skb } = work;
  const { realAddress, realPort } = connection;
  skb.packet = { ...skb.packet, dst: realAddress, transport: { ...transport, dstPort: realPort } };
  skb.virtual = virtualOf(connection);
  tellConntrack(skb, connection);
  return { kind: isLocal(realAddress) ? "translated" : "send", act: actOf(work, isNew ? "chose" : "knew", connection) };
}

/** An error about an answer goes on to the real server. */
function errorFromClient(work: IpvsWork, quoted: Packet | undefined): IpvsVerdict {
  const { state, skb } = work;
  const found = quoted === undefined ? undefined : connectionOfError(state, quoted, skb.at);
  if (found?.from !== "client" || quoted === undefined) return PASS;
  const { connection } = found;
  const { realAddress, realPort } = connection;
  const inner: Packet = { ...quoted, src: realAddress, transport: withPort(quoted, "srcPort", realPort) };
  skb.packet = { ...skb.packet, dst: realAddress, transport: { ...skb.packet.transport, quoted: inner } as Packet["transport"] };
  skb.virtual = virtualOf(connection);
  return { kind: "send", act: actOf(work, "error", connection) };
}

/** A connection that conntrack has not confirmed yet expects its answers from the real server. It is no translation to conntrack. */
function tellConntrack(skb: SocketBuffer, { realAddress, realPort }: IpvsConnection): void {
  const { flow } = skb;
  if (flow === null || flow.confirmed) return;
  flow.entry = { ...flow.entry, reply: makeTuple({ ...flow.entry.reply, src: realAddress, srcPort: realPort }) };
}

/** A connection that goes takes its entry of the connection table with it. */
export function dropTracked(conntrack: ConntrackTable, connection: IpvsConnection, now: SimTime): void {
  const { protocol, client, clientPort, virtualAddress, virtualPort } = connection;
  const { key } = makeTuple({ protocol, src: client, dst: virtualAddress, srcPort: clientPort, dstPort: virtualPort, icmpType: 0 });
  const entry = findEntry(conntrack, key, now)?.entry;
  if (entry !== undefined) deleteEntry(conntrack, entry);
}

function virtualOf({ protocol, virtualAddress, virtualPort }: IpvsConnection): NonNullable<SocketBuffer["virtual"]> {
  return { protocol, address: virtualAddress, port: virtualPort };
}

function actOf({ state, table, isTold }: IpvsWork, kind: IpvsAct["kind"], connection: IpvsConnection): IpvsAct | null {
  if (!isTold) return null;
  const virtual = table.servers.get(connection.virtual);
  const servers = virtual === undefined ? [] : allServers(state, connection.virtual, virtual);
  const server = servers.find((one) => realKey(one) === connection.real);
  return {
    kind,
    line: virtual === undefined || server === undefined ? "" : realLine(virtual, server),
    virtual: virtualName(virtualOf(connection)),
    scheduler: virtual?.scheduler ?? "",
    persistence: virtual?.persistence ?? 0,
    real: connection.real,
    servers:
      virtual === undefined
        ? []
        : listedServers(servers).map((one) => ({ name: realKey(one), line: realLine(virtual, one), weight: one.weight })),
  };
}

function refusalOf(virtual: VirtualServer): IpvsAct {
  const { scheduler, persistence } = virtual;
  return {
    kind: "refused",
    line: virtualLine(virtual),
    virtual: virtualName(virtual),
    scheduler,
    persistence,
    real: "",
    servers: [],
  };
}
