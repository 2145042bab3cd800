/** Runs every case and says, id by id, what differs; an empty text is agreement. */
import { START } from "../../src/engine/time";
import { showRecord } from "../../src/dns/message/show";
import { parseType } from "../../src/dns/message/codes";
import { makeQuery, makeReply } from "../../src/dns/message/types";
import type { Message, ResourceRecord } from "../../src/dns/message/types";
import { parseRecord } from "../../src/dns/message/zone-text";
import { nextSteps, startLookup } from "../../src/dns/resolver/glibc";
import type { LookupInput, LookupStep } from "../../src/dns/resolver/lookup";
import { nextMuslSteps, startMuslLookup } from "../../src/dns/resolver/musl";
import {
  CONF_LIMITS,
  dnsBase,
  fitNameservers,
  fitSearch,
  mergeOptions,
  parseResolvConf,
  podResolvConf,
} from "../../src/dns/resolver/resolv-conf";
import { DnsCache } from "../../src/dns/server/cache-store";
import { answerQuery } from "../../src/dns/server/chain";
import { kubeadmConfig } from "../../src/dns/server/config";
import { readCorefile } from "../../src/dns/server/corefile-fields";
import { endpointLabel } from "../../src/dns/server/kubernetes/informers";
import { parseClusterName } from "../../src/dns/server/kubernetes/parse";
import { inSearchPath, walkSearch } from "../../src/dns/server/plugins/autopath";
import type { DnsRequest } from "../../src/dns/server/request";
import { ownReply, SETTLED } from "../../src/dns/server/request";
import { viewOf } from "../fixtures/view-of-objects";
import { sectionDiffers } from "./dns-sections";
import type { DnsCases, LimitCase, PodConfCase, QueryCase, VectorCase, WalkCase } from "./dns-cases";

export type Outcomes = Map<string, string>;

function differs(what: string, got: unknown, want: unknown): string {
  const [a, b] = [JSON.stringify(got), JSON.stringify(want)];
  return a === b ? "" : `${what}: got ${a}, want ${b}; `;
}

function record(text: string): ResourceRecord {
  const read = parseRecord(text.replace(" * ", " 5 "));
  if (!read.ok) throw new Error(read.problem.message);
  return read.value;
}

/** Our answer to a case; "next" where the plugin leaves it to the next one. */
export function answerOf(vector: VectorCase, query: QueryCase): Message | "next" {
  const parsed = readCorefile(vector.corefile);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const type = parseType(query.qtype);
  if (type === undefined) throw new Error(`type ${query.qtype}`);
  const upstream = {
    records: (query.upstream?.answer ?? []).map(record),
    authority: (query.upstream?.ns ?? []).map(record),
    truncated: query.upstream?.truncated ?? false,
  };
  const answer = answerQuery({
    query: makeQuery(1, query.qname, type),
    view: viewOf(Object.values(vector.objects).flat()),
    config: parsed.value.config,
    cache: new DnsCache(),
    now: START,
    draw: () => 0,
    upstream,
    runtime: vector.runtime,
  });
  return answer.forwarded && query.expect.next === true ? "next" : answer.reply;
}

function queryDiffers(vector: VectorCase, query: QueryCase): string {
  const { expect } = query;
  const reply = answerOf(vector, query);
  if (reply === "next") return "";
  if (expect.next === true) return "answered, where the next plugin should have been asked";
  const cnameLater = reply.answers.findIndex((item) => item.type === "CNAME") > 0;
  return [
    differs("rcode", reply.rcode, expect.rcode),
    differs("aa", reply.flags.authoritative, expect.aa),
    differs("tc", reply.flags.truncated, expect.tc ?? false),
    sectionDiffers("answer", reply.answers.map(showRecord), expect.answer ?? []),
    sectionDiffers("authority", reply.authority.map(showRecord), expect.ns ?? []),
    sectionDiffers("additional", reply.additional.map(showRecord), expect.extra ?? []),
    cnameLater ? "a CNAME stands behind its target's records" : "",
  ].join("");
}

function limitDiffers(test: LimitCase, which: "search" | "nameservers"): string {
  const warnings: string[] = [];
  const limits = {
    ...CONF_LIMITS,
    ...(test.limits === undefined ? {} : { searchPaths: test.limits.maxSearchPaths, searchChars: test.limits.maxSearchListChars }),
  };
  const got = which === "search" ? fitSearch(test.in, limits, warnings) : fitNameservers(test.in, limits, warnings);
  return differs("kept", got, test.out) + differs("warning", warnings.length > 0, test.warningEvent);
}

function podConfDiffers(test: PodConfCase, nodeResolvConf: string | null): string {
  const { conf } = podResolvConf({
    pod: {
      metadata: { name: "pod", namespace: test.podNamespace ?? "testNS" },
      spec: {
        dnsPolicy: test.dnsPolicy,
        hostNetwork: test.hostNetwork ?? false,
        ...(test.dnsConfig === null || test.dnsConfig === undefined ? {} : { dnsConfig: test.dnsConfig }),
      },
    },
    clusterDNS: test.clusterDNS ?? ["10.0.0.10"],
    clusterDomain: test.clusterDomain ?? "kubernetes.io",
    nodeResolvConf,
  });
  return (
    differs("nameservers", conf.nameservers, test.expect.nameservers) +
    differs("searches", conf.search, test.expect.searches) +
    (test.expect.optionsSet === undefined ? "" : differs("options", conf.options.toSorted(), test.expect.optionsSet.toSorted()))
  );
}

function kubeletOutcomes({ kubelet }: DnsCases["extra"], outcomes: Outcomes): void {
  kubelet.parseResolvConf.forEach((test, index) => {
    const read = parseResolvConf(test.in);
    const { nameservers, searches, options } = test;
    const got = read.ok ? { nameservers: read.value.nameservers, searches: read.value.search, options: read.value.options } : "error";
    outcomes.set(`kubelet-parseResolvConf ${index + 1}`, differs("conf", got, test.error ? "error" : { nameservers, searches, options }));
  });
  kubelet.searchLimits.forEach((test, index) => outcomes.set(`kubelet-searchLimits ${index + 1}`, limitDiffers(test, "search")));
  kubelet.nameserverLimits.forEach((test, index) =>
    outcomes.set(`kubelet-nameserverLimits ${index + 1}`, limitDiffers(test, "nameservers")),
  );
  kubelet.mergeOptions.forEach((test, index) => {
    const got = mergeOptions(test.existing, test.dnsConfigOptions).toSorted();
    outcomes.set(`kubelet-mergeOptions ${index + 1}`, differs("options", got, test.expectSet.toSorted()));
  });
  kubelet.dnsType.forEach((test, index) => {
    const read = dnsBase(test.dnsPolicy, test.hostNetwork);
    outcomes.set(`kubelet-dnsType ${index + 1}`, differs("base", read.ok ? read.value : "error", test.expect.split(" ")[0]));
  });
  kubelet.podResolvConf.forEach((test, index) =>
    outcomes.set(`kubelet-podResolvConf ${index + 1}`, podConfDiffers(test, test.hostResolvConf ?? "")),
  );
  kubelet.podResolvConfNoHostFile.cases.forEach((test, index) =>
    outcomes.set(`kubelet-podResolvConfNoHostFile ${index + 1}`, podConfDiffers(test, null)),
  );
}

function parseOutcomes({ parseRequest, endpointHostname }: DnsCases["extra"], outcomes: Outcomes): void {
  parseRequest.cases.forEach((test, index) => {
    const parsed = parseClusterName(test.qname.slice(0, -test.zone.length - 1), test);
    const { error, ...expected } = test.expect;
    const got = parsed === null ? null : Object.fromEntries(Object.keys(expected).map((key) => [key, Reflect.get(parsed, key)]));
    outcomes.set(`parseRequest ${index + 1}`, differs("name", got, error === undefined ? expected : null));
  });
  endpointHostname.cases.forEach((test, index) => {
    const got = endpointLabel({ address: test.ip, hostname: test.hostname, podName: test.podName }, test.endpointPodNames);
    outcomes.set(`endpointHostname ${index + 1}`, differs("label", got, test.expected));
  });
}

function autopathRequest(name: string): DnsRequest {
  const query = makeQuery(1, name, "A");
  return {
    query,
    question: { name, type: "A", class: "IN" },
    view: viewOf([]),
    config: kubeadmConfig(),
    cache: new DnsCache(),
    now: START,
    draw: () => 0,
    outside: () => null,
    wants: [],
    refreshes: false,
    stale: { wanted: false },
    runtime: SETTLED,
    read: new Map(),
  };
}

function autopathOutcomes({ autopath }: DnsCases["extra"], outcomes: Outcomes): void {
  const { walk } = autopath;
  walk.cases.forEach((test, index) => {
    const reply = walkSearch(autopathRequest(test.qname), walk.search, (request) => {
      const { name } = request.question;
      const rcode = walk.backend[name] ?? "SERVFAIL";
      return ownReply(request, { rcode, answers: rcode === "NOERROR" ? [{ type: "A", name, ttl: 3600, address: "127.0.0.53" }] : [] });
    });
    const got = reply.message.answers.map(showRecord);
    outcomes.set(`autopath-walk ${index + 1}`, differs("answer", got, test.answerInOrder ?? []));
  });
  autopath.inSearchPath.forEach(([name, inside], index) => {
    outcomes.set(`autopath-inSearchPath ${index + 1}`, differs("inside", inSearchPath(autopath.firstSearch, name), inside));
  });
}

/** Feeds answers as the case's table says and notes each name once. */
function walkDiffers(test: WalkCase, cases: DnsCases, libc: "glibc" | "musl"): string {
  const given = cases.extra.resolverWalk.conf[test.conf];
  if (given === undefined) return "no such conf";
  const conf = { nameservers: given.nameservers, search: given.search, options: [`ndots:${given.ndots}`] };
  const names: string[] = [];
  const reply = (query: Message): Message => {
    const [question] = query.questions;
    const name = question?.name ?? "";
    if (names.at(-1) !== name) names.push(name);
    const says = test.answers?.[name]?.[question?.type === "A" ? "A" : "AAAA"] ?? "NXDOMAIN";
    const answer: ResourceRecord =
      question?.type === "A" ? { type: "A", name, ttl: 5, address: "10.0.0.1" } : { type: "AAAA", name, ttl: 5, address: "fd00::1" };
    if (says === "data") return makeReply(query, { answers: [answer] });
    return makeReply(query, { rcode: says === "NODATA" ? "NOERROR" : says === "SERVFAIL" ? "SERVFAIL" : "NXDOMAIN" });
  };
  const done =
    libc === "glibc"
      ? drive(startLookup({ conf, name: test.name }), nextSteps, reply)
      : drive(startMuslLookup({ conf, name: test.name }), nextMuslSteps, reply);
  return differs("names", names, test.sequence) + differs("found", done, test.result.startsWith("found"));
}

function drive<State>(
  first: LookupStep<State>,
  next: (state: State, input: LookupInput) => LookupStep<State>,
  reply: (query: Message) => Message,
): boolean {
  let step = first;
  for (let turn = 0; turn < 200 && step.done === undefined; turn += 1) {
    const answers = step.send.map((send) => reply(send.message));
    if (answers.length === 0) step = next(step.state, { kind: "timeout" });
    for (const message of answers)
      if (step.done === undefined) {
        const moved = next(step.state, { kind: "answer", message });
        step = { ...moved, send: [...(step.send.length > answers.length ? step.send : []), ...moved.send] };
      }
  }
  return step.done?.kind === "found";
}

/** Every id with what differs. */
export function dnsOutcomes(cases: DnsCases): Outcomes {
  const outcomes: Outcomes = new Map();
  for (const vector of cases.vectors) {
    for (const query of vector.queries) outcomes.set(`${vector.id} ${query.n}`, queryDiffers(vector, query));
  }
  parseOutcomes(cases.extra, outcomes);
  autopathOutcomes(cases.extra, outcomes);
  kubeletOutcomes(cases.extra, outcomes);
  cases.extra.resolverWalk.cases.forEach((test, index) => {
    for (const libc of ["glibc", "musl"] as const) {
      if (test.libc === "both" || test.libc === libc) outcomes.set(`resolverWalk-${libc} ${index + 1}`, walkDiffers(test, cases, libc));
    }
  });
  return outcomes;
}
