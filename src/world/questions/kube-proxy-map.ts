/**
 * What the ConfigMap `kube-system/kube-proxy` says: its mode, and the settings that shape rules.
 * Source: pkg/proxy/apis/config/v1alpha1 (KubeProxyConfiguration), as kubeadm writes it under the key `config.conf`.
 */
import { parseDocument } from "yaml";
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import type { KubeObject } from "../../cluster/objects";
import { refOf } from "../../cluster/objects";
import type { ProxySettings } from "../../node/agents/kube-proxy/settings";
import { IPVS_SCHEDULERS } from "../../node/kernel/ipvs/table";
import { DEFAULT_PROXY_SETTINGS } from "../../node/agents/kube-proxy/settings";
import { nameOf } from "../told";
import { isRange } from "./config";
import { Fields, noFindings, resultOf } from "./fields";
import type { Mode } from "./request";

/** Mode and settings of a cluster's kube-proxy. */
export interface ProxyConfig {
  readonly mode: Mode;
  readonly proxy: ProxySettings;
  readonly warnings: readonly string[];
}

const PLACE = "ConfigMap kube-system/kube-proxy";

/** Reads it; kubeadm's defaults where there is none. */
export function proxyConfigIn(objects: readonly KubeObject[]): Result<ProxyConfig> {
  const map = objects.find((object) => object.kind === "ConfigMap" && nameOf(refOf(object)) === "kube-system/kube-proxy");
  const text = map?.kind === "ConfigMap" ? map.data?.["config.conf"] : undefined;
  if (map?.kind !== "ConfigMap" || text === undefined) return ok({ mode: "iptables", proxy: DEFAULT_PROXY_SETTINGS, warnings: [] });
  const parsed = parseDocument(text);
  const [error] = parsed.errors;
  if (error !== undefined) return failAt(error.message.split("\n")[0] ?? "it is no YAML", `${PLACE}: config.conf`);
  return readSettings(parsed.toJS({ maxAliasCount: 0 }));
}

function readSettings(value: unknown): Result<ProxyConfig> {
  const findings = noFindings();
  const fields = new Fields(value ?? {}, `${PLACE}: config.conf`, findings);
  const iptables = fields.fields("iptables") ?? new Fields({}, "", findings);
  const conntrack = fields.fields("conntrack") ?? new Fields({}, "", findings);
  const bit = iptables.whole("masqueradeBit", 0, 31);
  const clusterCIDR = fields.textThat(
    "clusterCIDR",
    "a range",
    (text) => text === "" || text.split(",").every((range) => isRange(range) || range.includes(":")),
  );
  const range = clusterCIDR?.split(",").find(isRange);
  const detectLocalMode = fields.oneOf("detectLocalMode", [
    "ClusterCIDR",
    "NodeCIDR",
    "BridgeInterface",
    "InterfaceNamePrefix",
    "None",
    "",
  ]);
  const nodePortAddresses = fields.texts("nodePortAddresses")?.filter(isRange);
  const mode = fields.oneOf("mode", ["iptables", "nftables", "ipvs", ""]);
  const ipvsScheduler = fields.fields("ipvs")?.oneOf("scheduler", [...IPVS_SCHEDULERS, ""]);
  const proxy: ProxySettings = {
    ...DEFAULT_PROXY_SETTINGS,
    ...(range === undefined ? {} : { clusterCIDR: range }),
    ...(detectLocalMode === undefined || detectLocalMode === "" ? {} : { detectLocalMode }),
    ...(bit === undefined ? {} : { masqueradeMark: `0x${((1 << bit) >>> 0).toString(16).padStart(8, "0")}` }),
    ...(nodePortAddresses === undefined ? {} : { nodePortAddresses }),
    ...(ipvsScheduler === undefined || ipvsScheduler === "" ? {} : { ipvsScheduler }),
    masqueradeAll: iptables.flag("masqueradeAll") ?? DEFAULT_PROXY_SETTINGS.masqueradeAll,
    localhostNodePorts: iptables.flag("localhostNodePorts") ?? DEFAULT_PROXY_SETTINGS.localhostNodePorts,
    conntrackTCPLiberal: conntrack.flag("tcpBeLiberal") ?? DEFAULT_PROXY_SETTINGS.conntrackTCPLiberal,
  };
  return resultOf(findings, { mode: mode === undefined || mode === "" ? "iptables" : mode, proxy, warnings: [] });
}
