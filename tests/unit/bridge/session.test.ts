/** What a page and a session say to each other, over the in-process twin. */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Line } from "../../fixtures/line";

let line = new Line();
beforeEach(() => {
  line = new Line();
});
afterEach(() => line.close());

describe("a session", { timeout: 30_000 }, () => {
  test("opens a scenario and says what can be moved in it", async () => {
    const opened = line.expect(await line.open(), "opened");
    expect(opened.title).toBe("Two apps");
    expect(opened.controls).toEqual({
      deployments: [
        { namespace: "shop", name: "my-app", replicas: 2 },
        { namespace: "shop", name: "your-app", replicas: 3 },
      ],
      workers: 2,
      hasNodesSlider: true,
      perSecond: 1,
      users: [
        { name: "kubernetes-admin", may: "may do everything" },
        { name: "jane", may: "may edit in shop" },
        { name: "vera", may: "may look only" },
        { name: "system:serviceaccount:shop:deployer", may: "may change Deployments in shop" },
        { name: "expired-token", may: "is nobody: its token has expired" },
      ],
    });
  });

  test("shows a moment first and then what comes after it", async () => {
    await line.open();
    const { moment } = await line.look({ at: 0, ahead: 2_000_000 });
    expect(moment.stamp).toEqual({ branch: "b1", event: -1, at: 0 });
    expect(moment.stateHash).toMatch(/^[0-9a-f]{16}$/);
    const later = await line.look({ at: 1_000_000, ahead: 2_000_000, playing: true });
    expect(later.moment.stateHash).toBe("");
    const flights = line.heard.flatMap((message) => (message.type === "trace" ? message.flights : []));
    expect(flights.find((flight) => flight.request === 1)?.startedAt).toBe(500_000);
    expect(flights.findLast((flight) => flight.request === 1)?.verdict).toBe("answered");
  });

  test("sends every record once, in order, whatever was looked at", async () => {
    await line.open();
    for (const at of [0, 400_000, 900_000, 100_000, 3_000_000]) await line.look({ at, ahead: 500_000 });
    const { answer } = { answer: await line.ask({ ask: "events", from: 0, count: 100_000 }) };
    if (answer.to !== "events") throw new Error("events were asked for");
    const sent = line.heard.flatMap((message) => (message.type === "trace" ? message.events : []));
    expect(sent.map((event) => event.number)).toEqual(sent.map((_, index) => index));
    expect(sent).toEqual(answer.events.slice(0, sent.length));
  });

  test("answers only the newest of several looks", async () => {
    await line.open();
    const ids = [1, 2, 3].map((second) =>
      line.post((id) => ({ type: "look", id, looking: { at: second * 1_000_000, ahead: 0, follow: null } })),
    );
    await line.look({ at: 500_000 });
    const answered = line.heard.flatMap((message) => (message.type === "moment" ? [message.id] : []));
    expect(answered.filter((id) => ids.includes(id))).toEqual([]);
  });

  test("carries a command out at the playhead and shows what follows", async () => {
    await line.open();
    await line.look({ at: 1_000_000, ahead: 1_000_000 });
    const done = line.expect(
      await line.command(1_000_000, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 6 }),
      "done",
    );
    expect(done).toMatchObject({ at: 1_000_000, branch: "b1", notice: "shop/your-app is to have 6 replicas" });
    const { moment } = await line.look({ at: 8_000_000 });
    expect(moment.deployments).toContainEqual(expect.objectContaining({ namespace: "shop", name: "your-app", replicas: 6, ready: 6 }));
    const { moment: before } = await line.look({ at: 1_000_000, event: done.event });
    expect(before.lastEvent).toMatchObject({ kind: "command", lane: "you", sentence: "You scale shop/your-app to 6 replicas." });
  });

  test("keeps the old branch by name when one acts in the past, and goes back to it", async () => {
    await line.open();
    const { moment: old } = await line.look({ at: 6_000_000 });
    const done = line.expect(
      await line.command(4_310_000, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 1 }, { shownUntil: 6_000_000 }),
      "done",
    );
    expect(done.branch).toBe("b2");
    const { branches } = await line.look({ at: 9_000_000 });
    expect(branches.map(({ name, current }) => ({ name, current }))).toEqual([
      { name: "before scaling your-app at 00:04.310", current: false },
      { name: "main", current: true },
    ]);
    await line.branch("b1", 9_000_000);
    const { moment: again } = await line.look({ at: 6_000_000 });
    expect(again.stateHash).toBe(old.stateHash);
  });

  test("goes back to the latest moment that was shown of a branch, however far it was computed", async () => {
    await line.open();
    await line.look({ at: 1_950_000, ahead: 2_000_000 });
    await line.command(1_000_000, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 5 }, { shownUntil: 1_950_000 });
    await line.look({ at: 1_400_000, ahead: 2_000_000 });
    expect(line.expect(await line.branch("b1", 1_400_000), "done").at).toBe(1_950_000);
    expect(line.expect(await line.branch("b2", 1_950_000), "done").at).toBe(1_400_000);
  });

  test("drops a future that nobody saw without a word", async () => {
    await line.open();
    await line.look({ at: 1_000_000, ahead: 5_000_000 });
    await line.command(1_000_000, { do: "traffic", perSecond: 0 });
    const { branches } = await line.look({ at: 1_000_000 });
    expect(branches).toHaveLength(1);
  });

  test("lets commands of one slider at one moment replace each other, so that only the last is kept", async () => {
    await line.open();
    await line.look({ at: 1_000_000 });
    for (const replicas of [4, 5, 6]) {
      await line.command(1_000_000, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas }, { replaces: "your-app" });
    }
    const answer = await line.ask({ ask: "recording" });
    expect(answer).toMatchObject({
      recording: { journal: [{ at: 1_000_000, command: { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 6 } }] },
    });
    const { moment } = await line.look({ at: 6_000_000 });
    expect(moment.deployments.find(({ name }) => name === "your-app")?.ready).toBe(6);
  });

  test("refuses what cannot be, says what would be, and loses nothing", async () => {
    await line.open();
    await line.look({ at: 1_000_000 });
    const refused = line.expect(
      await line.command(1_000_000, { do: "scale", kind: "Deployment", name: "shop/your-ap", replicas: 6 }),
      "refused",
    );
    expect(refused.problem.message).toBe("there is no Deployment shop/your-ap; the nearest is shop/your-app");
    const wrong = line.expect(await line.parse("form", "kind: Service\n\tname: x\n"), "refused");
    expect(wrong.problem.at).toMatch(/^form:2:/);
    const missing = line.expect(await line.open(1, { kind: "scenario", id: "nowhere" }), "refused");
    expect(missing.problem.message).toBe('there is no scenario "nowhere"; there is two-apps, names, old-kernel');
    const { moment } = await line.look({ at: 1_000_000 });
    expect(moment.pods).toHaveLength(7);
  });

  test("follows a request and does not send the same journey twice", async () => {
    await line.open();
    const { journey, journeyKey } = await line.look({ at: 600_000, ahead: 1_000_000, follow: 1 });
    expect(journey?.packets[0]?.title).toBe("A query for your-app-svc.shop.svc.cluster.local");
    const settled = await line.look({ at: 700_000, ahead: 1_000_000, follow: 1, journeyKey });
    const again = await line.look({ at: 800_000, ahead: 1_000_000, follow: 1, journeyKey: settled.journeyKey });
    expect(again.journey).toBeNull();
    expect(again.journeyKey).toBe(settled.journeyKey);
  });

  test("replays a recording that was asked for to the same hash", async () => {
    await line.open(7);
    await line.command(1_000_000, { do: "scale", kind: "Deployment", name: "shop/your-app", replicas: 5 });
    await line.command(2_000_000, { do: "request", count: 3 });
    const { moment } = await line.look({ at: 5_000_000 });
    const answer = await line.ask({ ask: "recording" });
    if (answer.to !== "recording") throw new Error("the recording was asked for");
    const other = new Line();
    other.post((id) => ({ type: "open", id, recording: answer.recording }));
    const replayed = await other.look({ at: 5_000_000 });
    other.close();
    expect(replayed.moment.stateHash).toBe(moment.stateHash);
    expect(replayed.moment.stamp.event).toBe(moment.stamp.event);
  });
});

describe("a cluster file", { timeout: 30_000 }, () => {
  const text = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: default }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: kube-proxy, namespace: kube-system }
data:
  config.conf: |
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    kind: KubeProxyConfiguration
    mode: ipvs
    clusterCIDR: 10.99.0.0/16
---
apiVersion: v1
kind: Node
metadata: { name: node-a }
---
apiVersion: example.org/v1
kind: Widget
metadata: { name: w }
`;

  test("opens with warnings about what is kept and not simulated, and with kube-proxy's own settings", async () => {
    const opened = line.expect(await line.open(1, { kind: "file", name: "mine.yaml", text }), "opened");
    expect(opened.title).toBe("mine.yaml");
    expect(opened.warnings.join("\n")).toContain("Widget");
    expect(opened.controls).toMatchObject({ deployments: [], workers: 1, perSecond: 0 });
    const { moment } = await line.look({ at: 0, rulesOf: "node-a" });
    expect(moment.nodes[0]?.podRange.range).toBe("10.99.1.0/24");
    expect(moment.rules).toMatchObject({ mode: "ipvs", text: expect.stringMatching(/^-A -t 10\.96\.0\.1:443 -s rr\n/) });
    expect(moment.rules?.beside).toContain("! -s 10.99.0.0/16");
    expect(moment.services.find(({ name }) => name === "web")?.remark).toBe(
      "Its selector matches no Pod, so connections to it are refused.",
    );
  });

  test("names who asks whom, and its requests are answered", async () => {
    const own = readFileSync("public/examples/two-apps.yaml", "utf8").replaceAll("my-app", "front").replaceAll("your-app", "back");
    const opened = line.expect(await line.open(1, { kind: "file", name: "mine.yaml", text: own }), "opened");
    expect(opened.warnings).toContain("Pods of shop/front ask http://back-svc, once a second.");
    expect(opened.controls.perSecond).toBe(1);
    line.expect(await line.command(1_000_000, { do: "request" }), "done");
    const { moment } = await line.look({ at: 6_000_000 });
    const first = moment.pods.filter(({ owner }) => owner === "front").toSorted((a, b) => (a.uid < b.uid ? -1 : 1))[0];
    const sent = moment.requests.find(({ startedAt }) => startedAt === 1_000_000);
    expect([sent?.client, sent?.to]).toEqual([`shop/${first?.name}`, "http://back-svc"]);
    expect(new Set(moment.requests.filter(({ endedAt }) => endedAt !== null).map(({ verdict }) => verdict))).toEqual(new Set(["answered"]));
  });

  test("without a Deployment has nobody who asks, and says so", async () => {
    const opened = line.expect(await line.open(1, { kind: "file", name: "mine.yaml", text }), "opened");
    expect(opened.warnings).toContain(
      "Nobody asks anybody here: that takes a Deployment outside kube-system, and a Service with a selector and a TCP port.",
    );
    const refused = line.expect(await line.command(0, { do: "request" }), "refused");
    expect(refused.problem.message).toBe("nobody asks anybody in this cluster: that takes a Deployment, and a Service with a selector");
    const { moment } = await line.look({ at: 2_000_000 });
    expect(moment.requests).toEqual([]);
  });

  test("in which kube-proxy's mode is nftables opens in that mode, without a warning", async () => {
    const inNftables = text.replace("mode: ipvs", "mode: nftables");
    const opened = line.expect(await line.open(1, { kind: "file", name: "mine.yaml", text: inNftables }), "opened");
    expect(opened.warnings.join("\n")).not.toContain("kube-proxy's mode");
    const { moment } = await line.look({ at: 0, rulesOf: "node-a" });
    expect(moment).toMatchObject({ proxyMode: "nftables", rules: { mode: "nftables" } });
    expect(moment.rules?.text).toMatch(/^table ip kube-proxy \{\n/);
    expect(moment.rules?.beside).toContain("-A FLANNEL-POSTRTG -s 10.99.0.0/16 ");
  });

  test("is refused at its line and column, and what was open stays open", async () => {
    await line.open();
    const refused = line.expect(
      await line.open(1, { kind: "file", name: "bad.yaml", text: "apiVersion: v1\nkind: Service\n\tmetadata: {}\n" }),
      "refused",
    );
    expect(refused.problem.at).toMatch(/^bad\.yaml:3:/);
    const empty = line.expect(await line.open(1, { kind: "file", name: "empty.yaml", text: "" }), "refused");
    expect(empty.problem.message).toContain("no Kubernetes object");
    expect((await line.look({ at: 0 })).moment.pods).toHaveLength(7);
  });
});
