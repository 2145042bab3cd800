/**
 * Reads a Corefile: server blocks and the plugins in them. Plugins that are not modelled are named in a warning; a wrong
 * value is a Problem with line and column. The block with the kubernetes plugin (else the one for ".", else the first) is
 * the main one; the others answer for their zones alone.
 * Sources: coredns core/dnsserver/zdirectives.go; the setup.go of each plugin (see corefile-plugins.ts).
 */
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import type { CorefileConfig, StubBlock } from "./config";
import { EMPTY_BLOCK } from "./config";
import { readPlugin } from "./corefile-plugins";
import { PluginReader, zonesOf } from "./corefile-reader";
import type { Directive } from "./corefile-text";
import { parseBlocks } from "./corefile-text";

export type { CorefileConfig } from "./config";
export { addonConfig, kubeadmConfig } from "./config";

/** A config and what was left out of it. */
export interface ParsedCorefile {
  readonly config: CorefileConfig;
  readonly warnings: readonly string[];
}

/** Reads all blocks of a text. */
export function parseCorefile(text: string, file = "Corefile"): Result<ParsedCorefile> {
  const blocks = parseBlocks(text, file);
  if (!blocks.ok) return blocks;
  const main = mainBlock(blocks.value);
  if (main === undefined) return failAt("no server block; expected one such as `.:53 { … }`", `${file}:1:1`);
  const reader = new PluginReader(file);
  const config = readBlock(reader, main);
  const stubs = blocks.value.filter((block) => block !== main).map((block) => stubOf(reader, block));
  if (reader.problem !== undefined) return failAt(reader.problem.message, reader.problem.at);
  return ok({ config: { ...config, stubs }, warnings: reader.warnings });
}

function mainBlock(blocks: readonly Directive[]): Directive | undefined {
  const withCluster = blocks.find((block) => block.body.some((plugin) => plugin.words[0]?.text === "kubernetes"));
  return withCluster ?? blocks.find((block) => block.words.some(({ text }) => /^\.(:\d+)?$/.test(text))) ?? blocks[0];
}

function readBlock(reader: PluginReader, block: Directive): CorefileConfig {
  return block.body.reduce<CorefileConfig>((sum, plugin) => readPlugin(reader, sum, plugin, block), EMPTY_BLOCK);
}

function stubOf(reader: PluginReader, block: Directive): StubBlock {
  return { zones: zonesOf(reader, block.words), config: readBlock(reader, block) };
}
