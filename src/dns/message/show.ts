/** Records in zone-file form and messages in the form in which `dig` prints them. */
import { wireLength } from "./name";
import type { Message, ResourceRecord } from "./types";
import { encodeMessage } from "./wire";

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The data of a record, as in a zone file. */
export function showData(record: ResourceRecord): string {
  switch (record.type) {
    case "A":
    case "AAAA":
      return record.address;
    case "CNAME":
    case "PTR":
    case "NS":
      return record.target;
    case "MX":
      return `${record.preference} ${record.target}`;
    case "SRV":
      return `${record.priority} ${record.weight} ${record.port} ${record.target}`;
    case "SOA":
      return [record.mname, record.rname, record.serial, record.refresh, record.retry, record.expire, record.minimum].join(" ");
    case "TXT":
      return record.texts.map(quoted).join(" ");
    default:
      return `\\# ${record.data.length} ${hex(record.data)}`.trimEnd();
  }
}

/** `name ttl IN TYPE data`, one space between. */
export function showRecord(record: ResourceRecord): string {
  return `${record.name} ${record.ttl} IN ${record.type} ${showData(record)}`;
}

function flagWords(message: Message): string {
  const { flags } = message;
  const words: readonly (readonly [boolean, string])[] = [
    [flags.response, "qr"],
    [flags.authoritative, "aa"],
    [flags.truncated, "tc"],
    [flags.recursionDesired, "rd"],
    [flags.recursionAvailable, "ra"],
    [flags.authenticData, "ad"],
    [flags.checkingDisabled, "cd"],
  ];
  return words
    .filter(([on]) => on)
    .map(([, word]) => ` ${word}`)
    .join("");
}

function headerLines(message: Message): readonly string[] {
  const opcode = message.opcode === 0 ? "QUERY" : `OPCODE${message.opcode}`;
  const additional = message.additional.length + (message.edns === undefined ? 0 : 1);
  const counts = `QUERY: ${message.questions.length}, ANSWER: ${message.answers.length}, AUTHORITY: ${message.authority.length}, ADDITIONAL: ${additional}`;
  return [`;; ->>HEADER<<- opcode: ${opcode}, status: ${message.rcode}, id: ${message.id}`, `;; flags:${flagWords(message)}; ${counts}`];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `;; ${title} SECTION:`, ...lines];
}

/** Owner, TTL, class, type and data in dig's columns (tabs to 24, 32, 40, 48). */
function digLine(record: ResourceRecord): string {
  const owner = `${record.name}${"\t".repeat(Math.max(1, 3 - (record.name.length >>> 3)))}`;
  return record.name.length >= 24
    ? `${record.name} ${record.ttl}\tIN\t${record.type}\t${showData(record)}`
    : `${owner}${record.ttl}\tIN\t${record.type}\t${showData(record)}`;
}

/**
 * A message as `dig` prints it: header, flags, OPT, the sections that have something, and the size received.
 * Left out: dig's own banner, timing, server and date lines, which belong to a program and a clock.
 */
export function digText(message: Message, size: number = encodeMessage(message).length): string {
  const opt =
    message.edns === undefined
      ? []
      : [
          "",
          ";; OPT PSEUDOSECTION:",
          `; EDNS: version: ${message.edns.version}, flags:${message.edns.dnssecOk ? " do" : ""}; udp: ${message.edns.udpSize}`,
        ];
  const questions = message.questions.map(
    (question) => `;${question.name}${"\t".repeat(Math.max(1, 3 - ((question.name.length + 1) >>> 3)))}${question.class}\t${question.type}`,
  );
  return [
    ...headerLines(message),
    ...opt,
    ...section("QUESTION", questions),
    ...section("ANSWER", message.answers.map(digLine)),
    ...section("AUTHORITY", message.authority.map(digLine)),
    ...section("ADDITIONAL", message.additional.map(digLine)),
    "",
    `;; MSG SIZE  rcvd: ${size}`,
    "",
  ].join("\n");
}

/**
 * Bytes of an uncompressed query for `name`, and of a negative reply whose SOA is that of `zone`.
 * Source: RFC 1035 arithmetic; the figures 72→165 and 84→177 of CoreDNS logs.
 */
export function negativeSizes(name: string, zone: string): { readonly query: number; readonly reply: number } {
  const query = 12 + wireLength(name) + 4;
  const soa = wireLength(zone) + 10 + wireLength(`ns.dns.${zone}`) + wireLength(`hostmaster.${zone}`) + 20;
  return { query, reply: query + soa };
}
