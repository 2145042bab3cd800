/**
 * A cluster's network as a bash script that builds it of Linux network namespaces, with these very rule files: what the
 * simulation says can then be asked of a real kernel. Needs root, iproute2, iptables, python3 and in nftables mode nft.
 * DNS: CoreDNS's Pods answer from the names that the cluster's DNS knows at this moment (A and CNAME), and each Pod has
 * its own resolv.conf; other record types and the world outside are left out. SCTP is left out.
 */
import type { LabHost, LabView } from "../bridge/protocol";
import { PROBE_PROGRAM, SERVER_PROGRAM } from "./lab-programs";
import { BUILDERS, COMMANDS } from "./lab-shell";

/** The name under which it is offered. */
export const LAB_FILE = "kubewalk-lab.sh";

/** The script. `source` names the scenario or the cluster file. */
export function labScript(lab: LabView, source: string): string {
  const serving = lab.hosts.filter(({ listeners }) => listeners.length > 0);
  return [
    "#!/usr/bin/env bash",
    ...headLines(lab, source).map((line) => `# ${line}`),
    BUILDERS,
    `readonly MODE=${lab.mode}`,
    `readonly CLUSTER_DOMAIN=${lab.clusterDomain}`,
    `readonly -a NEEDED=(${lab.mode === "nftables" ? "nft" : ""})`,
    "",
    printing(
      "hosts",
      lab.hosts.flatMap(({ names, namespace }) => names.map((name) => `${name} ${namespace}`)),
    ),
    printing(
      "nodes",
      lab.hosts.filter(({ isNode }) => isNode).map(({ namespace }) => namespace),
    ),
    printing(
      "serving",
      serving.map(({ namespace }) => namespace),
    ),
    printing(
      "known_names",
      lab.names.map(({ name, type, value }) => `${name} ${type} ${value}`),
    ),
    printing("server_program", SERVER_PROGRAM.trimEnd().split("\n")),
    printing("probe_program", PROBE_PROGRAM.trimEnd().split("\n")),
    "build() {",
    ...lab.hosts.map((host) => namespaceLine(host, lab)),
    `plug ${lab.segment.join(" ")}`,
    ...lab.hosts.map(hostText),
    ...serving.map(
      ({ namespace, listeners }) =>
        `serve ${namespace} ${listeners.map(({ serves, port, answer }) => `${serves}:${port}:${answer}`).join(" ")}`,
    ),
    "}",
    COMMANDS,
  ].join("\n");
}

function headLines({ mode, at, behaviour, left }: LabView, source: string): readonly string[] {
  return [
    `The network of ${source.replaceAll(/[^\w .,:/()-]/g, "_")} at ${at / 1e6} s, kube-proxy in ${mode} mode, as Linux network namespaces.`,
    `Written by Kubewalk, version ${behaviour} of its model. It touches no network but its own; "down" leaves nothing behind.`,
    "Needs: root, bash, iproute2, iptables, python3 (standard library), in nftables mode nft. KUBEWALK_IPTABLES=iptables-legacy takes that one.",
    ...left.map((sentence) => `Left out: ${sentence}.`),
  ];
}

/** A function that prints lines. */
function printing(name: string, lines: readonly string[]): string {
  return lines.length === 0 ? `${name}() { :; }\n` : `${name}() {\n${fed("cat", lines)}\n}\n`;
}

/** A command that is fed with lines. */
function fed(command: string, lines: readonly string[]): string {
  return `${command} << 'END'\n${lines.join("\n")}\nEND`;
}

function namespaceLine({ namespace, forwards, bridgeNf, isNode }: LabHost, { mode, localhostNodePorts }: LabView): string {
  const localnet = isNode && mode === "iptables" && localhostNodePorts;
  return `namespace ${namespace} ${[forwards, bridgeNf, localnet].map(Number).join(" ")}`;
}

function hostText({ namespace, ip, bridge, iptables, nft, resolvConf }: LabHost): string {
  const part = (command: string, text: string): readonly string[] =>
    text === "" ? [] : [fed(`${command} ${namespace}`, text.trimEnd().split("\n"))];
  return [
    ...part("ip_in", ip.join("\n")),
    ...part("bridge_in", bridge.join("\n")),
    ...part("iptables_in", iptables),
    ...part("nft_in", nft),
    ...part("resolv_conf", resolvConf),
  ].join("\n");
}
