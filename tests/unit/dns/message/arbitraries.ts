/** Random DNS messages for the laws of the codec. */
import * as fc from "fast-check";
import { ipv6Text } from "../../../../src/dns/message/ipv6";
import type { Message, ResourceRecord } from "../../../../src/dns/message/types";

/** Number of runs of a property, from one setting. */
export const RUNS = { numRuns: Number(process.env.KUBEWALK_PROPERTY_RUNS ?? "50") };

const label = fc.stringMatching(/^[a-zA-Z0-9_-]{1,15}$/);

/** Names of one to six labels; suffixes repeat often enough to be compressed. */
export const anyName = fc
  .tuple(fc.array(label, { minLength: 1, maxLength: 3 }), fc.constantFrom("", "svc.cluster.local.", "example.com."))
  .map(([labels, suffix]) => `${labels.join(".")}.${suffix}`);

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const head = { name: anyName, ttl: fc.integer({ min: 0, max: 0x7fffffff }) };
const address = fc.ipV4();
const address6 = fc.array(u16, { minLength: 8, maxLength: 8 }).map(ipv6Text);

/** A record of any type that we make. */
export const anyRecord: fc.Arbitrary<ResourceRecord> = fc.oneof(
  fc.record({ ...head, type: fc.constant("A" as const), address }),
  fc.record({ ...head, type: fc.constant("AAAA" as const), address: address6 }),
  fc.record({ ...head, type: fc.constantFrom("CNAME" as const, "PTR" as const, "NS" as const), target: anyName }),
  fc.record({ ...head, type: fc.constant("SRV" as const), priority: u16, weight: u16, port: u16, target: anyName }),
  fc.record({ ...head, type: fc.constant("MX" as const), preference: u16, target: anyName }),
  fc.record({
    ...head,
    type: fc.constant("TXT" as const),
    texts: fc.array(fc.stringMatching(/^[ -~]{0,40}$/), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    ...head,
    type: fc.constant("SOA" as const),
    mname: anyName,
    rname: anyName,
    serial: u32,
    refresh: u32,
    retry: u32,
    expire: u32,
    minimum: u32,
  }),
  fc.record({ ...head, type: fc.constant("TYPE65280" as const), data: fc.uint8Array({ maxLength: 20 }) }),
);

const flags = fc.record({
  response: fc.boolean(),
  authoritative: fc.boolean(),
  truncated: fc.boolean(),
  recursionDesired: fc.boolean(),
  recursionAvailable: fc.boolean(),
  authenticData: fc.boolean(),
  checkingDisabled: fc.boolean(),
});

/** A message of up to 24 records, with or without EDNS0. */
export const anyMessage: fc.Arbitrary<Message> = fc.record(
  {
    id: u16,
    opcode: fc.constant(0),
    flags,
    rcode: fc.constantFrom("NOERROR" as const, "NXDOMAIN" as const, "SERVFAIL" as const, "REFUSED" as const),
    questions: fc.array(
      fc.record({ name: anyName, type: fc.constantFrom("A" as const, "AAAA" as const, "SRV" as const), class: fc.constant("IN" as const) }),
      { minLength: 1, maxLength: 1 },
    ),
    answers: fc.array(anyRecord, { maxLength: 8 }),
    authority: fc.array(anyRecord, { maxLength: 8 }),
    additional: fc.array(anyRecord, { maxLength: 8 }),
    edns: fc.record({ udpSize: u16, version: fc.constant(0), dnssecOk: fc.boolean(), options: fc.constant(new Uint8Array()) }),
  },
  { requiredKeys: ["id", "opcode", "flags", "rcode", "questions", "answers", "authority", "additional"] },
);
