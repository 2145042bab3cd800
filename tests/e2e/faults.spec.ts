/** Breaking things from the page: a kube-proxy that stops, the requests that fail by it, and the way to the change they missed. */
import { expect, test } from "@playwright/test";
import { Kubewalk } from "./kubewalk";

test("a stopped kube-proxy keeps its rules; a failed request names the node and leads to the change it missed; all is mended", async ({
  page,
}) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.pause();
  await kubewalk.press("Break things");
  await kubewalk.press("Stop kube-proxy of node-a");
  await expect(page.getByRole("list", { name: "Broken now" })).toContainText("The kube-proxy of node-a does not run");
  await kubewalk.slide("Requests per second", 20);
  await kubewalk.slide("Replicas of your-app", 1);
  const failed = async (): Promise<number> =>
    (await kubewalk.rows("Requests")).filter((row) => row["How"]?.includes("node-a's rules were behind") === true).length;
  await kubewalk.playUntil(async () => (await failed()) > 0);
  const link = page.getByRole("table", { name: "Requests" }).getByRole("button", { name: /Go to the change that was missed/ });
  await link.first().click();
  await expect(page.getByRole("region", { name: "This moment" })).toContainText(/EndpointSlice shop\/your-app-svc/);

  await kubewalk.press("Last event");
  await kubewalk.press("Start kube-proxy of node-a");
  await expect(page.getByRole("list", { name: "Broken now" })).toHaveCount(0);
});

test("a node is turned off by keyboard and written off after its grace", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.pause();
  await page.getByRole("button", { name: "Break things" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("combobox", { name: "Node to break" }).selectOption("node-b");
  await page.getByRole("button", { name: "Turn off node-b" }).focus();
  await page.keyboard.press("Enter");
  const node = async (): Promise<string> => (await kubewalk.rows("Nodes")).find((row) => row["Name"] === "node-b")?.["State"] ?? "";
  await expect.poll(node).toBe("Ready, off");
  await kubewalk.slide("Requests per second", 0);
  await kubewalk.goTo(70_000_000);
  expect(await node()).toBe("Not ready, off, node.kubernetes.io/unreachable:NoSchedule, node.kubernetes.io/unreachable:NoExecute");
});
