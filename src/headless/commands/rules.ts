/** `rules`: the rule set of a node. */
import type { Command } from "./command";
import { askAboutFile, printAnswer } from "./command";

export const rules: Command = {
  options: { values: ["file", "node", "mode", "format"], switches: ["json"] },
  usage: "rules --file F --node NODE [--mode iptables|nftables|ipvs] [--format restore|save]",
  run(options) {
    const question = { do: "rules", node: options.get("node"), mode: options.get("mode"), format: options.get("format") };
    const answered = askAboutFile(options, question, { node: "node", mode: "mode", format: "format" });
    return printAnswer(options, answered, "rules", ({ text }) => text);
  },
};
