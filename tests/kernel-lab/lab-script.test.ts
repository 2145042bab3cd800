/**
 * The exported laboratory, built: shellcheck finds nothing, the kernel prints our rules back, and what a probe gets from each
 * place is what a trace predicts.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "../../src/bridge/questions";
import { labScript } from "../../src/sharing/lab-script";
import { whyNot } from "./real";

const reason = whyNot();
if (reason !== null) console.log(`SKIPPED: the exported laboratory: ${reason}`);
const hasShellcheck = spawnSync("shellcheck", ["--version"]).status === 0;
if (!hasShellcheck) console.log("SKIPPED: the exported laboratory's script is not checked: there is no shellcheck");

const folder = mkdtempSync(join(tmpdir(), "kubewalk-lab-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pod = (name: string, namespace: string, node: string, address: string, more: object = {}): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace, labels: { app: name.split("-")[0] } },
  // A CoreDNS that asked the cluster's DNS would ask itself, and end.
  spec: { nodeName: node, ...(namespace === "kube-system" ? { dnsPolicy: "Default" } : {}), containers: [{ name: "main", ...more }] },
  status: { phase: "Running", podIP: address, podIPs: [{ ip: address }], conditions: [{ type: "Ready", status: "True" }] },
});
const service = (name: string, namespace: string, spec: object): object => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace },
  spec,
});
const HTTP = { ports: [{ containerPort: 8080 }] };

const OBJECTS: readonly object[] = [
  ...["node-a", "node-b"].map((name) => ({ apiVersion: "v1", kind: "Node", metadata: { name } })),
  pod("client", "shop", "node-a", "10.244.1.2"),
  pod("web-1", "shop", "node-a", "10.244.1.7", HTTP),
  pod("web-2", "shop", "node-b", "10.244.2.9", HTTP),
  pod("echo-1", "shop", "node-b", "10.244.2.11", { ports: [{ containerPort: 7, protocol: "UDP" }] }),
  pod("coredns-1", "kube-system", "node-b", "10.244.2.3", { image: "registry.k8s.io/coredns/coredns:v1.13.1" }),
  service("web", "shop", {
    clusterIP: "10.96.0.50",
    type: "NodePort",
    selector: { app: "web" },
    ports: [{ port: 80, targetPort: 8080, nodePort: 30_080 }],
  }),
  service("empty", "shop", { clusterIP: "10.96.0.60", selector: { app: "nobody" }, ports: [{ port: 80 }] }),
  service("shut", "shop", {
    clusterIP: "10.96.0.61",
    selector: { app: "web" },
    ports: [
      { name: "open", port: 80, targetPort: 8080 },
      { name: "other", port: 81, targetPort: 9 },
    ],
  }),
  service("local", "shop", {
    clusterIP: "10.96.0.62",
    internalTrafficPolicy: "Local",
    selector: { app: "echo" },
    ports: [{ port: 7, protocol: "UDP" }],
  }),
  service("echo", "shop", { clusterIP: "10.96.0.63", selector: { app: "echo" }, ports: [{ port: 7, protocol: "UDP" }] }),
  service("headless", "shop", { clusterIP: "None", selector: { app: "web" }, ports: [{ port: 8080 }] }),
  service("kube-dns", "kube-system", {
    clusterIP: "10.96.0.10",
    selector: { app: "coredns" },
    ports: [
      { name: "dns", port: 53, protocol: "UDP" },
      { name: "dns-tcp", port: 53, protocol: "TCP" },
    ],
  }),
];

/** Who asks for what: `NAME http://HOST:PORT` or `udp://`. */
const PROBES = [
  "shop/client http://web",
  "shop/client http://web.shop.svc.cluster.local:80",
  "shop/client http://headless:8080",
  "shop/client http://10.244.2.9:8080",
  "shop/client http://10.244.2.9:81",
  "shop/client http://empty",
  "shop/client http://10.96.0.50:81",
  "shop/client http://nothing",
  "shop/client http://shut:81",
  "shop/client http://192.168.0.12:30080",
  "shop/client udp://echo:7",
  "shop/client udp://local:7",
  "shop/web-1 http://web",
  "shop/web-2 http://web",
  "node/node-a http://10.96.0.50:80",
  "node/node-a http://10.96.0.60:80",
  "node/node-a http://127.0.0.1:30080",
  "outside http://192.168.0.11:30080",
  "outside http://192.168.0.11:30081",
];

interface Outcome {
  readonly said: string;
  readonly code: number;
}

/** What is said at each address: a server its name, an echo what it was told. */
const HOLDERS: Readonly<Record<string, string>> = { "10.244.1.7": "web-1", "10.244.2.9": "web-2", "10.244.2.11": "probe" };
/** Where the client's own node chooses nothing: names with several addresses, another node's NodePort. */
const CHOSEN_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  headless: ["10.244.1.7", "10.244.2.9"],
  "192.168.0.12": ["10.244.1.7", "10.244.2.9"],
};
const OUTSIDE = "192.168.0.100";
/** curl's exit codes. */
const CODES: Readonly<Record<string, number>> = { delivered: 0, rejected: 7, refused: 7, dropped: 28, unrouted: 28 };

function asked(request: object) {
  const answered = ask({ objects: OBJECTS, ...request });
  if (!answered.ok) return answered.problem.message;
  return answered.value;
}

/** What a trace says that a probe will see: any of these bodies, and the exit code. */
function predicted(mode: string, probe: string): { readonly bodies: readonly string[]; readonly code: number } {
  const [from = "", scheme = "", host = "", port = "80"] = /^(\S+) (\w+):\/\/([^:]+)(?::(\d+))?$/.exec(probe)?.slice(1) ?? [];
  const source =
    from === "outside" ? { external: OUTSIDE } : from.startsWith("node/") ? { node: from.slice("node/".length) } : { pod: from };
  const protocol = scheme === "udp" ? "UDP" : "TCP";
  const answer = asked({ do: "trace", mode, from: source, to: { host, port: Number(port), protocol } });
  if (typeof answer === "string") return { bodies: [""], code: /resolve|NXDOMAIN|no such name/i.test(answer) ? 6 : -1 };
  if (answer.do !== "trace") throw new Error("no trace");
  const { verdict, candidates, resolution } = answer;
  const here = candidates.map((end) => end.split(":")[0] ?? "");
  const ends = here.length > 0 ? here : (CHOSEN_ELSEWHERE[host] ?? [resolution?.address ?? host]);
  return { bodies: verdict === "delivered" ? ends.map((end) => HOLDERS[end] ?? end) : [""], code: CODES[verdict] ?? -1 };
}

function written(mode: string): string {
  const answer = asked({ do: "lab", mode });
  if (typeof answer === "string" || answer.do !== "lab") throw new Error(String(answer));
  const file = join(folder, `${mode}.sh`);
  writeFileSync(file, labScript(answer.lab, "kernel-lab"), { mode: 0o755 });
  return file;
}

/** Own places for what the script keeps, the laboratory up, everything asked at once, and down again. */
function played(file: string): { readonly outcomes: readonly Outcome[]; readonly rules: string; readonly left: string } {
  const results = join(folder, "results");
  const script = [
    "set -eu",
    "mkdir -p /etc/netns; mount -t tmpfs tmpfs /etc/netns; mount -t tmpfs tmpfs /run; ip link set lo up",
    `rm -rf ${results}; mkdir ${results}; ${file} up`,
    `${file} rules node-a > ${results}/rules`,
    ...PROBES.map((probe, index) => {
      const [from = "", url = ""] = probe.split(" ");
      return `{ code=0; ${file} exec ${from} probe ${url} > ${results}/${index} 2> /dev/null || code=$?; echo "code $code" >> ${results}/${index}; } &`;
    }),
    "wait",
    `${file} down`,
    `{ ip netns list; ls -A /etc/netns /run/kubewalk-lab 2> /dev/null || true; } > ${results}/left`,
    `cd ${results}; for one in *; do echo "=== $one"; cat "$one"; done`,
  ].join("\n");
  const done = spawnSync("unshare", ["-n", "-m", "--propagation", "private", "bash", "-c", script], { encoding: "utf8", timeout: 50_000 });
  if (done.status !== 0) throw new Error(`${done.stderr}\n${done.stdout}`);
  const parts = new Map(done.stdout.split(/^=== /m).map((part) => [part.split("\n")[0] ?? "", part.slice(part.indexOf("\n") + 1)]));
  const outcomes = PROBES.map((_, index): Outcome => {
    const [, said = "", code = ""] = /^([\s\S]*?)code (\d+)\n$/.exec(parts.get(`${index}`) ?? "") ?? [];
    return { said: said.trim(), code: Number(code) };
  });
  return { outcomes, rules: parts.get("rules") ?? "", left: (parts.get("left") ?? "").replaceAll(/^\/etc\/netns:$/gm, "").trim() };
}

function plain(text: string): string {
  const lines = text.split("\n").filter((line) => !line.startsWith("#") && line.trim() !== "");
  return lines.map((line) => line.replace(/ \[\d+:\d+\]$/, " [0:0]")).join("\n");
}

describe.skipIf(reason !== null).each(["iptables", "nftables"])("the laboratory's script in %s mode", (mode) => {
  let seen: ReturnType<typeof played> = { outcomes: [], rules: "", left: "" };
  let file = "";
  beforeAll(() => {
    file = written(mode);
    seen = played(file);
  }, 60_000);

  test.skipIf(!hasShellcheck)("has nothing that shellcheck minds", () => {
    expect(spawnSync("shellcheck", [file], { encoding: "utf8" }).stdout).toBe("");
  });

  test("prints our rules back", () => {
    const rules = asked({ do: "rules", mode, node: "node-a", format: "save" });
    if (typeof rules === "string" || rules.do !== "rules") throw new Error(String(rules));
    expect(plain(seen.rules)).toContain(plain(rules.text));
  });

  test.each(PROBES.map((probe, index) => [probe, index] as const))("shows what a trace predicts: %s", (probe, index) => {
    const { bodies, code } = predicted(mode, probe);
    const outcome = seen.outcomes[index];
    expect({ probe, code: outcome?.code }).toEqual({ probe, code });
    expect(bodies).toContain(outcome?.said);
  });

  test("leaves nothing behind", () => {
    expect(seen.left).toBe("");
  });
});
