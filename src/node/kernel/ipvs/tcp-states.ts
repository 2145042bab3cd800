/**
 * What IPVS makes of the segments that it sees, and how long a connection is kept in each state. It follows flags alone.
 * Source: net/netfilter/ipvs/ip_vs_proto_tcp.c (tcp_states, tcp_timeouts), ip_vs_proto_udp.c, ip_vs_proto_sctp.c.
 */
import { seconds, type Micros } from "../../../engine/time";
import type { TcpFlags } from "../../../network/packet";

/** States in ipvsadm's words. */
export type IpvsTcpState =
  | "NONE"
  | "ESTABLISHED"
  | "SYN_SENT"
  | "SYN_RECV"
  | "FIN_WAIT"
  | "TIME_WAIT"
  | "CLOSE"
  | "CLOSE_WAIT"
  | "LAST_ACK";

/** State of a connection; those of UDP and SCTP have one each here. */
export type IpvsConnectionState = IpvsTcpState | "UDP" | "SCTP";

type Kind = "syn" | "fin" | "ack" | "rst";

const COLUMNS: readonly IpvsTcpState[] = [
  "NONE",
  "ESTABLISHED",
  "SYN_SENT",
  "SYN_RECV",
  "FIN_WAIT",
  "TIME_WAIT",
  "CLOSE",
  "CLOSE_WAIT",
  "LAST_ACK",
];

const CODES: Readonly<Record<string, IpvsTcpState>> = {
  ES: "ESTABLISHED",
  SS: "SYN_SENT",
  SR: "SYN_RECV",
  FW: "FIN_WAIT",
  TW: "TIME_WAIT",
  CL: "CLOSE",
  CW: "CLOSE_WAIT",
  LA: "LAST_ACK",
};

/** One code a state of COLUMNS, so that each row can be read beside the kernel's. LISTEN and SYNACK are never entered here. */
const ROWS: Readonly<Record<"input" | "output", Readonly<Record<Kind, readonly string[]>>>> = {
  input: {
    syn: ["SR", "ES", "ES", "SR", "SR", "SR", "SR", "SR", "SR"],
    fin: ["CL", "CW", "SS", "TW", "TW", "TW", "CL", "CW", "LA"],
    ack: ["CL", "ES", "SS", "ES", "FW", "TW", "CL", "CW", "CL"],
    rst: ["CL", "CL", "CL", "SR", "CL", "CL", "CL", "CL", "LA"],
  },
  output: {
    syn: ["SS", "ES", "SS", "SR", "SS", "SS", "SS", "SS", "SS"],
    fin: ["TW", "FW", "SS", "TW", "FW", "TW", "CL", "TW", "LA"],
    ack: ["ES", "ES", "SS", "ES", "FW", "TW", "CL", "CW", "LA"],
    rst: ["CL", "CL", "SS", "CL", "CL", "TW", "CL", "CL", "CL"],
  },
};

function kindOf(flags: TcpFlags): Kind {
  if (flags.includes("R")) return "rst";
  if (flags.includes("S")) return "syn";
  return flags.includes("F") ? "fin" : "ack";
}

/** Where a segment leads from a state; `input` comes from the client, `output` from the real server. */
export function nextState(direction: "input" | "output", flags: TcpFlags, from: IpvsTcpState): IpvsTcpState {
  return CODES[ROWS[direction][kindOf(flags)][COLUMNS.indexOf(from)] ?? ""] ?? "CLOSE";
}

const TIMEOUTS: Readonly<Record<IpvsConnectionState, number>> = {
  NONE: 2,
  ESTABLISHED: 900,
  SYN_SENT: 120,
  SYN_RECV: 60,
  FIN_WAIT: 120,
  TIME_WAIT: 120,
  CLOSE: 10,
  CLOSE_WAIT: 60,
  LAST_ACK: 30,
  UDP: 300,
  SCTP: 60,
};

/** How long a connection is kept from its last packet on. */
export function ipvsTimeout(state: IpvsConnectionState): Micros {
  return seconds(TIMEOUTS[state]);
}
