/** IPVS mode from the page: chosen while the cluster runs, told by a journey, read in the rules, and left again. */
import { expect, test } from "@playwright/test";
import { drawingFaults } from "./drawing-check";
import { Kubewalk } from "./kubewalk";
import { followOne, goToHop, openTab } from "./states";

test("IPVS is chosen; a SYN is given to a real server at INPUT, drawn without a fault; nothing of it stays behind", async ({ page }) => {
  const kubewalk = new Kubewalk(page);
  await kubewalk.open();
  await kubewalk.pause();
  const modes = page.getByRole("group", { name: "Proxy mode" });
  await expect(modes).toContainText("deprecated since 1.35");
  await modes.getByRole("radio", { name: "ipvs" }).check();
  await kubewalk.goTo(6_000_000);
  await expect(page.getByRole("region", { name: "This moment" })).toContainText("Proxy modeipvs");

  await followOne(kubewalk);
  await goToHop(kubewalk, /^SYN to/, /INPUT, ipvs/);
  await expect(kubewalk.currentHop()).toContainText(/IPVS chooses 10\.244\.\d\.\d:8080 for TCP \S+:80 \(rr among 3 real servers\)/);
  expect(await drawingFaults(page)).toEqual([]);
  await goToHop(kubewalk, /^SYN, ACK back/, /, ipvs/);
  expect(await drawingFaults(page)).toEqual([]);

  await openTab(kubewalk, "Rules");
  const rules = page.getByRole("tabpanel", { name: "Rules" });
  for (const command of ["ipvsadm-save -n", "ipset save", "iptables-save"]) await expect(rules).toContainText(command);

  await kubewalk.press("Stop following");
  await kubewalk.press("Last event");
  await modes.getByRole("radio", { name: "nftables" }).check();
  await kubewalk.slide("Requests per second", 0);
  await kubewalk.goTo(25_000_000);
  await expect(rules).toContainText("nft list ruleset");
  await expect(rules).not.toContainText("KUBE-CLUSTER-IP");
  await expect(rules).not.toContainText("ipvsadm");
});
