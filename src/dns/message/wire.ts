/**
 * The wire form (RFC 1035 §4): header, names with compression pointers, records, EDNS0's OPT.
 * Size rule of CoreDNS (request.Scrub over miekg/dns Msg.Truncate): uncompressed if that fits, else compressed,
 * else whole records dropped from the end with TC set; OPT is never dropped.
 */
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import { rcodeName, rcodeNumber } from "./codes";
import { readOpt, readQuestion, readRecord } from "./read-record";
import { WireReader } from "./reader";
import type { Edns, Flags, Message, Question, ResourceRecord } from "./types";
import { writeOpt, writeQuestion, writeRecord } from "./write-record";
import { WireWriter } from "./writer";

/** Largest message over TCP, bytes. */
export const MAX_MESSAGE = 65535;

/** How a message has to fit. */
export interface EncodeOptions {
  /** Largest size in bytes; default 65535. */
  readonly limit?: number;
  /** Compress above this size even though it would fit (CoreDNS: 1480 for UDP over IPv4). */
  readonly compressAbove?: number;
}

/** The bytes of a message, within `limit`. */
export function encodeMessage(message: Message, options: EncodeOptions = {}): Uint8Array {
  const limit = options.limit ?? MAX_MESSAGE;
  const plain = encode(message, false);
  if (plain.length <= Math.min(limit, options.compressAbove ?? limit)) return plain;
  const compressed = encode(message, true);
  return compressed.length <= limit ? compressed : encode(trim(message, limit), true);
}

function flagBits(message: Message): number {
  const { flags } = message;
  const bits: readonly (readonly [boolean, number])[] = [
    [flags.response, 0x8000],
    [flags.authoritative, 0x0400],
    [flags.truncated, 0x0200],
    [flags.recursionDesired, 0x0100],
    [flags.recursionAvailable, 0x0080],
    [flags.authenticData, 0x0020],
    [flags.checkingDisabled, 0x0010],
  ];
  const set = bits.reduce((word, [on, bit]) => (on ? word | bit : word), 0);
  return set | ((message.opcode & 15) << 11) | (rcodeNumber(message.rcode) & 15);
}

function encode(message: Message, compress: boolean): Uint8Array {
  const writer = new WireWriter(compress);
  const additional = message.additional.length + (message.edns === undefined ? 0 : 1);
  const counts = [message.questions.length, message.answers.length, message.authority.length, additional];
  for (const word of [message.id, flagBits(message), ...counts]) writer.word(word);
  for (const question of message.questions) writeQuestion(writer, question);
  for (const record of [...message.answers, ...message.authority, ...message.additional]) writeRecord(writer, record);
  if (message.edns !== undefined) writeOpt(writer, message.edns, message.rcode);
  return writer.bytes();
}

/** As many whole records from the front as fit; TC because something is missing (Msg.Truncate sets it for any record). */
function trim(message: Message, limit: number): Message {
  const total = message.answers.length + message.authority.length + message.additional.length;
  let low = 0;
  let high = total;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (encode(keep(message, middle), true).length <= limit) low = middle;
    else high = middle - 1;
  }
  return keep(message, low);
}

function keep(message: Message, count: number): Message {
  const authorityFrom = message.answers.length;
  const additionalFrom = authorityFrom + message.authority.length;
  return {
    ...message,
    flags: { ...message.flags, truncated: true },
    answers: message.answers.slice(0, count),
    authority: message.authority.slice(0, Math.max(0, count - authorityFrom)),
    additional: message.additional.slice(0, Math.max(0, count - additionalFrom)),
  };
}

function flagsOf(word: number): Flags {
  return {
    response: (word & 0x8000) !== 0,
    authoritative: (word & 0x0400) !== 0,
    truncated: (word & 0x0200) !== 0,
    recursionDesired: (word & 0x0100) !== 0,
    recursionAvailable: (word & 0x0080) !== 0,
    authenticData: (word & 0x0020) !== 0,
    checkingDisabled: (word & 0x0010) !== 0,
  };
}

/** A section is read record by record; OPT goes to `edns`. */
function readSection(reader: WireReader, count: number, onOpt: (edns: Edns, highRcode: number) => void): readonly ResourceRecord[] {
  const records: ResourceRecord[] = [];
  for (let index = 0; index < count && reader.failure === undefined; index += 1) {
    const opt = readOpt(reader);
    if (opt !== undefined) onOpt(opt.edns, opt.highRcode);
    else records.push(readRecord(reader));
  }
  return records;
}

/** The message in `bytes`; malformed bytes are a Problem that says at which byte. Bytes after the message are ignored. */
export function decodeMessage(bytes: Uint8Array): Result<Message> {
  const reader = new WireReader(bytes);
  const message = decode(reader);
  return reader.failure === undefined ? ok(message) : failAt(reader.failure);
}

function decode(reader: WireReader): Message {
  const id = reader.word();
  const bits = reader.word();
  const counts = [reader.word(), reader.word(), reader.word(), reader.word()] as const;
  const questions: Question[] = [];
  for (let index = 0; index < counts[0] && reader.failure === undefined; index += 1) questions.push(readQuestion(reader));
  let edns: Edns | undefined;
  let rcode = bits & 15;
  const onOpt = (opt: Edns, highRcode: number): void => {
    edns = opt;
    rcode |= highRcode << 4;
  };
  const answers = readSection(reader, counts[1], onOpt);
  const authority = readSection(reader, counts[2], onOpt);
  const additional = readSection(reader, counts[3], onOpt);
  const message: Message = {
    id,
    opcode: (bits >>> 11) & 15,
    flags: flagsOf(bits),
    rcode: rcodeName(rcode),
    questions,
    answers,
    authority,
    additional,
  };
  return edns === undefined ? message : { ...message, edns };
}
