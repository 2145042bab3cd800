/** Whether a change of the cluster's DNS is possible, what it writes, and how it is told. */
import { unreachable } from "../base/assert";
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import type { ApiWrite } from "../cluster/api-write";
import type { ConfigMap } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import { parseCorefile } from "../dns/server/corefile";
import { COREDNS_MAP, corefileMapOf } from "./corefile-map";
import type { DnsSetting } from "./dns-setting";
import { nodeCacheObjects, nodeCachePod, nodeCachePods, wantsNodeCaches } from "./node-cache";
import { modeOf } from "./proxy-mode";
import type { WorldState } from "./state";
import { counted } from "./told";

/** Whether it can be set now, and the notice that it was; a Corefile's mistake has its line and column. */
export function checkDnsSetting(state: WorldState, command: DnsSetting): Result<string> {
  switch (command.do) {
    case "corefile": {
      const read = parseCorefile(command.text);
      if (!read.ok) return read;
      const left = read.value.warnings.length === 0 ? "" : `; ${read.value.warnings.join("; ")}`;
      return ok(`The ConfigMap coredns has another Corefile; CoreDNS reads it within two minutes${left}`);
    }
    case "node-local-dns":
      return checkNodeCaches(state, command.on);
    default:
      return unreachable(command);
  }
}

function checkNodeCaches(state: WorldState, on: boolean): Result<string> {
  const mode: string = modeOf(state);
  if (wantsNodeCaches(state) === on) return failAt(on ? "NodeLocal DNSCache runs already" : "NodeLocal DNSCache does not run");
  if (on && mode === "ipvs")
    return failAt(
      "in IPVS mode the address of kube-dns is taken: NodeLocal DNSCache needs iptables or nftables mode, or other resolv.conf files",
    );
  if (on && state.store.latest().get("Service", "kube-system", "kube-dns") === undefined)
    return failAt("there is no Service kube-system/kube-dns, so no name server to stand before");
  return ok(on ? "A DNS cache starts on every node" : "The DNS caches on the nodes end");
}

/** The writes that it makes, one after another. */
export function writesOfDnsSetting(state: WorldState, command: DnsSetting): readonly ApiWrite[] {
  switch (command.do) {
    case "corefile":
      return [corefileWrite(state, command.text)];
    case "node-local-dns":
      return command.on ? cachesOn(state) : cachesOff(state);
    default:
      return unreachable(command);
  }
}

function corefileWrite(state: WorldState, text: string): ApiWrite {
  const known = corefileMapOf(state);
  if (known !== undefined) return { verb: "patch", ref: refOf(known), patch: { data: { Corefile: text } } };
  const object: ConfigMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { ...COREDNS_MAP }, data: { Corefile: text } };
  return { verb: "create", object };
}

function cachesOn(state: WorldState): readonly ApiWrite[] {
  const pods = state.agents.all().map(({ name }) => nodeCachePod(name));
  return [...nodeCacheObjects(state), ...pods].map((object) => ({ verb: "create", object }));
}

function cachesOff(state: WorldState): readonly ApiWrite[] {
  const objects = [...nodeCachePods(state), ...nodeCacheObjects(state)];
  return objects.map((object) => ({ verb: "delete", ref: refOf(object) }));
}

/** What happens, in a sentence about you. */
export function sentenceOfDnsSetting(command: DnsSetting): string {
  switch (command.do) {
    case "corefile":
      return `You give CoreDNS another Corefile, of ${counted(command.text.trimEnd().split("\n").length, "line")}.`;
    case "node-local-dns":
      return command.on ? "You put a DNS cache on every node (NodeLocal DNSCache)." : "You take the DNS caches off the nodes.";
    default:
      return unreachable(command);
  }
}

/** What it does, for a branch's name. */
export function gerundOfDnsSetting(command: DnsSetting): string {
  switch (command.do) {
    case "corefile":
      return "changing the Corefile";
    case "node-local-dns":
      return command.on ? "starting NodeLocal DNSCache" : "ending NodeLocal DNSCache";
    default:
      return unreachable(command);
  }
}
