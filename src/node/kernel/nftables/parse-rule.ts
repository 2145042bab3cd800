/** The words of a script line, and the expressions that they make. */
import { ensure } from "../../../base/assert";
import type { NftExpression, NftKeyPart, NftProtocol, NftSide, NftVerdict } from "./tables";

/** The words of a line; a quoted text is one word without its quotes. */
export class Words {
  private readonly words: readonly { readonly text: string; readonly at: number }[];
  private next = 0;

  constructor(private readonly line: string) {
    this.words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => ({ text: match[1] ?? match[2] ?? "", at: match.index }));
  }

  peek(): string | undefined {
    return this.words[this.next]?.text;
  }

  take(): string {
    const word = ensure(this.words[this.next], "word at the end of the line");
    this.next += 1;
    return word.text;
  }

  expect(text: string): void {
    const word = this.take();
    if (word !== text) throw new Error(`"${word}" stands where "${text}" was expected`);
  }

  /** Takes the next word where it is this one. */
  skip(text: string): boolean {
    if (this.peek() !== text) return false;
    this.next += 1;
    return true;
  }

  /** The words before a word, which is taken too. */
  until(end: string): string {
    const found: string[] = [];
    while (!this.skip(end)) found.push(this.take());
    return found.join(" ");
  }

  /** Everything that is left. */
  rest(): string {
    return this.line.slice(this.words[this.next]?.at ?? this.line.length);
  }
}

/** A verdict. */
export function readVerdict(words: Words): NftVerdict {
  const kind = words.take();
  if (kind === "accept" || kind === "drop" || kind === "return") return { kind };
  if (kind === "jump" || kind === "goto") return { kind, chain: words.take() };
  throw new Error(`"${kind}" is no verdict that is known here`);
}

/** The next expression of a rule. */
export function readExpression(words: Words): NftExpression {
  const word = ensure(words.peek(), "expression");
  switch (word) {
    case "ip":
      return readAddress(words);
    case "meta":
      return readProtocol(words);
    case "mark":
      return readMark(words);
    case "fib":
    case "ct":
    case "iif":
    case "iifname":
      return readPlace(words);
    case "numgen":
    case "update":
    case "masquerade":
    case "dnat":
    case "reject":
      return readStatement(words);
    default:
      return { kind: "verdict", verdict: readVerdict(words) };
  }
}

function sideOf(word: string): NftSide {
  if (word === "saddr" || word === "daddr") return word;
  throw new Error(`"${word}" is no address of a packet`);
}

function negation(words: Words): { readonly not?: true } {
  return words.skip("!=") ? { not: true } : {};
}

function readAddress(words: Words): NftExpression {
  words.expect("ip");
  const side = sideOf(words.take());
  if (words.skip(".")) return readLookup([side === "saddr" ? "ip saddr" : "ip daddr"], words);
  const not = negation(words);
  if (words.skip("{")) {
    const written = words.until("}");
    const prefixes = written.split(/\s*,\s*/);
    return { kind: "address-among", side, prefixes, ...(/\S,\S/.test(written) ? { compact: true } : {}), ...not };
  }
  const value = words.take();
  if (value.startsWith("@")) return { kind: "address-in", side, set: value.slice(1), ...not };
  return { kind: "address", side, prefix: value, ...not };
}

const PROTOCOLS: readonly NftProtocol[] = ["tcp", "udp", "sctp", "icmp"];

function readProtocol(words: Words): NftExpression {
  words.expect("meta");
  words.expect("l4proto");
  if (words.skip(".")) return readLookup(["meta l4proto"], words);
  return {
    kind: "l4proto",
    protocol: ensure(
      PROTOCOLS.find((one) => words.skip(one)),
      "protocol",
    ),
  };
}

function readLookup(first: readonly NftKeyPart[], words: Words): NftExpression {
  const key = [...first];
  do {
    const part = `${words.take()} ${words.take()}`;
    if (part !== "meta l4proto" && part !== "th dport" && part !== "ip saddr" && part !== "ip daddr") throw new Error(`key part ${part}`);
    key.push(part);
  } while (words.skip("."));
  words.expect("vmap");
  return { kind: "vmap", key, map: words.take().replace(/^@/, "") };
}

function readMark(words: Words): NftExpression {
  words.expect("mark");
  if (words.skip("and")) {
    const mask = words.take();
    words.expect("==");
    words.expect("0");
    return { kind: "mark-clear", mask };
  }
  words.expect("set");
  words.expect("mark");
  return { kind: "set-mark", operation: words.take() === "or" ? "or" : "xor", value: words.take() };
}

function readPlace(words: Words): NftExpression {
  const kind = words.take();
  if (kind === "ct") {
    words.expect("state");
    words.expect("new");
    return { kind: "ct-state", state: "new" };
  }
  if (kind === "fib") {
    const side = sideOf(words.take());
    words.expect("type");
    words.expect("local");
    return { kind: "fib", side };
  }
  const not = negation(words);
  return kind === "iif" ? { kind, name: words.take(), ...not } : { kind: "iifname", pattern: words.take(), ...not };
}

function readStatement(words: Words): NftExpression {
  switch (words.take()) {
    case "reject":
      return { kind: "reject" };
    case "masquerade":
      return { kind: "masquerade", fullyRandom: words.skip("fully-random") };
    case "dnat": {
      words.expect("to");
      const [address = "", port = ""] = words.take().split(":");
      return { kind: "dnat", address, port: Number(port) };
    }
    case "update": {
      const set = words.take().replace(/^@/, "");
      words.until("}");
      return { kind: "update", set };
    }
    default:
      return readNumgen(words);
  }
}

function readNumgen(words: Words): NftExpression {
  words.until("{");
  const verdicts: NftVerdict[] = [];
  do {
    words.take();
    words.expect(":");
    verdicts.push(readVerdict(words));
  } while (words.skip(","));
  words.expect("}");
  return { kind: "numgen", verdicts };
}
