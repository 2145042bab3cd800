/** `lab`: a script that builds the cluster of Linux network namespaces. */
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import type { LabAnswer } from "../../bridge/questions";
import { labScript } from "../../sharing/lab-script";
import type { Output } from "../output";
import { jsonLine, outputOf, refusedWith, said } from "../output";
import type { Command } from "./command";
import { askAboutFile } from "./command";

export const lab: Command = {
  options: { values: ["file", "mode", "out"], switches: ["json"] },
  usage: "lab --file F [--mode iptables|nftables] --out FILE.sh",
  run(options) {
    const out = options.need("out", "the script to write, as lab.sh");
    if (!out.ok) return refusedWith(out.problem);
    const answered = askAboutFile(options, { do: "lab", mode: options.get("mode") }, { mode: "mode" });
    if (!answered.ok) return refusedWith(answered.problem);
    const answer = answered.value;
    if (answer.do !== "lab") throw new Error(`invariant broken: lab was asked and ${answer.do} answered`);
    const script = labScript(answer.lab, basename(options.get("file") ?? ""));
    return outputOf(write(out.value, script), () => written(answer, out.value, options.has("json")));
  },
};

function write(file: string, text: string): Result<string> {
  try {
    writeFileSync(file, text, { mode: 0o755 });
    return ok(file);
  } catch (error) {
    return failAt(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}; expected a file`, "--out");
  }
}

function written({ lab: { mode, hosts, left }, warnings }: LabAnswer, out: string, asJson: boolean): Output {
  const namespaces = hosts.length;
  if (asJson) return said(jsonLine({ out, mode, namespaces, left, warnings }));
  const apart = left.map((sentence) => ` ${sentence}.`).join("");
  return said(
    `${out}: ${namespaces} network namespaces, ${mode} mode.${apart} As root: ${out} up; ${out} exec POD COMMAND; ${out} down.\n`,
    warnings,
  );
}
