/** One request told three times: by the stage, by the list in words, and by the command line. They tell the same. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { parseAllDocuments } from "yaml";
import { Kubewalk } from "./kubewalk";
import { followOne, focusPage } from "./states";

interface Ends {
  readonly src: string;
  readonly dst: string;
  readonly ttl: number;
  readonly srcMac?: string;
  readonly dstMac?: string;
}

interface TracedHop {
  readonly kind: "tap" | "step";
  readonly direction: string;
  readonly node: string;
  readonly pod: string | null;
  readonly iface?: string;
  readonly step?: string;
  readonly did?: string;
  readonly rule?: string;
  readonly packet?: Ends;
  readonly after?: Ends;
}

/** The first packet and its answer, as the command tells it, with what chance decided in the page. */
function traced(question: {
  readonly pod: string;
  readonly ip: string;
  readonly choices: Readonly<Record<string, unknown>>;
}): readonly TracedHop[] {
  const objects = parseAllDocuments(readFileSync("public/examples/two-apps.yaml", "utf8")).map((document) => document.toJS());
  const line = {
    id: "1",
    do: "trace",
    mode: "iptables",
    objects: objects.filter((object) => object !== null),
    from: { pod: question.pod },
    to: { ip: question.ip, port: 80, protocol: "TCP" },
    choices: question.choices,
    seed: 1,
    config: {},
  };
  const answer = JSON.parse(
    execFileSync("node", [".ci/run-ts.mjs", "headless", "batch"], { encoding: "utf8", input: `${JSON.stringify(line)}\n` }),
  );
  expect(answer, JSON.stringify(answer.error ?? "")).toMatchObject({ ok: true, verdict: "delivered" });
  return answer.hops;
}

/** A traced hop in the fields that all three tell. */
function told(hop: TracedHop): string {
  const header = hop.packet ?? hop.after;
  const where = hop.pod === null ? hop.node : (hop.pod.split("/").at(-1) ?? "");
  const macs = hop.packet?.srcMac === undefined ? "" : ` ${hop.packet.srcMac} to ${hop.packet.dstMac ?? ""}`;
  return `${where}, ${hop.direction}: ${header?.src ?? ""} to ${header?.dst ?? ""}, TTL ${header?.ttl ?? 0}${macs}`;
}

/** An item of the list in the same fields. */
function listed(item: string, isTap: boolean): string {
  const where = /^\d+([a-z][\w.-]*), /.exec(item)?.[1] ?? "";
  const direction = /, (request|reply|error)\. /.exec(item)?.[1] ?? "";
  const [, src = "", dst = "", ttl = "", srcMac = "", dstMac = ""] =
    /((?:\d{1,3}\.){3}\d{1,3}:\d+) to ([\d.]+:\d+), TCP \w+, TTL (\d+)(?:, MAC (\S+) to ([0-9a-f:]{17}))?/.exec(item) ?? [];
  return `${where}, ${direction}: ${src} to ${dst}, TTL ${ttl}${isTap && srcMac !== "" ? ` ${srcMac} to ${dstMac}` : ""}`;
}

/** MACs by the order in which they are met: like names of veths they hang on the Pod's UID, which another run draws anew. */
function byOwner(lines: readonly string[]): readonly string[] {
  const met: string[] = [];
  return lines.map((line) =>
    line.replace(/([0-9a-f]{2}:){5}[0-9a-f]{2}/g, (mac) => {
      if (!met.includes(mac)) met.push(mac);
      return `MAC ${met.indexOf(mac) + 1}`;
    }),
  );
}

test("stage, list and command tell the same hops and headers of one request", async ({ page }) => {
  test.setTimeout(120_000);
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  await followOne(kubewalk);
  const all = await kubewalk.journey();
  const own = all.filter((item) => / (SYN to|SYN, ACK back to) /.test(item));
  const first = own[0] ?? "";
  const [, src = "", ip = ""] = /((?:\d{1,3}\.){3}\d{1,3}:\d+) to ([\d.]+):80, TCP S/.exec(first) ?? [];
  const endpoint = own.map((item) => /rewrites the destination \S+ to ([\d.]+:\d+)/.exec(item)?.[1]).find((one) => one !== undefined);
  const outer = own.flatMap((item) => /inside UDP [\d.]+:(\d+) to/.exec(item)?.[1] ?? []);
  const pod = /^1([a-z][\w-]+), /.exec(all[0] ?? "")?.[1] ?? "";
  const hops = traced({
    pod: `shop/${pod}`,
    ip,
    choices: { srcPort: Number(src.split(":")[1]), endpoint, vxlanPort: Number(outer[0]), vxlanReplyPort: Number(outer.at(-1)) },
  });

  expect(byOwner(own.map((item, n) => listed(item, hops[n]?.kind === "tap")))).toEqual(byOwner(hops.map(told)));
  for (const [n, hop] of hops.entries()) {
    // Sentences of these two name MAC addresses, which differ: a Pod's are made from its UID.
    const namesMacs = hop.step === "neighbour" || hop.step === "bridge";
    if (hop.did !== undefined && !namesMacs) expect(own[n]).toContain(hop.did);
    if (hop.rule !== undefined) expect(own[n]).toContain(hop.rule);
    if (hop.iface !== undefined) expect(own[n]).toContain(hop.iface.replace(/^(veth).*/, "$1"));
  }

  // The stage, hop by hop: what it says is the item of the list, and the rewrite that it draws is the hop's.
  await page.getByRole("radio", { name: "kernel" }).check({ force: true });
  await page
    .getByRole("button", { name: /SYN to/ })
    .first()
    .click();
  await focusPage(page);
  const stage = page.getByRole("main").getByRole("group", { name: "Stage" });
  for (const item of own.slice(0, 16)) {
    await expect(kubewalk.currentHop()).toHaveText(item);
    const words = (await stage.locator("desc").textContent()) ?? "";
    const [, title = "", place = "", sentence = ""] = /^(.*?)\. [^,]+, (.*?): (.*)$/.exec(words) ?? [];
    expect(item).toContain(title);
    expect(item).toContain(place);
    expect(item).toContain(sentence);
    const rewrite = /rewrites the destination (\S+) to ([\d.]+:\d+)/.exec(item);
    if (rewrite !== null) {
      await expect(stage.getByText(rewrite[1] ?? "", { exact: true }).first()).toBeVisible();
      await expect(stage.getByText(rewrite[2] ?? "", { exact: true }).first()).toBeVisible();
    }
    await page.keyboard.press("ArrowRight");
  }
});
