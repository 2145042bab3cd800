/** The rule text of a node, taken apart by table and chain for folding. The lines themselves stay verbatim. */

export interface RuleLine {
  /** Position among the chain's rules, from 1; 0 for a line of a set or a map. */
  readonly number: number;
  readonly text: string;
}

export interface ChainText {
  readonly table: string;
  readonly chain: string;
  /** Sets, maps and virtual servers fold as chains do. */
  readonly kind: "chain" | "set" | "map" | "server";
  /** `:NAME POLICY [packets:bytes]`; what hangs a chain on its hook; what a set's keys are; a virtual server's own line. */
  readonly heading: string;
  readonly lines: readonly RuleLine[];
}

/** Chains of an `iptables-save`, `nft list`, `ipset save` or `ipvsadm-save -n` text, in its order. */
export function chainsOf(text: string): readonly ChainText[] {
  if (text.startsWith("table ")) return nftBlocks(text);
  if (text.startsWith("create ")) return ipsets(text);
  return text.startsWith("-A -") ? virtualServers(text) : iptablesChains(text);
}

interface Open extends ChainText {
  heading: string;
  readonly lines: RuleLine[];
}

function iptablesChains(text: string): readonly ChainText[] {
  const chains: Open[] = [];
  let table = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("*")) table = line.slice(1);
    if (line.startsWith(":")) chains.push({ table, chain: line.slice(1).split(" ")[0] ?? "", kind: "chain", heading: line, lines: [] });
    if (!line.startsWith("-A ")) continue;
    const name = line.split(" ")[1] ?? "";
    const chain = chains.findLast((one) => one.table === table && one.chain === name);
    chain?.lines.push({ number: chain.lines.length + 1, text: line });
  }
  return chains;
}

/** Sets of `ipset save`: `create NAME TYPE …`, then an `add` for each entry. */
function ipsets(text: string): readonly ChainText[] {
  const sets: Open[] = [];
  for (const line of text.split("\n")) {
    const [verb, name = ""] = line.split(" ");
    if (verb === "create") sets.push({ table: "ipset", chain: name, kind: "set", heading: line, lines: [] });
    else if (verb === "add") sets.at(-1)?.lines.push({ number: 0, text: line });
  }
  return sets;
}

const PROTOCOLS: Readonly<Record<string, string>> = { "-t": "TCP", "-u": "UDP", "--sctp-service": "SCTP" };

/** Virtual servers of `ipvsadm-save -n`: an `-A` line each, then an `-a` for each real server behind it. */
function virtualServers(text: string): readonly ChainText[] {
  const servers: Open[] = [];
  for (const line of text.split("\n")) {
    const [verb, protocol = "", address = ""] = line.split(" ");
    const chain = `${PROTOCOLS[protocol] ?? protocol} ${address}`;
    if (verb === "-A") servers.push({ table: "ipvs", chain, kind: "server", heading: line, lines: [] });
    else if (verb === "-a") numbered(servers.at(-1), line);
  }
  return servers;
}

function numbered(block: Open | undefined, text: string): void {
  block?.lines.push({ number: block.lines.length + 1, text });
}

/** Blocks of a table: `chain NAME {`, its lines, `}`, each with one more tab. */
function nftBlocks(text: string): readonly ChainText[] {
  const blocks: Open[] = [];
  let table = "";
  for (const line of text.split("\n")) {
    const [, found] = /^table \S+ (\S+) \{$/.exec(line) ?? [];
    if (found !== undefined) table = found;
    const [, kind, chain = ""] = /^\t(chain|set|map) (\S+) \{$/.exec(line) ?? [];
    if (kind === "chain" || kind === "set" || kind === "map") blocks.push({ table, chain, kind, heading: "", lines: [] });
    else if (line.startsWith("\t\t")) addLine(blocks.at(-1), line.trim());
  }
  return blocks;
}

function addLine(block: Open | undefined, text: string): void {
  if (block === undefined) return;
  const isHead =
    block.kind === "chain" ? /^(type \S+ hook |comment ")/.test(text) : block.lines.length === 0 && !text.startsWith("elements = ");
  if (isHead) block.heading = block.heading === "" ? text : `${block.heading}; ${text}`;
  else block.lines.push({ number: block.kind === "chain" ? block.lines.length + 1 : 0, text });
}

/** A piece of a line; `to` is the chain, set or map that it names, "" where it names none that stands. */
export interface LinePart {
  readonly text: string;
  readonly to: string;
}

const NAMES = /(-[jg] \S+|--match-set \S+|\b(?:jump|goto) [^\s,]+|@[^\s,]+)/;

/** A line in pieces, so that every name in it can lead to what it names. `known` holds the names that stand. */
export function partsOf(line: string, known: { has(name: string): boolean }): readonly LinePart[] {
  return line.split(NAMES).flatMap((text, index): readonly LinePart[] => {
    if (index % 2 === 0) return text === "" ? [] : [{ text, to: "" }];
    const at = text.startsWith("@") ? 1 : text.indexOf(" ") + 1;
    const to = text.slice(at);
    return known.has(to)
      ? [
          { text: text.slice(0, at), to: "" },
          { text: to, to },
        ]
      : [{ text, to: "" }];
  });
}
