/**
 * Runs one iptables table over one packet: chains, jumps, returns and verdicts as the kernel does it.
 * Source: net/ipv4/netfilter/ip_tables.c (ipt_do_table), iptables(8).
 */
import { ensure, unreachable } from "../../../base/assert";
import type { ChainWalk, RuleTry } from "../hop";
import { Candidates, INDEXED_FROM } from "./chain-index";
import type { EvaluateTable, Evaluation, EvaluationHost, PacketFacts, TableVerdict } from "./evaluation";
import { setHolds, type SetSides } from "./ipsets";
import { holds, numberOf, type MatchContext } from "./matching";
import type { Chain, Hook, Rule, Ruleset, Table, TableName } from "./rules";

/** What an evaluation needs; see `EvaluateTable`. */
export type EvaluationOptions = Parameters<EvaluateTable>[0];

/** Runs a table's built-in chain for a hook. In long chains an index leaves out rules that cannot match. */
export const evaluateTable: EvaluateTable = (options) => new Run(options, true).evaluate();

/** The same, rule by rule whatever the length: what `evaluateTable` must agree with, and the walk without gaps. */
export const evaluateTableLinearly: EvaluateTable = (options) => new Run(options, false).evaluate();

type Decision = Pick<Evaluation, "decidedBy"> & { readonly verdict: TableVerdict };

/** How a chain was left: by a verdict, or by coming back to its caller. */
type ChainEnd = Decision | null;

/** The tries of one chain while it is walked. */
interface OpenWalk extends ChainWalk {
  readonly tries: RuleTry[];
  skipped?: number;
}

/** One evaluation under way; for the conditions it is also what they may look at. */
class Run implements MatchContext {
  readonly facts: PacketFacts;
  readonly host: EvaluationHost;
  mark: number;
  private readonly ruleset: Ruleset;
  private readonly tableName: TableName;
  private readonly table: Table | undefined;
  private readonly hook: Hook;
  private readonly walk: OpenWalk[] | null;
  private readonly indexed: boolean;
  private rulesPassed = 0;
  private tryingChain = "";
  private tryingRule: Rule | null = null;
  private drawn: RuleTry["draw"];

  constructor(options: EvaluationOptions, indexed: boolean) {
    this.ruleset = options.ruleset;
    this.tableName = options.table;
    this.table = options.ruleset.tables.get(options.table);
    this.hook = options.hook;
    this.facts = options.facts;
    this.host = options.host;
    this.walk = options.recordWalk ? [] : null;
    this.indexed = indexed;
    this.mark = options.facts.mark;
  }

  /** The kernel refuses a rule whose set is not there. */
  isInSet(name: string, sides: SetSides): boolean {
    return setHolds(ensure(this.ruleset.sets?.get(name), `IP set ${name}`), sides, this.facts.packet);
  }

  /** A draw for the rule that is being tried. */
  drawStatistic(limit: number): number {
    const value = this.host.drawStatistic(this.tryingChain, ensure(this.tryingRule, "rule that draws"), this.ruleset);
    this.drawn = { value, limit };
    return value;
  }

  evaluate(): Evaluation {
    const chain = this.table?.chains.get(this.hook);
    const { verdict, decidedBy } = (chain && this.runChain(chain)) ?? policyOf(chain);
    const { mark, rulesPassed, walk } = this;
    // Written out and not spread: one is made for every table that every packet passes.
    if (decidedBy === undefined) return walk === null ? { verdict, mark, rulesPassed } : { verdict, mark, rulesPassed, walk };
    return walk === null ? { verdict, mark, rulesPassed, decidedBy } : { verdict, mark, rulesPassed, decidedBy, walk };
  }

  private runChain(chain: Chain): ChainEnd {
    const open = this.openWalk(chain);
    const candidates = this.indexed && chain.rules.length >= INDEXED_FROM ? new Candidates(chain, this.facts.packet) : null;
    let position = candidates === null ? 0 : candidates.next();
    while (position >= 0 && position < chain.rules.length) {
      const rule = ensure(chain.rules[position], "rule at a position");
      if (this.tryRule(chain, position, rule, open)) {
        const end = this.applyTarget(chain, position, rule);
        if (end !== "next") return this.leave(open, position + 1, end);
      }
      position = candidates === null ? position + 1 : candidates.next();
    }
    return this.leave(open, chain.rules.length, null);
  }

  /** Counts the rules of a chain that a linear walk would have passed, whether or not they were looked at. */
  private leave(open: OpenWalk | null, passed: number, end: ChainEnd): ChainEnd {
    this.rulesPassed += passed;
    if (open !== null && open.tries.length < passed) open.skipped = passed - open.tries.length;
    return end;
  }

  private openWalk(chain: Chain): OpenWalk | null {
    if (this.walk === null) return null;
    const open = { table: this.tableName, chain: chain.name, length: chain.rules.length, tries: [] };
    this.walk.push(open);
    return open;
  }

  private tryRule(chain: Chain, position: number, rule: Rule, open: OpenWalk | null): boolean {
    this.tryingChain = chain.name;
    this.tryingRule = rule;
    this.drawn = undefined;
    const failed = this.firstFailed(rule);
    const matched = failed < 0;
    open?.tries.push(tryOf(chain.name, position + 1, failed, this.drawn));
    if (matched) this.host.count?.(this.tableName, chain.name, position);
    return matched;
  }

  private firstFailed({ matches }: Rule): number {
    for (let index = 0; index < matches.length; index += 1) {
      const match = matches[index];
      if (match !== undefined && !holds(match, this)) return index;
    }
    return -1;
  }

  /** `next` goes on in this chain, null goes back to the caller. */
  private applyTarget(chain: Chain, position: number, rule: Rule): ChainEnd | "next" {
    const { target } = rule;
    switch (target.kind) {
      case "none":
        return "next";
      case "NOTRACK":
        this.host.untrack?.();
        return "next";
      case "MARK": {
        const value = numberOf(target.value);
        this.mark = (target.operation === "or" ? this.mark | value : this.mark ^ value) >>> 0;
        return "next";
      }
      case "jump":
        return this.runChain(this.chainNamed(target.chain, chain)) ?? "next";
      case "RETURN":
        return null;
      case "ACCEPT":
        return this.decide(chain, position, rule, { kind: "accept" });
      case "DROP":
        return this.decide(chain, position, rule, { kind: "drop" });
      case "REJECT":
        return this.decide(chain, position, rule, { kind: "reject" });
      case "DNAT":
        return this.decide(chain, position, rule, { kind: "dnat", address: target.address, port: target.port });
      case "MASQUERADE":
        return this.decide(chain, position, rule, { kind: "masquerade", randomFully: target.randomFully });
      default:
        return unreachable(target);
    }
  }

  private decide(chain: Chain, position: number, rule: Rule, verdict: TableVerdict): Decision {
    return { verdict, decidedBy: { table: this.tableName, chain: chain.name, number: position + 1, rule } };
  }

  private chainNamed(name: string, from: Chain): Chain {
    return ensure(this.table?.chains.get(name), `chain ${name} that ${this.tableName} ${from.name} jumps to`);
  }
}

/** Written out and not spread: a walk keeps one for every rule that was looked at. */
function tryOf(chain: string, number: number, failed: number, draw: RuleTry["draw"]): RuleTry {
  if (failed < 0) return draw === undefined ? { chain, number, matched: true } : { chain, number, matched: true, draw };
  return draw === undefined ? { chain, number, matched: false, failed } : { chain, number, matched: false, failed, draw };
}

function policyOf(chain: Chain | undefined): Decision {
  return { verdict: { kind: chain?.policy === "DROP" ? "drop" : "accept" } };
}
