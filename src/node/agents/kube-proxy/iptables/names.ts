/**
 * Names of kube-proxy's chains. A service port's chains share one hash; an endpoint's chain has its own.
 * Source: pkg/proxy/iptables/proxier.go (portProtoHash, servicePortEndpointChainName).
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { base32 } from "@scure/base";
import type { ServicePort } from "../service-ports";

/** What stands before the hash: cluster policy, local policy, external entry, source ranges, endpoint. */
export type ChainPrefix = "KUBE-SVC-" | "KUBE-SVL-" | "KUBE-EXT-" | "KUBE-FW-" | "KUBE-SEP-";

const hashes = new Map<string, string>();
const REMEMBERED = 500_000;

/** A chain of a service port as a whole. */
export function serviceChainName(prefix: Exclude<ChainPrefix, "KUBE-SEP-">, port: ServicePort): string {
  return prefix + hash16(port.name + port.protocol);
}

/** The chain of one endpoint (`ip:port`) of a service port. */
export function endpointChainName(port: ServicePort, endpoint: string): string {
  return `KUBE-SEP-${hash16(port.name + port.protocol + endpoint)}`;
}

/** Whether a nat chain is one that kube-proxy removes when nothing needs it any more. */
export function isServiceChain(name: string): boolean {
  return /^KUBE-(SVC|SVL|EXT|FW|SEP)-/.test(name);
}

/** The first 16 letters of the base32 of SHA-256: its first ten bytes. Remembered per text. */
function hash16(text: string): string {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  const made = base32.encode(sha256(bytesOf(text)).subarray(0, 10));
  if (hashes.size > REMEMBERED) hashes.clear();
  hashes.set(text, made);
  return made;
}

/** Names of Services, ports and addresses are ASCII. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
