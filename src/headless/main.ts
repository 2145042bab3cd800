/** The headless command's entry: joins command line, stdin and stdout to the commands, nothing else. */
import { createInterface } from "node:readline";
import { answerLine } from "./batch";
import { runCommand } from "./commands";
import type { Output } from "./output";

async function batch(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    const answer = answerLine(line);
    if (answer === "" || process.stdout.write(answer)) continue;
    await new Promise<void>((resolve) => {
      process.stdout.once("drain", () => resolve());
    });
  }
}

function print({ out, notes, code }: Output): void {
  for (const note of notes) process.stderr.write(`${note}\n`);
  process.stdout.write(out);
  process.exitCode = code;
}

const words = process.argv.slice(2);
// A reader that has seen enough (head, less) closes the pipe: that is no failure.
process.stdout.on("error", () => process.exit(0));
if (words[0] === "batch") await batch();
else print(runCommand(words));
