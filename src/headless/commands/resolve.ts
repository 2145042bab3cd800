/** `resolve`: what a Pod's stub resolver sends, and the outcome. */
import { resolutionText } from "../print/resolution";
import type { Command } from "./command";
import { askAboutFile, printAnswer } from "./command";

export const resolve: Command = {
  options: { values: ["file", "from", "name", "libc"], switches: ["json"] },
  usage: "resolve --file F --from NS/POD --name NAME [--libc glibc|musl]",
  run(options) {
    const question = { do: "resolve", from: options.get("from"), name: options.get("name"), libc: options.get("libc") };
    const answered = askAboutFile(options, question, { from: "from", name: "name", libc: "libc" });
    return printAnswer(options, answered, "resolve", resolutionText);
  },
};
