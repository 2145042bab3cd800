/** The Corefile as the cluster has it: the ConfigMap `kube-system/coredns`, or the setting that the world was made with. */
import type { ConfigMap } from "../cluster/objects";
import type { Result } from "../base/result";
import { ok } from "../base/result";
import type { CorefileConfig } from "../dns/server/config";
import { parseCorefile } from "../dns/server/corefile";
import { showCorefile } from "../dns/server/show-corefile";
import type { WorldState } from "./state";

/** Where the Corefile stands. */
export const COREDNS_MAP = { name: "coredns", namespace: "kube-system" } as const;

/** The ConfigMap; undefined where there is none. */
export function corefileMapOf({ store }: WorldState): ConfigMap | undefined {
  return store.latest().get("ConfigMap", COREDNS_MAP.namespace, COREDNS_MAP.name);
}

/** Its text, once it was written during the run; what stood there at the beginning is the world's setting. */
function writtenText(state: WorldState): string | undefined {
  const last = state.store.historyOf("ConfigMap", COREDNS_MAP.namespace, COREDNS_MAP.name).at(-1);
  if (last === undefined || last.event < 0 || last.type === "DELETED" || last.object.kind !== "ConfigMap") return undefined;
  return last.object.data?.["Corefile"];
}

/** What a CoreDNS that reads the Corefile now would work by; a Problem where it could not. */
export function corefileOf(state: WorldState): Result<CorefileConfig> {
  const text = writtenText(state);
  if (text === undefined) return ok(state.setup.config.corefile);
  const read = parseCorefile(text, "ConfigMap kube-system/coredns");
  return read.ok ? ok(read.value.config) : read;
}

/** The text that is shown: the ConfigMap's own where it is in force, else the setting written out. */
export function corefileText(state: WorldState): string {
  const { corefile } = state.setup.config;
  const text = writtenText(state) ?? corefileMapOf(state)?.data?.["Corefile"];
  if (text === undefined) return showCorefile(corefile);
  if (writtenText(state) !== undefined) return text;
  const read = parseCorefile(text);
  const isInForce = read.ok && showCorefile(read.value.config) === showCorefile(corefile);
  return isInForce ? text : showCorefile(corefile);
}
