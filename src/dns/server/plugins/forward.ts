/**
 * The forward plugin before an outside world that is a list of records, or the file plugin over the same list.
 * Source: CoreDNS plugin/{forward,file}.
 * Left out: choice among upstreams, health checks, max_concurrent; the time it takes is its caller's.
 */
import { sameName } from "../../message/name";
import type { NameRecord, ResourceRecord, SoaRecord } from "../../message/types";
import type { DnsRequest, PluginReply, Upstream } from "../request";
import { ownReply } from "../request";

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

/** Answers from the world outside: aliases followed, NODATA where the name has other types, else NXDOMAIN. */
export function forwardPlugin(request: DnsRequest): PluginReply {
  const { upstream } = request;
  const { answers, exists } = resolve(request, upstream);
  const reply = ownReply(request, {
    rcode: exists ? "NOERROR" : "NXDOMAIN",
    authoritative: request.config.file,
    recursionAvailable: !request.config.file,
    truncated: exists && upstream.truncated === true,
    answers,
    authority: exists && answers.length > 0 ? (upstream.authority ?? []) : [ROOT_SOA],
  });
  return { ...reply, forwarded: true };
}

function isAlias(record: ResourceRecord): record is NameRecord {
  return record.type === "CNAME";
}

function resolve(
  { question }: DnsRequest,
  { records }: Upstream,
): { readonly answers: readonly ResourceRecord[]; readonly exists: boolean } {
  const answers: ResourceRecord[] = [];
  let name = question.name;
  for (let links = 0; links < 10; links += 1) {
    const here = records.filter((record) => sameName(record.name, name));
    const matching = here.filter((record) => record.type === question.type || question.type === "ANY");
    const alias = here.find(isAlias);
    if (matching.length > 0 || alias === undefined) return { answers: [...answers, ...matching], exists: here.length > 0 };
    answers.push(alias);
    name = alias.target;
  }
  return { answers, exists: true };
}
