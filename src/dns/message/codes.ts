/** Numbers and mnemonics of DNS types, classes and response codes. Source: IANA "Domain Name System (DNS) Parameters". */
import type { Rcode, RecordClass, RecordType } from "./types";

const TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  OPT: 41,
  DS: 43,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  SVCB: 64,
  HTTPS: 65,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
  CAA: 257,
} as const;

const CLASSES = { IN: 1, CH: 3, HS: 4, NONE: 254, ANY: 255 } as const;

const RCODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

/** Types that we know by name. */
export type KnownType = keyof typeof TYPES;

/** Classes that we know by name. */
export type KnownClass = keyof typeof CLASSES;

/** Response codes that we know by name. */
export type KnownRcode = keyof typeof RCODES;

function isKey<T extends object>(table: T, key: string | number | symbol): key is keyof T {
  return Object.hasOwn(table, key);
}

function nameOf<T extends Readonly<Record<string, number>>>(table: T, code: number): keyof T | undefined {
  for (const name in table) if (table[name] === code) return name;
  return undefined;
}

function numberedCode(text: string): number {
  return Number(text.replace(/^[A-Z]+/, ""));
}

/** The number of a type. */
export function typeCode(type: RecordType): number {
  return isKey(TYPES, type) ? TYPES[type] : numberedCode(type);
}

/** The mnemonic of a type number. */
export function typeName(code: number): RecordType {
  return nameOf(TYPES, code) ?? `TYPE${code}`;
}

/** Reads a type that a person wrote (`a`, `AAAA`, `TYPE65`); undefined where it is none. */
export function parseType(text: string): RecordType | undefined {
  const upper = text.toUpperCase();
  if (isKey(TYPES, upper)) return upper;
  return /^TYPE\d{1,5}$/.test(upper) && numberedCode(upper) <= 0xffff ? typeName(numberedCode(upper)) : undefined;
}

/** The number of a class. */
export function classCode(name: RecordClass): number {
  return isKey(CLASSES, name) ? CLASSES[name] : numberedCode(name);
}

/** The mnemonic of a class number. */
export function className(code: number): RecordClass {
  return nameOf(CLASSES, code) ?? `CLASS${code}`;
}

/** The number of a response code. */
export function rcodeNumber(rcode: Rcode): number {
  return isKey(RCODES, rcode) ? RCODES[rcode] : numberedCode(rcode);
}

/** The mnemonic of a response code. */
export function rcodeName(code: number): Rcode {
  return nameOf(RCODES, code) ?? `RCODE${code}`;
}
