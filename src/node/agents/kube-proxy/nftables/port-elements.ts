/**
 * The elements by which a service port is found, in the sets and maps that all ports share.
 * Source: pkg/proxy/nftables/proxier.go (syncProxyRules, "Capture the clusterIP" and after).
 */
import type { NftElement, NftVerdict } from "../../../kernel/nftables/tables";
import type { Categorised } from "../categorise";
import type { ServicePort } from "../service-ports";
import { portChainName } from "./names";
import {
  CLUSTER_IPS,
  FIREWALL_IPS,
  NO_ENDPOINT_NODEPORTS,
  NO_ENDPOINT_SERVICES,
  REJECT_CHAIN,
  SERVICE_IPS,
  SERVICE_NODEPORTS,
  type ElementSetName,
} from "./object-names";

/** One element and where it goes. */
export interface PlacedElement {
  readonly set: ElementSetName;
  readonly element: NftElement;
  /** Names the place: set and key. */
  readonly place: string;
}

/** A port's elements. */
export function portElements(port: ServicePort, categorised: Categorised): readonly PlacedElement[] {
  return [placed(CLUSTER_IPS, { key: port.clusterIP }), ...clusterIP(port, categorised), ...external(port, categorised)];
}

/** Whether the load balancer's addresses are subject to source ranges; with or without endpoints. */
export function usesFirewallChain(port: ServicePort): boolean {
  return port.loadBalancerVIPs.length > 0 && port.sourceRanges.length > 0;
}

function placed(set: ElementSetName, element: NftElement): PlacedElement {
  return { set, element, place: `${set} ${element.key}` };
}

function clusterIP(port: ServicePort, categorised: Categorised): readonly PlacedElement[] {
  if (!categorised.hasInternal) return [placed(NO_ENDPOINT_SERVICES, refused(port, addressKey(port, port.clusterIP), categorised))];
  const chain = portChainName(port.internalPolicyLocal ? "local-" : "service-", port);
  return [placed(SERVICE_IPS, { key: addressKey(port, port.clusterIP), verdict: { kind: "goto", chain } })];
}

/** External IPs, load balancer addresses, NodePort. Short cuts of local traffic exist even where outsiders are dropped. */
function external(port: ServicePort, categorised: Categorised): readonly PlacedElement[] {
  const chain = portChainName("external-", port);
  const verdict: NftVerdict = { kind: "goto", chain };
  const found: PlacedElement[] = [];
  const capture = (set: ElementSetName, refusing: ElementSetName, key: string): void => {
    if (categorised.hasEndpoints) found.push(placed(set, { key, verdict }));
    if (!categorised.hasExternal) found.push(placed(refusing, refused(port, key, categorised)));
  };
  for (const address of port.externalIPs) capture(SERVICE_IPS, NO_ENDPOINT_SERVICES, addressKey(port, address));
  for (const address of port.loadBalancerVIPs) {
    const key = addressKey(port, address);
    capture(SERVICE_IPS, NO_ENDPOINT_SERVICES, key);
    if (usesFirewallChain(port))
      found.push(placed(FIREWALL_IPS, { key, verdict: { kind: "goto", chain: portChainName("firewall-", port) } }));
  }
  if (port.nodePort !== 0) capture(SERVICE_NODEPORTS, NO_ENDPOINT_NODEPORTS, `${port.protocol} . ${port.nodePort}`);
  return found;
}

function addressKey(port: ServicePort, address: string): string {
  return `${address} . ${port.protocol} . ${port.port}`;
}

/** Rejected where nothing serves anywhere, dropped where a policy keeps traffic on a node with nothing on it. */
function refused(port: ServicePort, key: string, { hasEndpoints }: Categorised): NftElement {
  return { key, comment: port.name, verdict: hasEndpoints ? { kind: "drop" } : { kind: "goto", chain: REJECT_CHAIN } };
}
