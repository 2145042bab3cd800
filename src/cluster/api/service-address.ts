/**
 * The address part of creating and changing a Service. Source: pkg/registry/core/service/storage/{alloc,storage}.go
 * (initIPFamilyFields, allocClusterIPs, patchAllocatedValues), strategy.go (NormalizeClusterIPs).
 * Left out: dual stack. Node ports are in service-ports.ts.
 */
import type { Result } from "../../base/result";
import { fail, ok } from "../../base/result";
import { allocateClusterIP, checkRequested } from "../allocation";
import { isIpv6 } from "../ip-text";
import type { Service } from "../objects";
import type { ClusterView } from "../store-types";
import { invalid } from "../validation/findings";
import type { StageContext } from "./context";
import type { ApiError } from "./errors";
import { internalError, invalidObject } from "./errors";

/** Whether a Service has an address of its own: not headless, not ExternalName. */
export function hasClusterIP({ spec }: Service): boolean {
  return spec.type !== "ExternalName" && spec.clusterIP !== "None";
}

/** The Service with an address: the one that it asks for if it may have it, else a free one. */
export function withClusterIP(service: Service, { view, serviceCIDRs, draw, asGiven = false }: StageContext): Result<Service, ApiError> {
  const { metadata, spec } = service;
  if (spec.type === "ExternalName") return ok(service);
  const asked = spec.clusterIP === undefined || spec.clusterIP === "" ? spec.clusterIPs?.[0] : spec.clusterIP;
  if (asked === "None") return ok(withAddress(service, "None"));
  if (asked !== undefined && asked !== "" && asGiven) return ok(withAddress(service, asked));
  const taken = takenAddresses(view);
  if (asked !== undefined && asked !== "") {
    const checked = checkRequested(asked, { serviceCIDRs, taken });
    if (checked.ok) return ok(withAddress(service, asked));
    const detail = `failed to allocate IP ${asked}: ${checked.problem.message}`;
    return fail(invalidObject("Service", metadata.name, [invalid("spec.clusterIPs", [asked], detail)]));
  }
  if (spec.ipFamilies?.[0] === "IPv6") {
    return fail(invalidObject("Service", metadata.name, [invalid("spec.ipFamilies[0]", "IPv6", "not configured on this cluster")]));
  }
  const free = allocateClusterIP({ serviceCIDRs, taken, draw: (n) => draw("api-server", `ClusterIP ${n}`) });
  if (free.ok) return ok(withAddress(service, free.value));
  return fail(internalError(`failed to allocate a serviceIP for Service "${metadata.name}": ${free.problem.message}`));
}

/** A changed Service that needs an address and has none yet (it was an ExternalName) is given one, as a new one is. */
export function addressedAfterChange(old: Service, next: Service, context: StageContext): Result<Service, ApiError> {
  const kept = keepClusterIP(old, next);
  const isNew = old.spec.type === "ExternalName" && kept.spec.type !== "ExternalName";
  return isNew ? withClusterIP(kept, context) : ok(kept);
}

function withAddress(service: Service, address: string): Service {
  const family: "IPv4" | "IPv6" = isIpv6(address) ? "IPv6" : "IPv4";
  const rest = service.spec.clusterIPs?.slice(1) ?? [];
  return {
    ...service,
    spec: { ipFamilies: [family], ipFamilyPolicy: "SingleStack", ...service.spec, clusterIP: address, clusterIPs: [address, ...rest] },
  };
}

/**
 * Whether a Service of the view holds an address. Most creates ask once, so the first question is a plain scan;
 * only a scan through a crowded range is worth a set.
 */
function takenAddresses(view: ClusterView): (address: string) => boolean {
  const services = view.list("Service");
  let asked = 0;
  let held: ReadonlySet<string> | undefined;
  return (address) => {
    asked += 1;
    if (asked < 4) return services.some((service) => holds(service, address));
    held ??= new Set(services.flatMap(({ spec }) => [spec.clusterIP ?? "", ...(spec.clusterIPs ?? [])]));
    return held.has(address);
  };
}

function holds({ spec }: Service, address: string): boolean {
  return spec.clusterIP === address || (spec.clusterIPs?.includes(address) ?? false);
}

/** A changed Service that names no address keeps the old one; one that becomes an ExternalName gives it back. */
function keepClusterIP(old: Service, next: Service): Service {
  if (next.spec.type === "ExternalName") return released(old, next);
  const asked = next.spec.clusterIP ?? "";
  const changedAlone = asked !== "" && asked !== old.spec.clusterIP && next.spec.clusterIPs?.[0] === old.spec.clusterIP;
  if (changedAlone) return { ...next, spec: { ...next.spec, clusterIPs: [asked] } };
  const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy } = old.spec;
  const kept = {
    ...(clusterIP === undefined ? {} : { clusterIP }),
    ...(clusterIPs === undefined ? {} : { clusterIPs }),
    ...(ipFamilies === undefined ? {} : { ipFamilies }),
    ...(ipFamilyPolicy === undefined ? {} : { ipFamilyPolicy }),
  };
  if (asked === "") return { ...next, spec: { ...next.spec, ...kept } };
  return { ...next, spec: { ...kept, ...next.spec } };
}

function released(old: Service, next: Service): Service {
  if (old.spec.type === "ExternalName" || next.spec.clusterIP !== old.spec.clusterIP) return next;
  const {
    clusterIP: _clusterIP,
    clusterIPs: _clusterIPs,
    ipFamilies: _ipFamilies,
    ipFamilyPolicy: _ipFamilyPolicy,
    internalTrafficPolicy: _internalTrafficPolicy,
    ...spec
  } = next.spec;
  return { ...next, spec };
}
