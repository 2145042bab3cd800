/** `dns`: what CoreDNS answers. */
import type { Command } from "./command";
import { askAboutFile, printAnswer } from "./command";

export const dns: Command = {
  options: { values: ["file", "query", "type"], switches: ["json"] },
  usage: "dns --file F --query NAME [--type A]",
  run(options) {
    const question = { do: "dns", query: { name: options.get("query"), type: options.get("type") } };
    const answered = askAboutFile(options, question, { "query.name": "query", "query.type": "type" });
    return printAnswer(options, answered, "dns", ({ text }) => text);
  },
};
