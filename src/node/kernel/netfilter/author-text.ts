/**
 * A rule as its author writes it for `iptables-restore`: conditions in the author's order, numbers in the author's
 * form. Source: iptables-extensions(8); the spelling of kube-proxy's rules (pkg/proxy/iptables/proxier.go).
 */
import { unreachable } from "../../../base/assert";
import { showEndpoint } from "../../../network/address";
import type { Match, Rule, Target } from "./rules";

/** One `-A CHAIN …` line of `iptables-restore` input. */
export function authorLine(chain: string, rule: Rule): string {
  let line = `-A ${chain}`;
  for (const match of rule.matches) line += ` ${authorMatch(match)}`;
  const target = authorTarget(rule.target);
  return target === "" ? line : `${line} ${target}`;
}

/** `! ` where a condition is inverted. */
export function bang(match: { readonly not?: boolean }): string {
  return match.not === true ? "! " : "";
}

function authorMatch(match: Match): string {
  switch (match.kind) {
    case "protocol":
      return `${bang(match)}-p ${match.protocol}`;
    case "source":
      return `${bang(match)}-s ${match.text}`;
    case "destination":
      return `${bang(match)}-d ${match.text}`;
    case "in-interface":
      return `${bang(match)}-i ${match.name}`;
    case "out-interface":
      return `${bang(match)}-o ${match.name}`;
    case "extension":
      return `-m ${match.name}`;
    case "destination-port":
      return `${bang(match)}--dport ${match.port}`;
    case "source-port":
      return `${bang(match)}--sport ${match.port}`;
    case "comment":
      return `-m comment --comment ${match.text.includes(" ") ? `"${match.text}"` : match.text}`;
    case "mark":
      return `-m mark ${bang(match)}--mark ${match.value}/${match.mask}`;
    case "conntrack":
      return `-m conntrack ${bang(match)}--ctstate ${match.states.join(",")}`;
    case "addrtype":
      return `-m addrtype ${bang(match)}--${match.side}-type ${match.type}`;
    case "statistic":
      return `-m statistic --mode random --probability ${match.probability}`;
    case "recent":
      return `-m recent --name ${match.name} ${recentAction(match)}`;
    case "nfacct":
      return `-m nfacct --nfacct-name ${match.name}`;
    case "physdev":
      return `-m physdev ${bang(match)}--physdev-is-${match.isIn ? "in" : "out"}`;
    case "set":
      return `-m set ${bang(match)}--match-set ${match.name} ${match.sides.join(",")}`;
    case "ipvs":
      return `-m ipvs --vaddr ${match.address} --vproto ${match.protocol} --vport ${match.port}`;
    default:
      return unreachable(match);
  }
}

/** `--set`, or `--rcheck` with its limits. */
export function recentAction(match: Match & { kind: "recent" }): string {
  if (match.action === "set") return "--set";
  return `--rcheck --seconds ${match.seconds}${match.reap ? " --reap" : ""}`;
}

function authorTarget(target: Target): string {
  switch (target.kind) {
    case "none":
      return "";
    case "jump":
      return `-j ${target.chain}`;
    case "DNAT":
      return `-j DNAT --to-destination ${showEndpoint(target.address, target.port)}`;
    case "MASQUERADE":
      return `-j MASQUERADE${target.randomFully ? " --random-fully" : ""}`;
    case "MARK":
      return `-j MARK --${target.operation}-mark ${target.value}`;
    case "ACCEPT":
    case "DROP":
    case "RETURN":
    case "NOTRACK":
    case "REJECT":
      return `-j ${target.kind}`;
    default:
      return unreachable(target);
  }
}
