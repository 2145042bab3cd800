/**
 * DNS messages as plain values (RFC 1035, RFC 3596 AAAA, RFC 2782 SRV, RFC 6891 EDNS0).
 * Names are absolute, in presentation form, in the case in which they were sent, with a trailing dot.
 */
import type { KnownClass, KnownRcode, KnownType } from "./codes";

/** A record or query type: a known mnemonic, or `TYPE65280` as RFC 3597 writes the others. */
export type RecordType = KnownType | `TYPE${number}`;

/** A class: `IN` but for curiosities. */
export type RecordClass = KnownClass | `CLASS${number}`;

/** A response code: a known mnemonic, or `RCODE11`. */
export type Rcode = KnownRcode | `RCODE${number}`;

/** One entry of the question section. */
export interface Question {
  readonly name: string;
  readonly type: RecordType;
  readonly class: RecordClass;
}

interface RecordBase<Type extends RecordType> {
  readonly type: Type;
  /** Owner name. */
  readonly name: string;
  /** Seconds. */
  readonly ttl: number;
}

/** An IPv4 address record; `address` is dotted text. */
export interface ARecord extends RecordBase<"A"> {
  readonly address: string;
}

/** An IPv6 address record; `address` is canonical text (RFC 5952). */
export interface AaaaRecord extends RecordBase<"AAAA"> {
  readonly address: string;
}

/** A record whose data is one name. */
export interface NameRecord extends RecordBase<"CNAME" | "PTR" | "NS"> {
  readonly target: string;
}

/** A service location (RFC 2782). */
export interface SrvRecord extends RecordBase<"SRV"> {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** A mail exchange; only ever forwarded. */
export interface MxRecord extends RecordBase<"MX"> {
  readonly preference: number;
  readonly target: string;
}

/** Start of authority; times in seconds. */
export interface SoaRecord extends RecordBase<"SOA"> {
  readonly mname: string;
  readonly rname: string;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
}

/** Text strings of at most 255 bytes each. */
export interface TxtRecord extends RecordBase<"TXT"> {
  readonly texts: readonly string[];
}

/** A record that we carry and do not read: its data as bytes. */
export interface OpaqueRecord extends RecordBase<`TYPE${number}`> {
  readonly data: Uint8Array;
}

/** A resource record of class IN. */
export type ResourceRecord = ARecord | AaaaRecord | NameRecord | SrvRecord | MxRecord | SoaRecord | TxtRecord | OpaqueRecord;

/** Header bits (RFC 1035 §4.1.1, RFC 4035 for AD and CD). */
export interface Flags {
  /** QR: this is a reply. */
  readonly response: boolean;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly authenticData: boolean;
  readonly checkingDisabled: boolean;
}

/** The OPT pseudo-record of EDNS0 (RFC 6891), lifted out of the additional section. */
export interface Edns {
  /** Largest UDP payload that the sender takes, bytes. */
  readonly udpSize: number;
  readonly version: number;
  readonly dnssecOk: boolean;
  /** Options as raw bytes. */
  readonly options: Uint8Array;
}

/** A query or a reply. */
export interface Message {
  /** 16 bits. */
  readonly id: number;
  /** 0 = QUERY. */
  readonly opcode: number;
  readonly flags: Flags;
  readonly rcode: Rcode;
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authority: readonly ResourceRecord[];
  /** Without OPT, which stands in `edns`. */
  readonly additional: readonly ResourceRecord[];
  readonly edns?: Edns;
}

const QUERY_FLAGS: Flags = {
  response: false,
  authoritative: false,
  truncated: false,
  recursionDesired: true,
  recursionAvailable: false,
  authenticData: false,
  checkingDisabled: false,
};

/** A recursive query of class IN, as a stub resolver sends it. */
export function makeQuery(id: number, name: string, type: RecordType, edns?: Edns): Message {
  const query: Message = {
    id,
    opcode: 0,
    flags: QUERY_FLAGS,
    rcode: "NOERROR",
    questions: [{ name, type, class: "IN" }],
    answers: [],
    authority: [],
    additional: [],
  };
  return edns === undefined ? query : { ...query, edns };
}

/** The parts of a reply that its maker decides; the rest follows from the query. */
export interface ReplyParts {
  readonly rcode?: Rcode;
  readonly authoritative?: boolean;
  readonly truncated?: boolean;
  readonly recursionAvailable?: boolean;
  readonly answers?: readonly ResourceRecord[];
  readonly authority?: readonly ResourceRecord[];
  readonly additional?: readonly ResourceRecord[];
}

/** A reply to `query`: same id and question, QR set, RD and CD copied. */
export function makeReply(query: Message, parts: ReplyParts): Message {
  return {
    id: query.id,
    opcode: query.opcode,
    flags: {
      response: true,
      authoritative: parts.authoritative ?? false,
      truncated: parts.truncated ?? false,
      recursionDesired: query.flags.recursionDesired,
      recursionAvailable: parts.recursionAvailable ?? false,
      authenticData: false,
      checkingDisabled: query.flags.checkingDisabled,
    },
    rcode: parts.rcode ?? "NOERROR",
    questions: query.questions,
    answers: parts.answers ?? [],
    authority: parts.authority ?? [],
    additional: parts.additional ?? [],
  };
}
