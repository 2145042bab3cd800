/** Every name of Services and of their named endpoints that the cluster's DNS answers at a moment, by asking it. */
import { makeQuery } from "../../dns/message/types";
import { DnsCache } from "../../dns/server/cache-store";
import { answerQuery } from "../../dns/server/chain";
import type { WorldState } from "../state";
import type { LabName } from "../view-types/lab";

/** The names, in the order of the objects. Addresses of IPv4 and aliases only. */
export function labNames(state: WorldState): readonly LabName[] {
  const { clusterDomain, upstream } = state.setup.config;
  const view = state.store.latest();
  const services = view.list("Service").map(({ metadata: { namespace = "default", name } }) => `${name}.${namespace}`);
  const named = view.list("EndpointSlice").flatMap(({ endpoints, metadata }) => {
    const service = `${metadata.labels?.["kubernetes.io/service-name"] ?? ""}.${metadata.namespace ?? "default"}`;
    return endpoints.flatMap(({ hostname }) => (hostname === undefined || hostname === "" ? [] : [`${hostname}.${service}`]));
  });
  const asked = [...services, ...named].map((name) => `${name}.svc.${clusterDomain}.`);
  const outside = upstream.records.map(({ name }) => name);
  const found = [...asked, ...outside].flatMap((name) => recordsOf(state, name));
  return [...new Map(found.map((one) => [`${one.name} ${one.type} ${one.value}`, one])).values()];
}

function recordsOf(state: WorldState, name: string): readonly LabName[] {
  const { config } = state.setup;
  const { reply } = answerQuery({
    query: makeQuery(1, name, "A"),
    view: state.store.latest(),
    config: { ...config.corefile, cache: null, loadbalance: false },
    cache: new DnsCache(),
    now: state.loop.now,
    draw: () => 0,
    upstream: config.upstream,
    runtime: config.runtime,
  });
  return reply.answers.flatMap((record): readonly LabName[] => {
    if (record.type === "A") return [{ name: record.name, type: "A", value: record.address }];
    return record.type === "CNAME" ? [{ name: record.name, type: "CNAME", value: record.target }] : [];
  });
}
