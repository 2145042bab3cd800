/**
 * Names of kube-proxy's chains and sets in nftables mode: a hash that tells names apart at a glance, and the name itself.
 * Source: pkg/proxy/nftables/proxier.go (hashAndTruncate, servicePortChainNameBase, servicePortEndpointChainNameBase).
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { base32 } from "@scure/base";
import type { ServicePort } from "../service-ports";

/** What stands before the hash: cluster policy, local policy, external entry, source ranges. */
export type PortChainPrefix = "service-" | "local-" | "external-" | "firewall-";

/** The longest name that nftables takes is 256; prefixes may take 16 of it. */
const LONGEST = 240;
const REMEMBERED = 500_000;
const bases = new Map<string, string>();

/** A chain of a service port as a whole. */
export function portChainName(prefix: PortChainPrefix, port: ServicePort): string {
  return prefix + hashed(portBase(port));
}

/** The chain of one endpoint. */
export function endpointChainName(port: ServicePort, endpoint: { readonly address: string; readonly port: number }): string {
  return `endpoint-${endpointBase(port, endpoint)}`;
}

/** The set of sources that an endpoint keeps, for ClientIP affinity. */
export function affinitySetName(port: ServicePort, endpoint: { readonly address: string; readonly port: number }): string {
  return `affinity-${endpointBase(port, endpoint)}`;
}

/** Whether a chain belongs to a service port: no other name has a slash. */
export function isServiceChain(name: string): boolean {
  return name.includes("/");
}

/** Whether a set is one of sources that an endpoint keeps. */
export function isAffinitySet(name: string): boolean {
  return name.startsWith("affinity-");
}

/** `namespace/name/protocol/portName`; the last slash stays where the port has no name. */
function portBase({ name, portName, protocol }: ServicePort): string {
  const service = portName === "" ? name : name.slice(0, -portName.length - 1);
  return `${service}/${protocol}/${portName}`;
}

/** Colons are not allowed in names: those of IPv6 become dots. */
function endpointBase(port: ServicePort, endpoint: { readonly address: string; readonly port: number }): string {
  return hashed(`${portBase(port)}__${endpoint.address.replaceAll(":", ".")}/${endpoint.port}`);
}

/** The first eight letters of the base32 of SHA-256, a hyphen, the text; cut where it is too long. Remembered per text. */
function hashed(text: string): string {
  const known = bases.get(text);
  if (known !== undefined) return known;
  const hash = base32.encode(sha256(bytesOf(text)).subarray(0, 5));
  const whole = `${hash}-${text}`;
  const made = whole.length > LONGEST ? `${whole.slice(0, LONGEST - 3)}...` : whole;
  if (bases.size > REMEMBERED) bases.clear();
  bases.set(text, made);
  return made;
}

/** Names of Services, ports and addresses are ASCII. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
