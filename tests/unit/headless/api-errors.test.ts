/** Every error that the API of release 1.35 gives, word for word as kubectl prints it: by the command line and by the page's line. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { inProcess } from "../../../src/bridge/in-process";
import type { FromWorker, ToWorker } from "../../../src/bridge/protocol";
import type { ApiError } from "../../../src/cluster/api-server";
import { simTime } from "../../../src/engine/time";
import { loadManifests } from "../../../src/manifests/load";
import { userOf } from "../../../src/world/api-users";
import { tryWrites, writesOf } from "../../../src/world/asked-writes";
import { World } from "../../../src/world/world";
import { runCommand } from "../../../src/headless/commands";
import type { RefusedAct } from "../../fixtures/api-errors";
import { ERRORS_CLUSTER, REFUSED_ACTS } from "../../fixtures/api-errors";
import type { Command } from "../../../src/world/command";

const folder = mkdtempSync(join(tmpdir(), "api-errors-"));
afterAll(() => rmSync(folder, { recursive: true }));
/** People work in `shop`. */
const IDLE = { from: "shop/web", to: "http://web", perSecond: 0 };

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

function hasKubectl(): boolean {
  const found = spawnSync("kubectl", ["version", "--client"]).status === 0;
  if (!found) console.log("the API's errors: kubectl is absent, so it is not asked how it prints them");
  return found;
}

/** What the API server answers to each act, as the metav1.Status that it would send, and what we print for it. */
async function answers(): Promise<readonly { readonly body: unknown; readonly text: string }[]> {
  const found: { body: unknown; text: string }[] = [];
  for (const { as, first, act, text } of REFUSED_ACTS) {
    const loaded = loadManifests({ name: "cluster.yaml", text: ERRORS_CLUSTER });
    if (!loaded.ok) throw new Error(loaded.problem.message);
    const world = World.fromObjects({ objects: loaded.value.objects, seed: 1, completes: true, traffic: IDLE });
    if (!world.ok) throw new Error(world.problem.message);
    if (as !== undefined) world.value.give(simTime(0), { do: "user", user: as });
    world.value.runTo(simTime(100_000));
    if (first !== undefined) world.value.give(simTime(100_000), first);
    world.value.runTo(simTime(200_000));
    const { state } = world.value.inside;
    const refused = tryWrites(state, writesOf(state, act), userOf(state)).at(-1)?.refused?.error;
    if (refused === undefined) throw new Error(`${text} is not refused`);
    found.push({ body: statusOf(refused), text });
  }
  return found;
}

/** metav1.Status as the server writes it. */
function statusOf({ code, reason, message, details }: ApiError): unknown {
  const causes = details?.causes.map((cause) => {
    const colon = cause.indexOf(": ");
    return { reason: "FieldValueInvalid", field: cause.slice(0, colon), message: cause.slice(colon + 2) };
  });
  const [group = ""] = details?.kind.split(".").slice(1) ?? [];
  const told = details === undefined ? {} : { details: { name: details.name, kind: details.kind, group, causes } };
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code, ...told };
}

/** What kubectl prints when a server answers its POST so. */
async function printedByKubectl(body: unknown): Promise<string> {
  const code = typeof body === "object" && body !== null && "code" in body ? Number(body.code) : 500;
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(code, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const words = [
    "--kubeconfig=/dev/null",
    `--server=http://127.0.0.1:${port}`,
    "create",
    "--raw",
    "/api/v1/namespaces/shop/services",
    "-f",
    cluster,
  ];
  const child = spawn("kubectl", words, { stdio: ["ignore", "ignore", "pipe"] });
  let printed = "";
  child.stderr.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  await new Promise((done) => child.on("close", done));
  server.close();
  return printed.trimEnd();
}

describe("the API's errors", () => {
  test.each(REFUSED_ACTS)("$of: on the command line, as one line", (refused) => {
    expect(byCommandLine(refused)).toBe(refused.text.replaceAll("\n", " "));
  });

  test.each(REFUSED_ACTS)("$of: in the page", async (refused) => {
    expect(await byPage(refused)).toBe(refused.text);
  });

  test.skipIf(!hasKubectl())("are printed just so by kubectl itself", { timeout: 120_000 }, async () => {
    const texts: string[] = [];
    for (const { body, text } of await answers()) {
      const printed = await printedByKubectl(body);
      if (printed !== text) texts.push(`${printed}\n  where we print\n${text}`);
    }
    expect(texts).toEqual([]);
  });

  test("a range without a free address left", () => {
    const loaded = loadManifests({ name: "cluster.yaml", text: "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n" });
    const objects = loaded.ok ? loaded.value.objects : [];
    const world = World.fromObjects({ objects, seed: 1, completes: true, traffic: IDLE, config: { serviceCIDRs: ["10.96.0.0/30"] } });
    if (!world.ok) throw new Error(world.problem.message);
    const post = (name: string): Command => ({
      do: "create",
      object: { apiVersion: "v1", kind: "Service", metadata: { name, namespace: "shop" }, spec: { ports: [{ port: 80 }] } },
    });
    world.value.give(simTime(1000), post("last"));
    world.value.runTo(simTime(900_000));
    const refused = world.value.check(post("x"));
    expect(refused.ok ? "" : refused.problem.message).toBe(
      'Error from server (InternalError): Internal error occurred: failed to allocate a serviceIP for Service "x": range is full',
    );
  });

  test("a user that is not there names the nearest", () => {
    const { notes } = runCommand(["run", "--scenario", cluster, "--until", "1s", "--as", "jame"]);
    expect(notes).toEqual([
      "as: there is no user jame; the nearest is jane, all are kubernetes-admin, jane, vera, system:serviceaccount:shop:deployer, expired-token",
    ]);
  });
});
