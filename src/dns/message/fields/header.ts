/** The twelve bytes of the header, field by field and bit by bit. Source: RFC 1035 §4.1.1, RFC 4035 §3.1.6. */
import { rcodeName } from "../codes";
import type { Rcode } from "../types";
import type { WireReader } from "../reader";
import type { FieldWriter } from "./writer";
import type { BitField } from "./types";

const OPCODES: Readonly<Record<number, string>> = { 0: "QUERY", 1: "IQUERY", 2: "STATUS", 4: "NOTIFY", 5: "UPDATE" };

const RCODES_SAY: Readonly<Partial<Record<Rcode, string>>> = {
  NOERROR: "the name exists",
  FORMERR: "the query could not be read",
  SERVFAIL: "the server failed",
  NXDOMAIN: "no such name",
  NOTIMP: "the server does not do that",
  REFUSED: "the server will not answer this",
};

function bit(word: number, at: number, name: string, says: readonly [off: string, on: string]): BitField {
  const value = (word >>> at) & 1;
  return { name, bits: 1, value, says: says[value === 1 ? 1 : 0] };
}

/** The sixteen bits of the third and fourth byte, the highest first. */
export function flagBits(word: number): readonly BitField[] {
  const opcode = (word >>> 11) & 15;
  const rcode = word & 15;
  const name = rcodeName(rcode);
  return [
    bit(word, 15, "QR", ["a query", "a reply"]),
    { name: "OPCODE", bits: 4, value: opcode, says: OPCODES[opcode] ?? `OPCODE${opcode}` },
    bit(word, 10, "AA", ["not from the zone's own server", "from the zone's own server"]),
    bit(word, 9, "TC", ["whole", "cut off: ask again over TCP"]),
    bit(word, 8, "RD", ["recursion not asked for", "recursion asked for"]),
    bit(word, 7, "RA", ["recursion not offered", "recursion offered"]),
    bit(word, 6, "Z", ["always 0", "should be 0"]),
    bit(word, 5, "AD", ["not checked by DNSSEC", "checked by DNSSEC"]),
    bit(word, 4, "CD", ["DNSSEC checks as usual", "DNSSEC checks not wanted"]),
    { name: "RCODE", bits: 4, value: rcode, says: `${name}${RCODES_SAY[name] === undefined ? "" : `, ${RCODES_SAY[name]}`}` },
  ];
}

function flagsInWords(bits: readonly BitField[]): string {
  const set = bits.filter(({ bits: width, value }) => width === 1 && value === 1).map(({ name }) => name.toLowerCase());
  const rcode = bits.at(-1)?.says.split(",")[0] ?? "";
  return [set.join(" "), rcode].filter((words) => words !== "").join(", ");
}

const COUNTS: readonly (readonly [name: string, says: string])[] = [
  ["QDCOUNT", "How many questions follow."],
  ["ANCOUNT", "How many records the answer section has."],
  ["NSCOUNT", "How many records the authority section has. In a negative answer one: the zone's SOA."],
  ["ARCOUNT", "How many records the additional section has, OPT among them."],
];

/** Reads the header; gives the four counts. */
export function headerFields(reader: WireReader, write: FieldWriter): readonly number[] {
  write.field("ID", () => `${reader.word()}`, "The asker chose it; the answer carries it back, and so they belong together.");
  const from = reader.at;
  const bits = flagBits(reader.word());
  write.add({ from, to: reader.at, name: "flags", value: flagsInWords(bits), says: "Sixteen bits, each with its own meaning.", bits });
  return COUNTS.map(([name, says]) => {
    let count = 0;
    write.field(name, () => `${(count = reader.word())}`, says);
    return count;
  });
}
