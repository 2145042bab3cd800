/** The world outside as a list of records: what a resolver there, or a zone file, answers from it. */
import { sameName } from "../message/name";
import type { Message, NameRecord, Question, ResourceRecord, SoaRecord } from "../message/types";
import { makeReply } from "../message/types";
import type { Upstream } from "./request";

/** The root zone's SOA, as it stands in answers about names that do not exist. */
const ROOT_SOA: SoaRecord = {
  type: "SOA",
  name: ".",
  ttl: 86_400,
  mname: "a.root-servers.net.",
  rname: "nstld.verisign-grs.com.",
  serial: 2_026_010_100,
  refresh: 1800,
  retry: 900,
  expire: 604_800,
  minimum: 86_400,
};

/** Aliases followed, NODATA where the name has other types, else NXDOMAIN. `isZone`: as the zone's own server (the file plugin). */
export function answerOutside(query: Message, question: Question, upstream: Upstream, isZone: boolean): Message {
  const { answers, exists } = resolve(question, upstream);
  return makeReply(query, {
    rcode: exists ? "NOERROR" : "NXDOMAIN",
    authoritative: isZone,
    recursionAvailable: !isZone,
    truncated: exists && upstream.truncated === true,
    answers,
    authority: exists && answers.length > 0 ? (upstream.authority ?? []) : [ROOT_SOA],
  });
}

function isAlias(record: ResourceRecord): record is NameRecord {
  return record.type === "CNAME";
}

/** The records of a name; where it does not exist, those of the wildcard nearest above it (RFC 4592), under its own name. */
function recordsAt(records: readonly ResourceRecord[], name: string): readonly ResourceRecord[] {
  const own = records.filter((record) => sameName(record.name, name));
  if (own.length > 0) return own;
  for (let dot = name.indexOf("."); dot >= 0 && dot + 1 < name.length; dot = name.indexOf(".", dot + 1)) {
    const parent = name.slice(dot + 1);
    const wild = records.filter((record) => sameName(record.name, `*.${parent}`));
    if (wild.length > 0) return wild.map((record) => ({ ...record, name }));
    if (records.some((record) => sameName(record.name, parent))) return [];
  }
  return [];
}

function resolve(question: Question, { records }: Upstream): { readonly answers: readonly ResourceRecord[]; readonly exists: boolean } {
  const answers: ResourceRecord[] = [];
  let name = question.name;
  for (let links = 0; links < 10; links += 1) {
    const here = recordsAt(records, name);
    const matching = here.filter((record) => record.type === question.type || question.type === "ANY");
    const alias = here.find(isAlias);
    if (matching.length > 0 || alias === undefined) return { answers: [...answers, ...matching], exists: here.length > 0 };
    answers.push(alias);
    name = alias.target;
  }
  return { answers, exists: true };
}
