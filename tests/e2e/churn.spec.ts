/** Pods come and go; the name and the address before them stay; every reader learns of it in its own time. */
import { expect, test } from "@playwright/test";
import { Kubewalk, microsOf } from "./kubewalk";

const addresses = (text: string): readonly string[] => text.match(/\d+\.\d+\.\d+\.\d+/g) ?? [];

async function sliceAddresses(kubewalk: Kubewalk): Promise<readonly string[]> {
  const slice = (await kubewalk.rows("EndpointSlices")).find((row) => row["Service"] === "shop/your-app-svc");
  return addresses(slice?.["Endpoints"] ?? "");
}

/** When each node's kube-proxy last synced, by node. */
async function syncs(kubewalk: Kubewalk): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await kubewalk.rows("Nodes")).map((row) => [row["Name"] ?? "", row["kube-proxy synced"] ?? ""]));
}

test("scaling up makes Pods with new addresses; the slice and, node by node, the rules follow", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  const before = await kubewalk.pods("your-app");
  const syncedBefore = await syncs(kubewalk);
  expect(before).toHaveLength(3);
  await kubewalk.slide("Replicas of your-app", 6);
  await kubewalk.playUntil(async () => (await sliceAddresses(kubewalk)).length === 6);
  const after = await kubewalk.pods("your-app");
  const fresh = after.filter((pod) => !before.some((old) => old["UID"] === pod["UID"]));
  expect(fresh).toHaveLength(3);
  const known = new Set((await kubewalk.rows("Pods")).map((pod) => pod["Address"]));
  expect(known.size).toBe((await kubewalk.rows("Pods")).length);
  expect((await sliceAddresses(kubewalk)).toSorted()).toEqual(after.map((pod) => pod["Address"] ?? "").toSorted());
  await kubewalk.playUntil(async () => (await kubewalk.rows("Nodes")).every((row) => row["Behind"] === "0 s"));
  const syncedAfter = await syncs(kubewalk);
  const times = Object.keys(syncedBefore).map((node) => syncedAfter[node] ?? "");
  for (const node of Object.keys(syncedBefore))
    expect(microsOf(syncedAfter[node] ?? "")).toBeGreaterThan(microsOf(syncedBefore[node] ?? ""));
  expect(new Set(times).size).toBe(times.length);
});

test("scaling down removes Pods in the documented order, and a freed address rests", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  await kubewalk.slide("Replicas of your-app", 6);
  await kubewalk.playUntil(async () => (await kubewalk.pods("your-app")).filter((pod) => pod["State"] === "Running").length === 6);
  const six = await kubewalk.pods("your-app");
  const original = six.filter((pod) => pod["Ready since"] === "00:00.000").map((pod) => pod["UID"]);
  await kubewalk.slide("Replicas of your-app", 2);
  await kubewalk.playUntil(async () => (await kubewalk.pods("your-app")).length === 2);
  const left = await kubewalk.pods("your-app");
  // Rule 5 comes before rule 6: the node with more active Pods of the owner loses first; among equals the younger goes.
  // Three young ones are gone before any old one could be the last on its node.
  expect(left.every((pod) => original.includes(pod["UID"]))).toBe(true);
  expect(new Set(left.map((pod) => pod["Node"])).size).toBe(2);
  const freed = six.filter((pod) => !left.some((one) => one["UID"] === pod["UID"])).map((pod) => pod["Address"]);
  await kubewalk.slide("Replicas of your-app", 4);
  await kubewalk.playUntil(async () => (await kubewalk.pods("your-app")).filter((pod) => pod["State"] === "Running").length === 4);
  const young = (await kubewalk.pods("your-app")).filter((pod) => !left.some((one) => one["UID"] === pod["UID"]));
  expect(young.map((pod) => pod["Address"]).filter((address) => freed.includes(address))).toEqual([]);
});

test("a deleted Pod is replaced at once, under a new name and address", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  const before = await kubewalk.pods("your-app");
  const name = before[0]?.["Name"] ?? "";
  await kubewalk.press("As text");
  await kubewalk.press(`Delete Pod ${name}`);
  await kubewalk.playUntil(async () => {
    const now = await kubewalk.pods("your-app");
    return now.length === 3 && now.every((pod) => pod["Name"] !== name && pod["State"] === "Running");
  });
  const after = await kubewalk.pods("your-app");
  const fresh = after.filter((pod) => !before.some((old) => old["Name"] === pod["Name"]));
  expect(fresh).toHaveLength(1);
  expect(before.map((pod) => pod["Address"])).not.toContain(fresh[0]?.["Address"]);
});

test("a Pod relabelled away leaves the slice and gets no new connection once each node has synced", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  await kubewalk.slide("Requests per second", 20);
  const away = (await kubewalk.pods("your-app"))[0];
  const name = away?.["Name"] ?? "";
  await kubewalk.press("As text");
  await kubewalk.press(`Edit labels of ${name}`);
  await page.getByRole("textbox", { name: "Labels" }).fill("app=on-leave");
  await kubewalk.press("Apply");
  await kubewalk.playUntil(
    async () =>
      !(await sliceAddresses(kubewalk)).includes(away?.["Address"] ?? "") &&
      (await kubewalk.rows("Nodes")).every((row) => row["Behind"] === "0 s"),
  );
  expect((await kubewalk.pods("your-app")).some((pod) => pod["Name"] === name)).toBe(true);
  const quietFrom = microsOf(await kubewalk.moment("Cluster time"));
  await kubewalk.playUntil(async () => microsOf(await kubewalk.moment("Cluster time")) > quietFrom + 3_000_000);
  const later = (await kubewalk.rows("Requests")).filter(
    (row) => microsOf(row["Started"] ?? "") > quietFrom && row["Verdict"] === "answered",
  );
  expect(later.length).toBeGreaterThan(20);
  expect(later.map((row) => row["Answered by"])).not.toContain(name);
});

test("ten requests of the curl-like client reach several Pods, ten of the browser-like client reach one", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  await kubewalk.slide("Requests per second", 0);
  const answered = async (from: number): Promise<readonly string[]> =>
    (await kubewalk.rows("Requests"))
      .filter((row) => microsOf(row["Started"] ?? "") >= from && row["Verdict"] === "answered")
      .map((row) => row["Answered by"] ?? "");
  await kubewalk.press("Send 10 requests");
  await kubewalk.playUntil(async () => (await answered(1_000_000)).length === 10);
  expect(new Set(await answered(1_000_000)).size).toBeGreaterThan(1);
  // The table shows starts to the millisecond.
  const second = Math.floor(microsOf(await kubewalk.moment("Cluster time")) / 1000) * 1000;
  await page.getByRole("radio", { name: "browser-like" }).check();
  await kubewalk.press("Send 10 requests");
  await kubewalk.playUntil(async () => (await answered(second)).length === 10);
  expect(new Set(await answered(second)).size).toBe(1);
});

test("a node joins with the next range and leaves after its Pods were evicted", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  await kubewalk.slide("Nodes", 3);
  await kubewalk.playUntil(async () =>
    (await kubewalk.rows("Nodes")).some((row) => row["Name"] === "node-c" && row["State"]?.includes("Ready") === true),
  );
  const joined = (await kubewalk.rows("Nodes")).find((row) => row["Name"] === "node-c");
  expect(joined).toMatchObject({ Address: "192.168.0.13", "Pod range": "10.244.3.0/24", Zone: "zone-a" });
  await kubewalk.slide("Replicas of your-app", 8);
  await kubewalk.playUntil(
    async () => (await kubewalk.pods("your-app")).filter((pod) => pod["Node"] === "node-c" && pod["State"] === "Running").length > 0,
  );
  await kubewalk.slide("Nodes", 2);
  await kubewalk.playUntil(async () => !(await kubewalk.rows("Nodes")).some((row) => row["Name"] === "node-c"), 60_000);
  expect((await kubewalk.rows("Pods")).filter((pod) => pod["Node"] === "node-c")).toEqual([]);
  await kubewalk.playUntil(async () => (await kubewalk.pods("your-app")).filter((pod) => pod["State"] === "Running").length === 8);
});

test("a second act at the same paused moment takes the first one's place, at once", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.goTo(1_000_000);
  await kubewalk.slide("Replicas of your-app", 4);
  await expect(page.getByRole("region", { name: "This moment" })).toContainText("to 4 replicas");
  const four = await kubewalk.hash();
  await kubewalk.slide("Replicas of your-app", 5);
  await expect(page.getByRole("region", { name: "This moment" })).toContainText("to 5 replicas");
  await expect.poll(() => kubewalk.hash()).not.toBe(four);
  await kubewalk.playUntil(async () => (await kubewalk.pods("your-app")).filter((pod) => pod["State"] === "Running").length === 5);
});
