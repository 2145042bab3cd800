/** Every error that the API of release 1.35 gives, word for word as kubectl prints it: by the command line and by the page's line. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { inProcess } from "../../../src/bridge/in-process";
import type { FromWorker, ToWorker } from "../../../src/bridge/protocol";
import { runCommand } from "../../../src/headless/commands";
import type { RefusedAct } from "../../fixtures/api-errors";
import { ERRORS_CLUSTER, REFUSED_ACTS } from "../../fixtures/api-errors";
import type { Command } from "../../../src/world/command";

const folder = mkdtempSync(join(tmpdir(), "api-errors-"));
afterAll(() => rmSync(folder, { recursive: true }));
const cluster = join(folder, "cluster.yaml");
writeFileSync(cluster, ERRORS_CLUSTER);

/** The line on stderr of `headless run`. */
function byCommandLine({ as, first, act }: RefusedAct): string {
  const commands = join(folder, "commands.json");
  const all = [...(first === undefined ? [] : [{ at: "100ms", ...first }]), { at: "200ms", ...act }];
  writeFileSync(commands, JSON.stringify(all));
  const who = as === undefined ? [] : ["--as", as];
  const { out, notes, code } = runCommand(["run", "--scenario", cluster, "--commands", commands, "--until", "1s", ...who]);
  expect({ out, code, lines: notes.length }).toEqual({ out: "", code: 2, lines: 1 });
  return (notes[0] ?? "").replace(/^commands\[\d\]: /, "");
}

/** A conversation as the page has it: every question is answered by one message. */
function pageLine() {
  const line = inProcess();
  const waiting = new Map<number, (message: FromWorker) => void>();
  line.listen((message) => {
    if (message.type !== "trace" && message.type !== "progress") waiting.get(message.id)?.(message);
  });
  let id = 0;
  const say = (message: (id: number) => ToWorker): Promise<FromWorker> =>
    new Promise((answer) => {
      id += 1;
      waiting.set(id, answer);
      line.post(message(id));
    });
  const command = (at: number, act: Command): Promise<FromWorker> =>
    say((n) => ({ type: "command", id: n, at, event: -1, shownUntil: at, command: act }));
  return { say, command, close: line.close };
}

/** What the page is told. */
async function byPage({ as, first, act }: RefusedAct): Promise<string> {
  const { say, command, close } = pageLine();
  const source = { kind: "file", name: "cluster.yaml", text: ERRORS_CLUSTER } as const;
  await say((id) => ({ type: "open", id, recording: { source, seed: 1, behaviour: 2, journal: [] } }));
  if (as !== undefined) expect((await command(0, { do: "user", user: as })).type).toBe("done");
  if (first !== undefined) expect((await command(100_000, first)).type).toBe("done");
  const answer = await command(200_000, act);
  close();
  return answer.type === "refused" ? answer.problem.message : answer.type;
}

describe("the API's errors", () => {
  test.each(REFUSED_ACTS)("$of: on the command line, as one line", (refused) => {
    expect(byCommandLine(refused)).toBe(refused.text.replaceAll("\n", " "));
  });

  test.each(REFUSED_ACTS)("$of: in the page", async (refused) => {
    expect(await byPage(refused)).toBe(refused.text);
  });

  test("a user that is not there names the nearest", () => {
    const { notes } = runCommand(["run", "--scenario", cluster, "--until", "1s", "--as", "jame"]);
    expect(notes).toEqual([
      "as: there is no user jame; the nearest is jane, all are kubernetes-admin, jane, vera, system:serviceaccount:shop:deployer, expired-token",
    ]);
  });
});
