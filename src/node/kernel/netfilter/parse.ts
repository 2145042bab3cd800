/**
 * Reads rules back from text: what `iptables-save` prints and what an author feeds to `iptables-restore`.
 * For tests and recordings of real hosts; knows the conditions and targets of rules.ts and throws on anything else.
 */
import { ensure } from "../../../base/assert";
import { endpointIn } from "../../../network/address";
import { chain, ruleset, table } from "./build";
import type { Chain, CtState, Match, Rule, Ruleset, TableName, Target } from "./rules";

const TABLES: readonly string[] = ["raw", "mangle", "nat", "filter"];
const STATES: readonly string[] = ["INVALID", "NEW", "ESTABLISHED", "RELATED", "UNTRACKED", "DNAT", "SNAT"];

/** A rule set from text. Comment lines are skipped, counters forgotten; a line that cannot be read throws with its number. */
export function parseRuleset(text: string): Ruleset {
  const tables = new Map<TableName, Map<string, Chain>>();
  let current: Map<string, Chain> | undefined;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim().replace(/^\[\d+:\d+\] /, "");
    try {
      if (line.startsWith("*")) tables.set(tableName(line.slice(1)), (current = new Map()));
      else if (line.startsWith(":")) declare(ensure(current, "table line"), line);
      else if (line.startsWith("-A ")) append(ensure(current, "table line"), line);
      else if (line !== "" && line !== "COMMIT" && !line.startsWith("#")) throw new Error(`cannot read "${line}"`);
    } catch (problem) {
      throw new Error(`rules line ${index + 1}: ${problem instanceof Error ? problem.message : String(problem)}`, { cause: problem });
    }
  }
  return ruleset([...tables].map(([name, chains]) => table(name, chains.values())));
}

/** One `-A CHAIN …` line. */
export function parseRule(line: string): { readonly chain: string; readonly rule: Rule } {
  const words = new Words(line);
  words.expect("-A");
  return { chain: words.take(), rule: readRule(words) };
}

function tableName(name: string): TableName {
  if (name === "raw" || name === "mangle" || name === "nat" || name === "filter") return name;
  throw new Error(`table ${name} is none of ${TABLES.join(", ")}`);
}

function declare(chains: Map<string, Chain>, line: string): void {
  const [name = "", policy = "-"] = line.slice(1).split(" ");
  chains.set(name, chain(name, [], policy === "ACCEPT" || policy === "DROP" ? policy : null));
}

function append(chains: Map<string, Chain>, line: string): void {
  const { chain: name, rule } = parseRule(line);
  const before = ensure(chains.get(name), `chain line of ${name}`);
  chains.set(name, { ...before, rules: [...before.rules, rule] });
}

/** The words of a line, quotes taken off. */
class Words {
  private readonly words: readonly string[];
  private at = 0;

  constructor(line: string) {
    this.words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) =>
      quoted === undefined ? (bare ?? "") : quoted.replace(/\\(.)/g, "$1"),
    );
  }

  peek(): string | undefined {
    return this.words[this.at];
  }

  take(): string {
    const word = ensure(this.words[this.at], "word at the end of the line");
    this.at += 1;
    return word;
  }

  expect(word: string): void {
    const got = this.take();
    if (got !== word) throw new Error(`"${got}" stands where ${word} was expected`);
  }

  /** Takes the next word where it is this one. */
  skip(word: string): boolean {
    if (this.peek() !== word) return false;
    this.at += 1;
    return true;
  }
}

function readRule(words: Words): Rule {
  const matches: Match[] = [];
  let target: Target = { kind: "none" };
  while (words.peek() !== undefined) {
    const not = words.skip("!") ? { not: true } : {};
    const option = words.take();
    if (option === "-j") target = readTarget(words);
    else matches.push(readMatch(option, words, not));
  }
  return { matches, target };
}

interface Not {
  readonly not?: boolean;
}

function readMatch(option: string, words: Words, not: Not): Match {
  switch (option) {
    case "-p":
      return { kind: "protocol", protocol: protocolNamed(words.take()), ...not };
    case "-s":
      return { kind: "source", text: words.take(), ...not };
    case "-d":
      return { kind: "destination", text: words.take(), ...not };
    case "-i":
      return { kind: "in-interface", name: words.take(), ...not };
    case "-o":
      return { kind: "out-interface", name: words.take(), ...not };
    case "--sport":
      return { kind: "source-port", port: Number(words.take()), ...not };
    case "--dport":
      return { kind: "destination-port", port: Number(words.take()), ...not };
    case "-m":
      return readExtension(words.take(), words);
    default:
      throw new Error(`option ${option} is not one that rules here have`);
  }
}

function protocolNamed(name: string): "tcp" | "udp" | "sctp" | "icmp" {
  if (name === "tcp" || name === "udp" || name === "sctp" || name === "icmp") return name;
  throw new Error(`protocol ${name} is none of tcp, udp, sctp, icmp`);
}

function readExtension(name: string, words: Words): Match {
  switch (name) {
    case "tcp":
    case "udp":
    case "sctp":
      return { kind: "extension", name };
    case "comment":
      words.expect("--comment");
      return { kind: "comment", text: words.take() };
    case "statistic":
      for (const word of ["--mode", "random", "--probability"]) words.expect(word);
      return { kind: "statistic", probability: words.take() };
    case "nfacct":
      words.expect("--nfacct-name");
      return { kind: "nfacct", name: words.take() };
    case "recent":
      return readRecent(words);
    case "ipvs":
      return readVirtual(words);
    default:
      return readInvertible(name, words);
  }
}

function readInvertible(name: string, words: Words): Match {
  const not: Not = words.skip("!") ? { not: true } : {};
  const option = words.take();
  switch (`${name} ${option}`) {
    case "mark --mark": {
      const [value = "", mask = "0xffffffff"] = words.take().split("/");
      return { kind: "mark", value, mask, ...not };
    }
    case "conntrack --ctstate":
      return { kind: "conntrack", states: words.take().split(",").map(stateNamed), ...not };
    case "addrtype --src-type":
    case "addrtype --dst-type":
      words.expect("LOCAL");
      return { kind: "addrtype", side: option === "--src-type" ? "src" : "dst", type: "LOCAL", ...not };
    case "set --match-set":
      return {
        kind: "set",
        name: words.take(),
        sides: words
          .take()
          .split(",")
          .map((side) => (side === "src" ? "src" : "dst")),
        ...not,
      };
    case "physdev --physdev-is-in":
    case "physdev --physdev-is-out":
      return { kind: "physdev", isIn: option.endsWith("in"), ...not };
    default:
      throw new Error(`-m ${name} ${option} is not a condition that rules here have`);
  }
}

function stateNamed(name: string): CtState {
  switch (name) {
    case "INVALID":
    case "NEW":
    case "ESTABLISHED":
    case "RELATED":
    case "UNTRACKED":
    case "DNAT":
    case "SNAT":
      return name;
    default:
      throw new Error(`state ${name} is none of ${STATES.join(", ")}`);
  }
}

/** Options of `recent` come in two orders: the author's (name first) and the printed one. */
function readRecent(words: Words): Match {
  let name = "";
  let seconds: number | null = null;
  let reap = false;
  let family: { readonly family?: "IPv6" } = {};
  for (;;) {
    if (words.skip("--name")) name = words.take();
    else if (words.skip("--seconds")) seconds = Number(words.take());
    else if (words.skip("--mask")) family = words.take().includes(":") ? { family: "IPv6" } : {};
    else if (words.skip("--reap")) reap = true;
    else if (!words.skip("--set") && !words.skip("--rcheck") && !words.skip("--rsource")) break;
  }
  if (seconds === null) return { kind: "recent", name, action: "set", ...family };
  return { kind: "recent", name, action: "rcheck", seconds, reap, ...family };
}

function readVirtual(words: Words): Match {
  let address = "";
  let protocol = "";
  let port = 0;
  for (;;) {
    if (words.skip("--vaddr")) address = words.take();
    else if (words.skip("--vproto")) protocol = words.take();
    else if (words.skip("--vport")) port = Number(words.take());
    else break;
  }
  const named = protocol === "17" || protocol === "udp" ? "udp" : protocol === "132" || protocol === "sctp" ? "sctp" : "tcp";
  return { kind: "ipvs", address, protocol: named, port };
}

function readTarget(words: Words): Target {
  const kind = words.take();
  switch (kind) {
    case "ACCEPT":
    case "DROP":
    case "RETURN":
    case "NOTRACK":
      return { kind };
    case "REJECT":
      if (!words.skip("--reject-with") || words.skip("icmp-port-unreachable")) return { kind };
      words.expect("icmp6-port-unreachable");
      return { kind, family: "IPv6" };
    case "MASQUERADE":
      return { kind, randomFully: words.skip("--random-fully") };
    case "DNAT": {
      words.expect("--to-destination");
      const { address, port } = endpointIn(words.take());
      return { kind, address, port };
    }
    case "MARK":
      return readMark(words);
    default:
      return { kind: "jump", chain: kind };
  }
}

function readMark(words: Words): Target {
  const option = words.take();
  const [value = "", mask = ""] = words.take().split("/");
  if (option === "--or-mark") return { kind: "MARK", operation: "or", value };
  if (option === "--xor-mark") return { kind: "MARK", operation: "xor", value };
  if (option === "--set-xmark" && Number(mask) === 0) return { kind: "MARK", operation: "xor", value };
  if (option === "--set-xmark" && mask === value) return { kind: "MARK", operation: "or", value };
  throw new Error(`MARK ${option} ${value}/${mask} is neither an or nor an xor`);
}
