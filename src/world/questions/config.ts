/** The `config` of a question, as headless.md lists it: every field optional, errors name `config.FIELD`. */
import type { Result } from "../../base/result";
import { readAddress } from "../../dns/message/ipv6";
import type { ResourceRecord } from "../../dns/message/types";
import { parseRecord } from "../../dns/message/zone-text";
import { parseResolvConf } from "../../dns/resolver/resolv-conf";
import { readCorefile } from "../../dns/server/corefile-fields";
import type { Runtime, Upstream } from "../../dns/server/request";
import { familyOf, ipv4Number, type IpFamily } from "../../network/address";
import { ipv6Groups } from "../../network/ipv6";
import type { ProxySettings } from "../../node/agents/kube-proxy/settings";
import { IPVS_SCHEDULERS } from "../../node/kernel/ipvs/table";
import { DEFAULT_PROXY_SETTINGS } from "../../node/agents/kube-proxy/settings";
import type { WorldConfig } from "../settings";
import type { Findings } from "./fields";
import { Fields, isRecord, noFindings, resultOf } from "./fields";

/** Settings as they were given, and what was left out of them. */
export interface ReadConfig {
  readonly config: Partial<WorldConfig>;
  readonly warnings: readonly string[];
}

const DETECTORS = ["ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix", "None"] as const;

const PROXY_FIELDS = [
  "clusterCIDR",
  "detectLocalMode",
  "detectLocalInterface",
  "masqueradeAll",
  "masqueradeMark",
  "nodePortAddresses",
  "localhostNodePorts",
  "randomFully",
  "conntrackTCPLiberal",
  "nfacctCounters",
  "ipvsScheduler",
] as const;

const WORLD_FIELDS = [
  "serviceCIDRs",
  "ipFamily",
  "bridgeNfCallIptables",
  "hairpin",
  "nodeResolvConf",
  "corefile",
  "runtime",
  "gone",
  "gateway",
  "upstream",
] as const;

/** Reads settings over `base`, which is what the objects themselves say of kube-proxy. */
export function readConfig(raw: unknown, base: ProxySettings = DEFAULT_PROXY_SETTINGS): Result<ReadConfig> {
  const findings = noFindings();
  const fields = new Fields(raw ?? {}, "config", findings);
  fields.only([...PROXY_FIELDS, ...WORLD_FIELDS]);
  const ipFamily = fields.oneOf("ipFamily", ["IPv4", "IPv6"]) ?? base.ipFamily;
  const serviceCIDRs = fields.texts("serviceCIDRs", "ranges such as 10.96.0.0/12", ipFamily === "IPv6" ? isIpv6Range : isRange);
  // The world behind the question is an IPv4 one: IPv6 ranges shape the rules and allocate nothing.
  const itsRanges = ipFamily === "IPv6" ? { serviceCIDRs: serviceCIDRs ?? [] } : {};
  const asked = {
    proxy: { ...base, ...proxySettings(fields, ipFamily), ipFamily, ...itsRanges },
    serviceCIDRs: ipFamily === "IPv6" ? undefined : serviceCIDRs,
    bridgeNfCallIptables: fields.flag("bridgeNfCallIptables"),
    hairpin: fields.flag("hairpin"),
    nodeResolvConf: resolvConf(fields),
    corefile: corefile(fields),
    runtime: runtime(fields),
    gone: fields.texts("gone", "addresses", isAddress),
    gateway: fields.oneOf("gateway", ["silent", "unreachable"]),
    upstream: upstream(fields),
  };
  return resultOf(findings, { config: given(asked), warnings: findings.warnings });
}

/** The fields that are given; an absent one leaves the default in force. */
function given<T extends object>(asked: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const kept: { [Key in keyof T]?: Exclude<T[Key], undefined> } = {};
  for (const key in asked) {
    const value = asked[key];
    if (isThere(value)) kept[key] = value;
  }
  return kept;
}

function isThere<T>(value: T): value is Exclude<T, undefined> {
  return value !== undefined;
}

function isAddress(text: string): boolean {
  return !Number.isNaN(ipv4Number(text));
}

/** Whether a text is `a.b.c.d/n`. */
export function isRange(text: string): boolean {
  const [address = "", length = ""] = text.split("/");
  return isAddress(address) && /^\d{1,2}$/.test(length) && Number(length) <= 32;
}

/** Whether a text is `a:b::/n`. */
function isIpv6Range(text: string): boolean {
  const [address = "", length = ""] = text.split("/");
  return ipv6Groups(address) !== undefined && /^\d{1,3}$/.test(length) && Number(length) <= 128;
}

/** One range, or one of each family. */
function areRanges(text: string): boolean {
  return text.split(",").every((range) => isRange(range) || isIpv6Range(range));
}

function proxySettings(fields: Fields, family: IpFamily): Partial<ProxySettings> {
  const ranges = fields.textThat("clusterCIDR", "a range such as 10.244.0.0/16", areRanges)?.split(",");
  return given({
    clusterCIDR: ranges?.find((range) => familyOf(range) === family),
    detectLocalMode: fields.oneOf("detectLocalMode", DETECTORS),
    detectLocalInterface: fields.text("detectLocalInterface"),
    masqueradeAll: fields.flag("masqueradeAll"),
    masqueradeMark: fields.textThat("masqueradeMark", "a mark such as 0x00004000", (text) => /^0x[0-9a-fA-F]{1,8}$/.test(text)),
    nodePortAddresses: fields.texts("nodePortAddresses", "ranges", areRanges),
    localhostNodePorts: fields.flag("localhostNodePorts"),
    randomFully: fields.flag("randomFully"),
    conntrackTCPLiberal: fields.flag("conntrackTCPLiberal"),
    nfacctCounters: fields.texts("nfacctCounters"),
    ipvsScheduler: fields.oneOf("ipvsScheduler", IPVS_SCHEDULERS),
  });
}

function resolvConf(fields: Fields): string | undefined {
  const text = fields.text("nodeResolvConf");
  const read = text === undefined ? undefined : parseResolvConf(text, fields.placeOf("nodeResolvConf"));
  if (read?.ok === false) fields.findings.problem ??= read.problem;
  return text;
}

function corefile(fields: Fields): WorldConfig["corefile"] | undefined {
  if (!fields.has("corefile")) return undefined;
  const read = readCorefile(fields.raw("corefile"), fields.placeOf("corefile"));
  if (read.ok) fields.findings.warnings.push(...read.value.warnings);
  else fields.findings.problem ??= read.problem;
  return read.ok ? read.value.config : undefined;
}

function runtime(fields: Fields): Partial<Runtime> | undefined {
  const own = fields.fields("runtime");
  if (own === undefined) return undefined;
  return given({
    hasSynced: own.flag("hasSynced"),
    localIPs: own.texts("localIPs", "addresses", (text) => readAddress(text) !== undefined),
    clientIP: own.text("clientIP"),
    serial: own.whole("serial", 0, 0xffff_ffff),
    search: own.texts("search"),
  });
}

/** A list of records, or `{answer, ns, truncated}` as the DNS cases have it. */
function upstream(fields: Fields): Upstream | undefined {
  const raw = fields.raw("upstream");
  if (!isRecord(raw)) {
    const records = recordsIn(fields, "upstream");
    return records === undefined ? undefined : { records };
  }
  const own = new Fields(raw, fields.placeOf("upstream"), fields.findings);
  const authority = recordsIn(own, "ns") ?? recordsIn(own, "authority");
  const truncated = own.flag("truncated");
  return {
    records: recordsIn(own, "answer") ?? recordsIn(own, "records") ?? [],
    ...(authority === undefined ? {} : { authority }),
    ...(truncated === undefined ? {} : { truncated }),
  };
}

function recordsIn(fields: Fields, name: string): readonly ResourceRecord[] | undefined {
  const texts = fields.texts(name, 'records such as "example.org. 300 IN A 192.0.2.1"');
  return texts?.flatMap((text, index) => recordIn(text, `${fields.placeOf(name)}[${index}]`, fields.findings));
}

/** A TTL may be `*`, as in the DNS cases: whoever asks does not mind. */
function recordIn(text: string, at: string, findings: Findings): readonly ResourceRecord[] {
  const read = parseRecord(text.replace(/^(\S+) \* /, "$1 300 "));
  if (read.ok) return [read.value];
  findings.problem ??= { message: read.problem.message, at };
  return [];
}
