/** `lab`: a cluster file as a bash script. That it builds what it says is asked of a real kernel in tests/kernel-lab. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runCommand } from "../../../src/headless/commands";
import { SMALL } from "./small-cluster";

const folder = mkdtempSync(join(tmpdir(), "headless-lab-"));
afterAll(() => rmSync(folder, { recursive: true }));
const cluster = join(folder, "small.yaml");
writeFileSync(cluster, SMALL);
const out = join(folder, "lab.sh");

function written(...words: readonly string[]): string {
  const said = runCommand(["lab", "--file", cluster, "--out", out, ...words]);
  expect(said.code).toBe(0);
  return readFileSync(out, "utf8");
}

/** What a function of the script prints, or is fed with. */
function block(script: string, start: string): readonly string[] {
  const lines = script.split("\n");
  const from = lines.indexOf(`${start} << 'END'`);
  return lines.slice(from + 1, lines.indexOf("END", from));
}

describe("lab", () => {
  test("says what it wrote and how to run it", () => {
    const said = runCommand(["lab", "--file", cluster, "--out", out]);
    expect(said.out.replaceAll(`${folder}/`, "")).toBe(
      "lab.sh: 8 network namespaces, iptables mode. As root: lab.sh up; lab.sh exec POD COMMAND; lab.sh down.\n",
    );
    expect(statSync(out).mode & 0o111).toBe(0o111);
  });

  test("wires a Pod as CNI does, with the Pod's own MAC, on the bridge of its node", () => {
    const script = written();
    expect(block(script, "ip_in shop.web-2").map((line) => line.replace(/([0-9a-f]{2}:){5}[0-9a-f]{2}/, "MAC"))).toEqual([
      "link set lo up",
      "link set eth0 address MAC mtu 1450",
      "addr add 10.244.2.9/24 dev eth0",
      "link set eth0 up",
      "route replace 10.244.0.0/16 via 10.244.2.1 dev eth0",
      "route replace default via 10.244.2.1 dev eth0",
    ]);
    expect(block(script, "ip_in node-b").join("\n")).toMatch(
      /link add veth\w+ address \S+ mtu 1450 type veth peer name eth0 netns NAMESPACE:shop\.web-2\nlink set veth\w+ master cni0\nlink set veth\w+ up\nlink set veth\w+ type bridge_slave hairpin on/,
    );
    expect(script).toContain("serve shop.web-2 http:8080:web-2");
  });

  test("joins the nodes by flannel's three entries for each peer", () => {
    const script = written();
    const node = block(script, "ip_in node-a").join("\n");
    expect(node).toMatch(/link add flannel\.1 address \S+ mtu 1450 type vxlan id 1 local 192\.168\.0\.11 dev eth0 dstport 8472 nolearning/);
    expect(node).toMatch(/route replace 10\.244\.2\.0\/24 via 10\.244\.2\.0 dev flannel\.1 onlink/);
    expect(node).toMatch(/neigh replace 10\.244\.2\.0 lladdr \S+ dev flannel\.1 nud permanent/);
    expect(block(script, "bridge_in node-a").join("\n")).toMatch(/fdb append \S+ dev flannel\.1 dst 192\.168\.0\.12 self permanent/);
  });

  test("holds the very rule files: what `rules` prints stands in it", () => {
    const rules = (...words: readonly string[]): string =>
      runCommand(["rules", "--file", cluster, "--node", "node-a", ...words]).out.trimEnd();
    expect(block(written("--mode", "iptables"), "iptables_in node-a").join("\n")).toBe(rules("--mode", "iptables", "--format", "save"));
    const script = written("--mode", "nftables");
    expect(block(script, "nft_in node-a").join("\n")).toContain("add map ip kube-proxy service-ips");
    expect(block(script, "iptables_in node-a").join("\n")).not.toContain("KUBE-SVC");
  });

  test("is bash, in both modes", () => {
    for (const mode of ["iptables", "nftables"]) {
      written("--mode", mode);
      const checked = spawnSync("bash", ["-n", out], { encoding: "utf8" });
      if (checked.error !== undefined) return console.log("SKIPPED: the script is not parsed: there is no bash");
      expect(checked.stderr).toBe("");
      expect(checked.status).toBe(0);
    }
  });

  test("names of Services stand as the cluster's DNS has them", () => {
    expect(block(written(), "known_names() {\ncat".split("\n")[1] ?? "").length).toBeGreaterThan(0);
    expect(written()).toContain("web.shop.svc.cluster.local. A 10.96.0.50\n");
  });

  test("IPVS cannot be built, and the sentence says why", () => {
    const said = runCommand(["lab", "--file", cluster, "--out", out, "--mode", "ipvs"]);
    expect(said.code).toBe(2);
    expect(said.notes.join("\n")).toContain("IPVS wants a kernel module");
  });

  test("a cluster that fills the neighbour table is refused", () => {
    const many = join(folder, "many.yaml");
    const pods = Array.from({ length: 160 }, (_, index) =>
      SMALL.split("---")[0]
        ?.replace("name: client", `name: p${index}`)
        .replaceAll("10.244.1.2", `10.244.1.${index + 20}`),
    );
    writeFileSync(many, pods.join("---"));
    const said = runCommand(["lab", "--file", many, "--out", out]);
    expect(said.notes.join("\n")).toMatch(/16\d network namespaces; a laboratory of more than 150/);
  });
});
