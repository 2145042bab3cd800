/**
 * The conditions that kube-proxy writes again and again, in its own order and spelling: rules are compared as text.
 * Source: pkg/proxy/iptables/proxier.go; meanings: iptables-extensions(8).
 */
import { familyOf } from "../../../../network/address";
import type { Match } from "../../../kernel/netfilter/rules";
import type { ServicePort } from "../service-ports";

/** `-m comment --comment TEXT`. */
export function comment(text: string): Match {
  return { kind: "comment", text };
}

/** `-m tcp -p tcp`: the extension first, as kube-proxy writes it. */
export function protocolOf(port: ServicePort): readonly Match[] {
  return [
    { kind: "extension", name: port.protocol },
    { kind: "protocol", protocol: port.protocol },
  ];
}

/** What the tools of IPv6 print otherwise than those of IPv4. */
export function familyMark({ clusterIP }: ServicePort): { readonly family?: "IPv6" } {
  return familyOf(clusterIP) === "IPv6" ? { family: "IPv6" } : {};
}

/** `-d ADDRESS`. */
export function to(text: string): Invertible {
  return { kind: "destination", text };
}

/** `-s ADDRESS` or range. */
export function from(text: string): Invertible {
  return { kind: "source", text };
}

/** `--dport PORT`. */
export function toPort(port: number): Match {
  return { kind: "destination-port", port };
}

/** `-m addrtype --src-type|--dst-type LOCAL`. */
export function isLocal(side: "src" | "dst"): Match {
  return { kind: "addrtype", side, type: "LOCAL" };
}

/** Conditions that `!` can turn round. */
type Invertible = Exclude<Match, { readonly kind: "extension" | "comment" | "statistic" | "recent" | "nfacct" | "ipvs" }>;

/** A condition turned round. */
export function not(match: Invertible): Match {
  return { ...match, not: true };
}

/** `-m conntrack --ctstate NEW`. */
export const IS_NEW: Match = { kind: "conntrack", states: ["NEW"] };
