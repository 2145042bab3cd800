/** The rule text of a node, taken apart by table and chain for folding. The lines themselves stay verbatim. */

export interface RuleLine {
  readonly number: number;
  readonly text: string;
}

export interface ChainText {
  readonly table: string;
  readonly chain: string;
  /** `:NAME POLICY [packets:bytes]`. */
  readonly heading: string;
  readonly lines: readonly RuleLine[];
}

/** Chains of an `iptables-save` text, in its order. */
export function chainsOf(text: string): readonly ChainText[] {
  const chains: { table: string; chain: string; heading: string; lines: RuleLine[] }[] = [];
  let table = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("*")) table = line.slice(1);
    if (line.startsWith(":")) chains.push({ table, chain: line.slice(1).split(" ")[0] ?? "", heading: line, lines: [] });
    if (!line.startsWith("-A ")) continue;
    const name = line.split(" ")[1] ?? "";
    const chain = chains.findLast((one) => one.table === table && one.chain === name);
    chain?.lines.push({ number: chain.lines.length + 1, text: line });
  }
  return chains;
}

/** The chain that a rule leads to, or "" where it leads to none that stands. */
export function jumpOf(line: string, chains: readonly ChainText[], table: string): string {
  const target = /-[jg] (\S+)/.exec(line)?.[1] ?? "";
  return chains.some((one) => one.table === table && one.chain === target) ? target : "";
}
