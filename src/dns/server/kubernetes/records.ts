/**
 * Candidates into records, by question type. Source: CoreDNS plugin/backend_lookup.go (A, AAAA, SRV, CNAME, PTR, SOA).
 * Owners repeat the query's name, case and all.
 */
import { isUnder, sameName } from "../../message/name";
import type { NameRecord, ResourceRecord, SoaRecord } from "../../message/types";
import type { Candidate, Lookup, NoSuchName } from "./candidates";
import { candidates } from "./candidates";

/** Records for the answer and additional sections, or that there is no such name. */
export type Found =
  | { readonly answers: readonly ResourceRecord[]; readonly additional: readonly ResourceRecord[]; readonly truncated: boolean }
  | NoSuchName;

/** Records without more. */
export function foundRecords(answers: readonly ResourceRecord[], additional: readonly ResourceRecord[] = [], truncated = false): Found {
  return { answers, additional, truncated };
}

/** Asks the whole chain again for a name outside the zone; the reply's answers and TC. */
export type AskOutside = (name: string, type: "A" | "AAAA") => { readonly answers: readonly ResourceRecord[]; readonly truncated: boolean };

const CHAIN_LIMIT = 10;

/** A or AAAA: addresses of that family, each once; an alias is followed, inside the zone here, outside by the chain. */
export function addressRecords(
  lookup: Lookup,
  name: string,
  type: "A" | "AAAA",
  outside: AskOutside,
  before: readonly NameRecord[] = [],
): Found {
  const list = candidates(lookup, name);
  if (list === "no such name") return list;
  const answers: ResourceRecord[] = [];
  let truncated = false;
  for (const candidate of list) {
    if (candidate.kind === "address") {
      const known = answers.some((record) => record.type === type && record.address === candidate.address);
      if (candidate.type === type && !known) answers.push({ type, name, ttl: lookup.options.ttl, address: candidate.address });
      continue;
    }
    const followed = followAlias(lookup, { type: "CNAME", name, ttl: lookup.options.ttl, target: candidate.target }, type, outside, before);
    answers.push(...followed.answers);
    truncated ||= followed.truncated;
  }
  return foundRecords(answers, [], truncated);
}

/** An alias into the zone that leads to nothing is not shown; one that leads out of it always is. */
function followAlias(
  lookup: Lookup,
  alias: NameRecord,
  type: "A" | "AAAA",
  outside: AskOutside,
  before: readonly NameRecord[],
): ReturnType<AskOutside> {
  const nothing = { answers: [], truncated: false };
  const loops = sameName(alias.name, alias.target) || before.some((link) => sameName(link.target, alias.target));
  if (loops || before.length >= CHAIN_LIMIT) return nothing;
  if (!isUnder(lookup.zone, alias.target)) {
    const reply = outside(alias.target, type);
    return { answers: [alias, ...reply.answers], truncated: reply.truncated };
  }
  const inside = addressRecords(lookup, alias.target, type, outside, [...before, alias]);
  if (inside === "no such name" || inside.answers.length === 0) return nothing;
  return { answers: [alias, ...inside.answers], truncated: inside.truncated };
}

/** CNAME: the first alias under the name. */
export function aliasRecords(lookup: Lookup, name: string): Found {
  const list = candidates(lookup, name);
  if (list === "no such name") return list;
  const alias = list.find((candidate) => candidate.kind === "alias");
  return foundRecords(alias === undefined ? [] : [{ type: "CNAME", name, ttl: lookup.options.ttl, target: alias.target }]);
}

/**
 * SRV: one record per target and port, every address of the targets in additional. The weight shares 100 among all
 * candidates before doubles are dropped (two addresses of one Service: 50), and is at least 1.
 */
export function srvRecords(lookup: Lookup, name: string): Found {
  const list = candidates(lookup, name);
  if (list === "no such name") return list;
  const { ttl } = lookup.options;
  const addresses = list.filter((candidate) => candidate.kind === "address");
  const weight = Math.max(1, Math.floor(100 / addresses.length));
  const answers = new Map<string, ResourceRecord>();
  const additional = new Map<string, ResourceRecord>();
  for (const { type, address, port, target } of addresses.filter((candidate) => candidate.port !== -1)) {
    answers.set(`${target} ${port}`, { type: "SRV", name, ttl, priority: 0, weight, port, target });
    additional.set(`${target} ${address}`, { type, name: target, ttl, address });
  }
  return foundRecords([...answers.values()], [...additional.values()]);
}

/** Whether the name exists, for types that have no records here. */
export function existence(list: readonly Candidate[] | NoSuchName): Found {
  return list === "no such name" ? list : foundRecords([]);
}

/** The zone's SOA; in a negative reply its TTL is at most 300 s. */
export function soaRecord(zone: string, ttl: number, serial: number): SoaRecord {
  return {
    type: "SOA",
    name: zone,
    ttl: Math.min(ttl, 300),
    mname: `ns.dns.${zone}`,
    rname: `hostmaster.${zone}`,
    serial,
    refresh: 7200,
    retry: 1800,
    expire: 86400,
    minimum: ttl,
  };
}
