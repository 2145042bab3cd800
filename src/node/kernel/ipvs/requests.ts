/**
 * Packets to virtual servers: which connection one belongs to, or which real server a new one gets.
 * Source: net/netfilter/ipvs/ip_vs_core.c (ip_vs_in_hook, ip_vs_schedule, ip_vs_sched_persist, ip_vs_leave), with the
 * sysctls as kube-proxy leaves them: conntrack 1, conn_reuse_mode 1, expire_nodest_conn 1, expire_quiescent_template 1.
 */
import { compareText } from "../../../base/order";
import { after, seconds, type SimTime } from "../../../engine/time";
import { ip, showEndpoint, type IpAddress } from "../../../network/address";
import type { Packet, Transport } from "../../../network/packet";
import { PROTOCOL_NAMES } from "../../../network/packet";
import { schedule } from "./schedulers";
import { countConnections, removeConnection, writeConnection, type IpvsConnection, type IpvsState } from "./state";
import { realKey, serverByKey, virtualKey, type IpvsTable, type RealServer, type VirtualServer } from "./table";
import { ipvsTimeout, nextState, type IpvsConnectionState } from "./tcp-states";

/** A transport with ports. */
export type Ported = Exclude<Transport, { readonly kind: "ICMP" }>;

/** What a request comes to. */
export type RequestOutcome =
  /** Not IPVS's business. */
  | { readonly kind: "pass" }
  | { readonly kind: "connection"; readonly connection: IpvsConnection; readonly isNew: boolean; readonly removed: IpvsConnection | null }
  /** A virtual server that has nobody for it: ICMP port unreachable goes back. */
  | { readonly kind: "refused"; readonly virtual: VirtualServer }
  /** Its connection's real server is gone, and its entry in the connection table is the old one: dropped, both go. */
  | { readonly kind: "gone"; readonly removed: IpvsConnection };

/** A packet with ports as a request, and what else decides. */
export interface Request {
  readonly packet: Packet;
  readonly transport: Ported;
  readonly now: SimTime;
  /** Whether conntrack knew the connection before. */
  readonly isTracked: boolean;
  /** A real server to take instead of the scheduler's choice, `address:port`. */
  readonly chosen: string | undefined;
}

/** The connection of a request; a new one where the virtual server takes it. */
export function connectionOfRequest(state: IpvsState, table: IpvsTable, request: Request): RequestOutcome {
  const { now, isTracked } = request;
  const known = livingConnection(state, keyOfRequest(request), now);
  if (known === undefined) return scheduled(state, table, request, null);
  const server = serverNamed(state, table, known.virtual, known.real);
  const isNewOne = opens(request.transport);
  const isOver = isNewOne && (known.state === "TIME_WAIT" || server?.weight === 0);
  if (server !== undefined && !isOver)
    return { kind: "connection", connection: follow(state, known, "input", request), isNew: false, removed: null };
  removeConnection(state, known);
  return isTracked ? { kind: "gone", removed: known } : scheduled(state, table, request, known);
}

/** The connection that a packet of a real server belongs to; its state follows. Undefined where it is no answer. */
export function connectionOfReply(
  state: IpvsState,
  { packet, transport, now }: Pick<Request, "packet" | "transport" | "now">,
): IpvsConnection | undefined {
  const key = state.replies.get(`${PROTOCOL_NAMES[transport.kind]} ${ends(packet, transport)}`);
  const known = key === undefined ? undefined : livingConnection(state, key, now);
  return known === undefined ? undefined : follow(state, known, "output", { transport, now });
}

/** The connection that an ICMP error is about: its quoted packet is one to a real server, or one from the virtual server to the client. */
export function connectionOfError(
  state: IpvsState,
  quoted: Packet,
  now: SimTime,
): { readonly connection: IpvsConnection; readonly from: "real" | "client" } | undefined {
  const { transport } = quoted;
  if (transport.kind === "ICMP") return undefined;
  const reversed = `${PROTOCOL_NAMES[transport.kind]} ${showEndpoint(quoted.dst, transport.dstPort)} ${showEndpoint(quoted.src, transport.srcPort)}`;
  const replied = state.replies.get(reversed);
  const toReal = replied === undefined ? undefined : livingConnection(state, replied, now);
  if (toReal !== undefined) return { connection: toReal, from: "real" };
  const toClient = livingConnection(state, reversed, now);
  return toClient === undefined ? undefined : { connection: toClient, from: "client" };
}

/** The real servers of a virtual one that stand in the kernel: those of the table, and those that are drained. */
export function allServers(state: IpvsState, key: string, { servers }: VirtualServer): readonly RealServer[] {
  const drained = state.drained.get(key);
  if (drained === undefined) return servers;
  return [...servers, ...drained].toSorted((a, b) => compareText(realKey(a), realKey(b)));
}

/** A real server by name; undefined where it is gone, or its virtual server is. */
export function serverNamed(state: IpvsState, table: IpvsTable, virtual: string, real: string): RealServer | undefined {
  const found = table.servers.get(virtual);
  if (found === undefined) return undefined;
  return serverByKey(found, real) ?? state.drained.get(virtual)?.find((server) => realKey(server) === real);
}

function ends({ src, dst }: Packet, { srcPort, dstPort }: Ported): string {
  return `${showEndpoint(src, srcPort)} ${showEndpoint(dst, dstPort)}`;
}

function keyOfRequest({ packet, transport }: Pick<Request, "packet" | "transport">): string {
  return `${PROTOCOL_NAMES[transport.kind]} ${ends(packet, transport)}`;
}

function livingConnection(state: IpvsState, key: string, now: SimTime): IpvsConnection | undefined {
  const found = state.connections.get(key);
  if (found === undefined || found.expires > now) return found;
  removeConnection(state, found);
  return undefined;
}

/** Only a SYN opens a TCP connection; any datagram opens one of the others. */
function opens(transport: Ported): boolean {
  return transport.kind !== "TCP" || transport.flags === "S";
}

function follow(
  state: IpvsState,
  known: IpvsConnection,
  direction: "input" | "output",
  { transport, now }: Pick<Request, "transport" | "now">,
): IpvsConnection {
  const next = stateAfter(known.state, direction, transport);
  const expires = after(now, ipvsTimeout(next));
  const followed = { ...known, state: next, expires };
  writeConnection(state, followed, now);
  holdTemplate(state, followed);
  return followed;
}

function stateAfter(from: IpvsConnectionState, direction: "input" | "output", transport: Ported): IpvsConnectionState {
  return transport.kind !== "TCP" || from === "UDP" || from === "SCTP" ? from : nextState(direction, transport.flags, from);
}

/** A client's place lives at least as long as its connections. */
function holdTemplate({ templates }: IpvsState, { template, expires }: IpvsConnection): void {
  const held = template === null ? undefined : templates.get(template);
  if (template !== null && held !== undefined && held.expires < expires) templates.set(template, { ...held, expires });
}

function scheduled(state: IpvsState, table: IpvsTable, request: Request, removed: IpvsConnection | null): RequestOutcome {
  const { packet, transport, now } = request;
  const place = { protocol: PROTOCOL_NAMES[transport.kind], address: packet.dst, port: transport.dstPort };
  const key = virtualKey(place);
  const virtual = opens(transport) ? table.servers.get(key) : undefined;
  if (virtual === undefined) return { kind: "pass" };
  const template = virtual.persistence === 0 ? null : `${key} ${packet.src}`;
  const server = persistentServer(state, table, key, template, now) ?? choose(state, key, virtual, request);
  if (server === null) return { kind: "refused", virtual };
  if (template !== null) state.templates.set(template, { real: realKey(server), expires: after(now, seconds(virtual.persistence)) });
  const connection = makeConnection(request, { key, server, template });
  writeConnection(state, connection, now);
  holdTemplate(state, connection);
  return { kind: "connection", connection, isNew: true, removed };
}

/** Where the client went before; a real server that takes no new connections takes none of these either. */
function persistentServer(state: IpvsState, table: IpvsTable, key: string, template: string | null, now: SimTime): RealServer | undefined {
  const held = template === null ? undefined : state.templates.get(template);
  if (held === undefined || held.expires <= now) return undefined;
  const server = serverNamed(state, table, key, held.real);
  return server !== undefined && server.weight > 0 ? server : undefined;
}

function choose(state: IpvsState, key: string, virtual: VirtualServer, { packet, transport, now, chosen }: Request): RealServer | null {
  const servers = allServers(state, key, virtual);
  const given = servers.find((server) => realKey(server) === chosen && server.weight > 0);
  if (given !== undefined) return given;
  const { server, place } = schedule({
    virtual,
    servers,
    client: packet.src,
    clientPort: transport.srcPort,
    place: state.places.get(key),
    counts: () => countConnections(state, key, now),
  });
  if (place !== undefined) state.places.set(key, place);
  return server;
}

interface Chosen {
  readonly key: string;
  readonly server: RealServer;
  readonly template: string | null;
}

function makeConnection(request: Request, { key, server, template }: Chosen): IpvsConnection {
  const { packet, transport, now } = request;
  const protocol = PROTOCOL_NAMES[transport.kind];
  const state = transport.kind === "TCP" ? nextState("input", transport.flags, "NONE") : transport.kind;
  const client = showEndpoint(packet.src, transport.srcPort);
  const realAddress: IpAddress = ip(server.address);
  return {
    key: keyOfRequest(request),
    replyKey: `${protocol} ${realKey(server)} ${client}`,
    virtual: key,
    real: realKey(server),
    protocol,
    client: packet.src,
    clientPort: transport.srcPort,
    virtualAddress: packet.dst,
    virtualPort: transport.dstPort,
    realAddress,
    realPort: server.port,
    state,
    expires: after(now, ipvsTimeout(state)),
    template,
  };
}
