/**
 * The rules of one node asked about the first packet of a connection, as its kernel would ask them, with the draws given
 * from outside. The rule objects are those that packets meet; nothing of it happens in the run.
 */
import type { Packet } from "../../network/packet";
import type { ChainWalk } from "../../node/kernel/hop";
import { evaluateTable } from "../../node/kernel/netfilter/evaluate";
import type { PacketFacts } from "../../node/kernel/netfilter/evaluation";
import { statisticLimit } from "../../node/kernel/netfilter/matching";
import type { Rule, Ruleset } from "../../node/kernel/netfilter/rules";
import { saveLine } from "../../node/kernel/netfilter/show";
import { planOf } from "../../node/kernel/nft-stages";
import { evaluateBaseChain } from "../../node/kernel/nftables/evaluate";
import type { NftRule, NftTable } from "../../node/kernel/nftables/tables";
import type { HostRules } from "../rulesets";

/** One draw that a rule asks for. */
export interface Draw {
  /** Of 2^32 outcomes so many are a hit (iptables); in nftables the number of choices. */
  readonly engine: "iptables" | "nftables";
  /** The chance of a hit, of each choice, as a fraction of 1. */
  readonly chance: number;
  /** As the rule's text has it. */
  readonly text: string;
}

/** Gives a 32-bit draw. */
export type Drawing = (draw: Draw) => number;

/** Whom session affinity remembers. */
export interface Memory {
  has(list: string, source: string): boolean;
  put(list: string, source: string): void;
}

/** What became of a first packet. */
export interface Chosen {
  /** `address:port`, "" where no rule rewrote its destination. */
  readonly endpoint: string;
  /** Where the rule stands whose packets are the endpoint's hits, `table chain number`; "" where nobody asked for it. */
  readonly countedAt: string;
  readonly rules: number;
}

/** Asks the rules about a packet from a Pod of the node (`pod`) or from the node itself. */
export type Choose = (asked: {
  readonly packet: Packet;
  readonly isPod: boolean;
  readonly draw: Drawing;
  readonly memory: Memory;
  /** Whether `countedAt` is wanted. */
  readonly where: boolean;
}) => Chosen;

const NOWHERE = { endpoint: "", countedAt: "" };

/** The chooser of a node's rules, whichever engine chooses endpoints there. */
export function chooserOf({ iptables, nft }: HostRules, isLocal: (address: string) => boolean): Choose {
  return nft === null ? iptablesChooser(iptables, isLocal) : nftChooser(nft, isLocal);
}

function factsOf(packet: Packet, isPod: boolean): PacketFacts {
  return {
    packet,
    mark: 0,
    inInterface: isPod ? "cni0" : "",
    outInterface: "",
    physicalIn: isPod,
    state: "NEW",
    translated: { destination: false, source: false },
  };
}

function iptablesChooser(ruleset: Ruleset, isLocal: (address: string) => boolean): Choose {
  return ({ packet, isPod, draw, memory, where }) => {
    const host = {
      isLocal,
      drawStatistic: (_chain: string, rule: Rule): number => draw(statisticOf(rule)) >>> 1,
      recent: {
        seen: ({ name, source }: { readonly name: string; readonly source: string }) => memory.has(name, source),
        remember: ({ name, source }: { readonly name: string; readonly source: string }) => memory.put(name, source),
      },
    };
    const hook = isPod ? "PREROUTING" : "OUTPUT";
    const found = evaluateTable({ ruleset, table: "nat", hook, facts: factsOf(packet, isPod), host, recordWalk: where });
    if (found.verdict.kind !== "dnat") return { ...NOWHERE, rules: found.rulesPassed };
    const { address, port } = found.verdict;
    const countedAt = where ? leadingTo(ruleset, found.walk ?? [], found.decidedBy?.chain ?? "") : "";
    return { endpoint: `${address}:${port}`, countedAt, rules: found.rulesPassed };
  };
}

function statisticOf({ matches }: Rule): Draw {
  const match = matches.find((one) => one.kind === "statistic");
  const limit = match?.kind === "statistic" ? statisticLimit(match.probability) : 0;
  const text = / --probability (\S+)/.exec(saveLine("", { matches, target: { kind: "none" } }))?.[1] ?? "";
  return { engine: "iptables", chance: limit / 0x8000_0000, text };
}

/** The rule that sent the packet into an endpoint's chain. */
function leadingTo(ruleset: Ruleset, walk: readonly ChainWalk[], endpointChain: string): string {
  const chains = ruleset.tables.get("nat")?.chains;
  for (const { chain, tries } of walk) {
    for (const { number, matched } of tries) {
      const target = matched ? chains?.get(chain)?.rules[number - 1]?.target : undefined;
      if (target?.kind === "jump" && target.chain === endpointChain) return `nat ${chain} ${number}`;
    }
  }
  return "";
}

function nftChooser(table: NftTable, isLocal: (address: string) => boolean): Choose {
  return ({ packet, isPod, draw, memory }) => {
    const host = {
      isLocal,
      drawNumgen: (_chain: string, rule: NftRule): number => draw(numgenOf(rule)),
      dynamic: {
        holds: (set: string, address: string) => memory.has(set, address),
        update: ({ set, address }: { readonly set: string; readonly address: string }) => memory.put(set, address),
      },
    };
    let rules = 0;
    for (const chain of planOf(table, isPod ? "PREROUTING" : "OUTPUT").nat) {
      const { verdict, decidedBy, rulesPassed } = evaluateBaseChain({
        table,
        chain,
        facts: factsOf(packet, isPod),
        host,
        recordWalk: false,
      });
      rules += rulesPassed;
      if (verdict.kind !== "dnat") continue;
      const countedAt = decidedBy === undefined ? "" : `${decidedBy.table} ${decidedBy.chain} ${decidedBy.number}`;
      return { endpoint: `${verdict.address}:${verdict.port}`, countedAt, rules };
    }
    return { ...NOWHERE, rules };
  };
}

function numgenOf({ expressions }: NftRule): Draw {
  const numgen = expressions.find((one) => one.kind === "numgen");
  const choices = numgen?.kind === "numgen" ? numgen.verdicts.length : 1;
  return { engine: "nftables", chance: 1 / choices, text: `1 in ${choices}` };
}
