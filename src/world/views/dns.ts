/** The cluster's DNS: replicas with their caches and ages, the zone, what a client Pod's resolv.conf says. */
import type { SimTime } from "../../engine/time";
import { showRecord } from "../../dns/message/show";
import { addonConfig, kubeadmConfig } from "../../dns/server/config";
import { zoneRecords } from "../../dns/server/kubernetes/zone";
import { EPOCH_SECONDS } from "../../dns/server/request";
import { showCorefile } from "../../dns/server/show-corefile";
import { resolvConfOf } from "../machines";
import { clientPods } from "../requests";
import { watcherOf } from "../sim";
import type { WorldState } from "../state";
import type { DnsView } from "../view-types";

/** DNS at a moment. Records are those of the newest page; each replica may be older. */
export function dnsView(state: WorldState, at: SimTime): DnsView {
  const { corefile } = state.setup.config;
  const view = state.store.latest();
  const [client] = clientPods(state);
  const records = corefile.kubernetes === null ? [] : zoneRecords(view, corefile.kubernetes, EPOCH_SECONDS).map(showRecord);
  return {
    corefile: showCorefile(corefile),
    corefileIs: corefileIs(showCorefile(corefile)),
    replicas: replicas(state, at),
    records,
    resolvConf: client === undefined ? "" : resolvConfOf(state, client).text,
  };
}

function corefileIs(text: string): string {
  if (text === showCorefile(kubeadmConfig())) return "kubeadm's Corefile: answers about the cluster domain are not cached.";
  if (text === showCorefile(addonConfig())) return "The add-on's Corefile: everything is cached for up to 30 s, denials too.";
  return "This cluster's own Corefile.";
}

function replicas(state: WorldState, at: SimTime): DnsView["replicas"] {
  return state.processes.all().flatMap(({ id, pod, program }) => {
    if (program.program !== "coredns") return [];
    const first = state.watches.firstUnseen(watcherOf.dns(program.pod), ["Service", "EndpointSlice", "Namespace"], at);
    return [
      {
        pod: program.pod,
        address: state.pods.get(pod)?.links?.address ?? "",
        revision: first === undefined ? state.store.head : first.revision - 1,
        behind: first === undefined ? 0 : at - first.at,
        cache: state.dnsCaches.get(id)?.entries(at) ?? [],
      },
    ];
  });
}
