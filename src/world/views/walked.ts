/** The walks of a hop, whichever engine made them: iptables' chains and an nftables table's stand in one order. */
import type { Packet } from "../../network/packet";
import type { ChainWalk, Walk } from "../../node/kernel/hop";
import type { IpvsAct } from "../../node/kernel/ipvs/hook";
import type { NftChainWalk } from "../../node/kernel/nftables/evaluation";
import type { HostRules } from "../rulesets";
import type { ChainWalkView, HopView, JourneyView, RuleLineView } from "../view-types";
import { nftChoices, nftMatchedRules, nftWalkView } from "./nft-walks";
import { choicesOf, matchedRules, walkView } from "./walks";

function isNft(walk: Walk): walk is NftChainWalk {
  return "engine" in walk;
}

/** Chains as they were walked. */
export function walkViews(walks: readonly Walk[], rules: HostRules | null, packet: Packet): readonly ChainWalkView[] {
  return walks.map((walk) =>
    isNft(walk) ? nftWalkView(walk, rules?.nft ?? null, packet) : walkView(walk, rules?.iptables ?? null, packet),
  );
}

/** The rules that caught the packet, in the order of the walk; the last one decided. */
export function rulesMatched(walks: readonly Walk[], rules: HostRules | null): HopView["rules"] {
  return walks.flatMap((walk) => (isNft(walk) ? nftMatchedRules(walk, rules?.nft ?? null) : matchedRules([walk], rules?.iptables ?? null)));
}

/** The real servers that a virtual one had for a new connection. Which comes next is no chance: the scheduler says. */
export function ipvsChoices({ servers, real, scheduler }: IpvsAct): readonly Omit<JourneyView["choices"][number], "pod">[] {
  const open = servers.filter(({ weight }) => weight > 0);
  return open.map(({ name }) => ({ endpoint: name, probability: open.length === 1 ? "1" : scheduler, taken: name === real }));
}

/** A virtual server that chose, as a chain that was walked: one line a real server, the chosen one lit. */
export function ipvsWalk({ virtual, servers, real, scheduler }: IpvsAct): ChainWalkView {
  const chosen = servers.length === 1 ? "the only one" : `its turn, by ${scheduler}`;
  const lines = servers.map(({ name, line, weight }, index): RuleLineView => {
    const isTaken = name === real;
    const passedOver = weight === 0 ? "weight 0: no new connections" : "";
    return {
      number: index + 1,
      text: line,
      condition: `weight ${weight}`,
      target: name,
      state: isTaken ? "matched" : "unmatched",
      reason: isTaken ? chosen : passedOver,
    };
  });
  return { table: "ipvs", chain: virtual, length: servers.length, passed: 0, lines };
}

/** The real server that it came to, among the rules that caught the packet. */
export function ipvsMatched({ virtual, servers, line, real }: IpvsAct): HopView["rules"] {
  const number = servers.findIndex(({ name }) => name === real) + 1;
  return [{ table: "ipvs", chain: virtual, number, of: servers.length, text: line }];
}

/** The endpoints that a choice had; empty where none of the walks chose. */
export function choicesMet(
  walks: readonly Walk[],
  rules: HostRules | null,
  packet: Packet,
  taken: string,
): readonly Omit<JourneyView["choices"][number], "pod">[] {
  const table = rules?.nft ?? null;
  if (table !== null) return nftChoices(walks.filter(isNft), table, packet, taken);
  const iptables = walks.filter((walk): walk is ChainWalk => !isNft(walk));
  return choicesOf(iptables, rules?.iptables ?? null, packet, taken);
}
