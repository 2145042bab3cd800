/** A question as JSON, read and checked: `rules`, `dns`, `resolve`, `trace`, `pcap`, `lab`. Problems name the field. */
import type { Result } from "../../base/result";
import { fail, ok } from "../../base/result";
import { parseType } from "../../dns/message/codes";
import { ipv4Number } from "../../network/address";
import type { Findings } from "./fields";
import { Fields, isRecord, noFindings } from "./fields";
import type { DnsQuestion, From, ResolveQuestion, RulesQuestion, To, TraceChoices, TraceQuestion } from "./types";

/** kube-proxy's modes. */
export type Mode = "iptables" | "nftables" | "ipvs";

/** A question that was read. */
export type Question =
  | { readonly do: "rules"; readonly question: RulesQuestion }
  | { readonly do: "dns"; readonly question: DnsQuestion }
  | { readonly do: "resolve"; readonly question: ResolveQuestion }
  | { readonly do: "trace" | "pcap"; readonly question: TraceQuestion }
  | { readonly do: "lab" };

/** A question with what it is asked of. */
export interface ReadRequest {
  readonly asked: Question;
  /** Absent where the request does not say: then the cluster's kube-proxy does. */
  readonly mode?: Mode;
  readonly seed: number;
  readonly objects: readonly unknown[] | undefined;
  readonly steps: readonly (readonly unknown[])[] | undefined;
  readonly config: unknown;
  readonly warnings: readonly string[];
}

const COMMON = ["id", "do", "mode", "seed", "objects", "config"];

/** Reads a question. */
export function readRequest(raw: unknown): Result<ReadRequest> {
  const findings = noFindings();
  const fields = new Fields(raw, "", findings);
  const asked = questionIn(fields, findings);
  const mode = fields.oneOf("mode", ["iptables", "nftables", "ipvs"]);
  const seed = fields.whole("seed", 0, 0xffff_ffff) ?? 1;
  const objects = fields.list("objects");
  const steps = stepsIn(fields);
  if (findings.problem !== undefined) return fail(findings.problem);
  if (asked === undefined) return fail({ message: "expected a question", at: "do" });
  const config = fields.raw("config");
  return ok({ asked, seed, objects, steps, config, warnings: findings.warnings, ...(mode === undefined ? {} : { mode }) });
}

function stepsIn(fields: Fields): readonly (readonly unknown[])[] | undefined {
  const list = fields.list("steps");
  if (list === undefined) return undefined;
  const steps = list.filter((step) => Array.isArray(step));
  return steps.length === list.length ? steps : fields.wrong("steps", "a list of lists of objects");
}

function questionIn(fields: Fields, findings: Findings): Question | undefined {
  const what =
    fields.oneOf("do", ["rules", "dns", "resolve", "trace", "pcap", "lab"]) ??
    fields.wrong("do", '"rules", "dns", "resolve", "trace", "pcap", "lab" or "run"');
  switch (what) {
    case "rules":
      fields.only([...COMMON, "node", "format", "steps"]);
      return {
        do: what,
        question: { node: needed(fields, "node", "the name of a node"), format: fields.oneOf("format", ["restore", "save"]) ?? "save" },
      };
    case "dns":
      fields.only([...COMMON, "query"]);
      return { do: what, question: queryIn(fields.fields("query") ?? new Fields(undefined, "query", findings)) };
    case "resolve":
      fields.only([...COMMON, "from", "name", "libc"]);
      return {
        do: what,
        question: {
          from: podIn(fields),
          name: needed(fields, "name", "a name to look up"),
          libc: fields.oneOf("libc", ["glibc", "musl"]) ?? "glibc",
        },
      };
    case "trace":
    case "pcap":
      fields.only([...COMMON, "from", "to", "choices", "whole"]);
      return { do: what, question: traceIn(fields, findings) };
    case "lab":
      fields.only(COMMON);
      return { do: what };
    case undefined:
      return undefined;
  }
}

function needed(fields: Fields, name: string, what: string): string {
  const text = fields.text(name);
  if (text === undefined || text === "") fields.wrong(name, what);
  return text ?? "";
}

/** `resolve` takes a Pod as a text, or as `trace` has it. */
function podIn(fields: Fields): string {
  const raw = fields.raw("from");
  return isRecord(raw)
    ? needed(new Fields(raw, fields.placeOf("from"), fields.findings), "pod", "NAMESPACE/NAME of a Pod")
    : needed(fields, "from", "NAMESPACE/NAME of a Pod");
}

function queryIn(fields: Fields): DnsQuestion {
  const name = needed(fields, "name", "a name such as web.shop.svc.cluster.local.");
  const type = parseType(fields.text("type") ?? "A");
  if (type === undefined) fields.wrong("type", "a record type such as A, AAAA or SRV");
  return { name, type: type ?? "A" };
}

function traceIn(fields: Fields, findings: Findings): TraceQuestion {
  const from = fields.fields("from") ?? new Fields(undefined, "from", findings);
  const to = fields.fields("to") ?? new Fields(undefined, "to", findings);
  const choices = fields.fields("choices") ?? new Fields(undefined, "choices", findings);
  return {
    from: fromIn(from),
    to: toIn(to),
    seed: fields.whole("seed", 0, 0xffff_ffff) ?? 1,
    whole: fields.flag("whole") ?? false,
    choices: choicesIn(choices),
  };
}

function isAddress(text: string): boolean {
  return !Number.isNaN(ipv4Number(text));
}

function fromIn(fields: Fields): From {
  fields.only(["pod", "node", "external", "ip", "via"]);
  const pod = fields.text("pod");
  if (pod !== undefined) return { kind: "pod", name: pod.includes("/") ? pod : `default/${pod}` };
  const node = fields.text("node");
  if (node !== undefined) return { kind: "node", name: node };
  const via = fields.text("via");
  const external = fields.textThat("external", "an IPv4 address", isAddress);
  if (external !== undefined) return { kind: "external", address: external, ...(via === undefined ? {} : { via }) };
  const address = fields.textThat("ip", "an IPv4 address", isAddress);
  if (address === undefined) fields.wrong("", '{"pod": "NS/NAME"}, {"node": "NAME"}, {"external": "IP"} or {"ip": "IP", "via": "NODE"}');
  else if (via === undefined) fields.wrong("via", "the node at which the packet enters");
  return { kind: "ip", address: address ?? "", via: via ?? "" };
}

function toIn(fields: Fields): To {
  fields.only(["ip", "name", "host", "port", "protocol", "size", "pmtu"]);
  const host = fields.text("ip") ?? fields.text("name") ?? fields.text("host");
  if (host === undefined || host === "" || host.includes(":"))
    fields.wrong(fields.has("ip") ? "ip" : "", 'an IPv4 address or a name, as {"ip": "10.96.0.50", "port": 80}');
  const word = fields.text("protocol")?.toUpperCase() ?? "TCP";
  const protocol =
    (["TCP", "UDP", "SCTP", "ICMP"] as const).find((one) => one === word) ?? fields.wrong("protocol", "TCP, UDP, SCTP or ICMP");
  const port = fields.whole("port", 1, 65_535);
  if (port === undefined && protocol !== "ICMP") fields.wrong("port", "a port from 1 to 65535");
  // A datagram's length field counts its own header too.
  const size = fields.whole("size", 0, 65_507);
  if (size !== undefined && protocol !== "UDP" && protocol !== "ICMP") fields.wrong("size", "no size: only UDP and ICMP are sent by size");
  const pmtu = fields.oneOf("pmtu", ["want", "dont", "do", "probe"]);
  if (pmtu !== undefined && protocol !== "UDP") fields.wrong("pmtu", "no pmtu: only UDP sockets are told how to deal with path MTUs");
  const datagram = { ...(size === undefined ? {} : { size }), ...(pmtu === undefined ? {} : { pmtu }) };
  return { host: host ?? "", port: port ?? 0, protocol: protocol ?? "TCP", ...datagram };
}

function choicesIn(fields: Fields): TraceChoices {
  const ports = ["srcPort", "snatPort", "vxlanPort", "vxlanReplyPort"] as const;
  const ends = ["endpoint", "dnsEndpoint"] as const;
  fields.only([...ports, ...ends]);
  const choices: { -readonly [Key in keyof TraceChoices]: TraceChoices[Key] } = {};
  for (const name of ports) {
    const port = fields.whole(name, 1, 65_535);
    if (port !== undefined) choices[name] = port;
  }
  for (const name of ends) {
    const end = fields.textThat(name, "an endpoint as ADDRESS:PORT", (text) => /^\d+\.\d+\.\d+\.\d+(:\d+)?$/.test(text));
    if (end !== undefined) choices[name] = end;
  }
  return choices;
}
