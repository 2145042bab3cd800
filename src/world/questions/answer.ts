/** Answers a question that was read, over objects that were read. */
import type { Result } from "../../base/result";
import { failAt } from "../../base/result";
import { readConfig } from "./config";
import { answerDns } from "./dns";
import { answerLab } from "./lab";
import { answerPcap } from "./pcap";
import { proxyConfigIn } from "./kube-proxy-map";
import type { ReadRequest } from "./request";
import { answerResolve } from "./resolve";
import { answerRules } from "./rules";
import type { Cluster } from "./settled";
import { settle } from "./settled";
import { answerTrace } from "./trace";
import type { DnsAnswer, From, LabAnswer, PcapAnswer, ResolveAnswer, RulesAnswer, TraceAnswer } from "./types";

/** Any answer. */
export type Answer = RulesAnswer | DnsAnswer | ResolveAnswer | TraceAnswer | PcapAnswer | LabAnswer;

/** Answers. `steps` are the clusters of one sync each; every other question looks at the last. */
export function answer({ asked, mode, seed, config, warnings }: ReadRequest, steps: readonly [Cluster, ...Cluster[]]): Result<Answer> {
  const cluster = steps.at(-1) ?? steps[0];
  const said = proxyConfigIn(cluster.objects.map(({ object }) => object));
  if (!said.ok) return said;
  const isPacket = asked.do === "trace" || asked.do === "pcap";
  const meant = mode ?? said.value.mode;
  if (asked.do === "lab" && meant === "ipvs")
    return failAt("a laboratory is built for iptables and nftables; IPVS wants a kernel module", "mode");
  const read = readConfig(config, said.value.proxy);
  if (!read.ok) return read;
  if (asked.do !== "rules" && read.value.config.proxy?.ipFamily === "IPv6")
    return failAt("IPv6 is built for rules; packets and names here are IPv4's", "config.ipFamily");
  const configured = { ...read.value.config, mode: meant };
  const settings = { config: configured, warnings: [...warnings, ...said.value.warnings, ...read.value.warnings] };
  if (asked.do === "rules") return answerRules(asked.question, steps, settings);
  const named = isPacket ? nodesNamed(asked.question.from) : [];
  const settled = settle(cluster, settings, { seed, named });
  if (!settled.ok) return settled;
  switch (asked.do) {
    case "dns":
      return answerDns(asked.question, settled.value);
    case "resolve":
      return answerResolve(asked.question, settled.value);
    case "trace":
      return answerTrace(asked.question, settled.value);
    case "pcap":
      return answerPcap(asked.question, settled.value);
    case "lab":
      return answerLab(settled.value);
  }
}

function nodesNamed(from: From): readonly string[] {
  switch (from.kind) {
    case "pod":
      return [];
    case "node":
      return [from.name];
    case "external":
      return from.via === undefined ? [] : [from.via];
    case "ip":
      return [from.via];
  }
}
