/** The command as people use it: words in, text out. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runCommand } from "../../../src/headless/commands";
import type { Output } from "../../../src/headless/output";
import { SMALL } from "./small-cluster";

const folder = mkdtempSync(join(tmpdir(), "headless-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file and gives its path. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const cluster = file("small.yaml", SMALL);

/** A command line with the small cluster's file in it, the folder's name taken out of what comes back. */
function headless(...words: readonly string[]): Output {
  const { out, notes, code } = runCommand(words);
  return { out: out.replaceAll(`${folder}/`, ""), notes: notes.map((note) => note.replaceAll(`${folder}/`, "")), code };
}

/** What a wrong command line is answered with: one line, and nothing else. */
function refusal(...words: readonly string[]): string {
  const { out, notes, code } = headless(...words);
  expect({ out, code, lines: notes.length }).toEqual({ out: "", code: 2, lines: 1 });
  return notes[0] ?? "";
}

describe("rules", () => {
  test("prints what kube-proxy feeds to iptables-restore", () => {
    const { out } = headless("rules", "--file", cluster, "--node", "node-a", "--format", "restore");
    expect(out).toContain("*filter\n:KUBE-SERVICES - [0:0]\n");
    expect(out).toContain(
      '-A KUBE-SERVICES -m comment --comment "shop/web cluster IP" -m tcp -p tcp -d 10.96.0.50 --dport 80 -j KUBE-SVC-',
    );
    expect(out).toMatch(/\nCOMMIT\n$/);
    expect(out).not.toContain("FLANNEL");
  });

  test("prints what iptables-save prints back, jump rules and flannel's chains with it", () => {
    const { out } = headless("rules", "--file", cluster, "--node", "node-a");
    expect(out).toContain(
      '-A KUBE-SERVICES -d 10.96.0.50/32 -p tcp -m comment --comment "shop/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-',
    );
    expect(out).toContain("-A FLANNEL-POSTRTG -s 10.244.1.0/24 -d 10.244.0.0/16");
    expect(out).toContain("-A PREROUTING -m comment");
  });
});

describe("dns and resolve", () => {
  test("dns prints dig's form", () => {
    const { out } = headless("dns", "--file", cluster, "--query", "web.shop.svc.cluster.local", "--type", "A");
    expect(out).toContain(";; ANSWER SECTION:\nweb.shop.svc.cluster.local. 30\tIN\tA\t10.96.0.50\n");
  });

  test("resolve prints every query, in order, and the address", () => {
    expect(headless("resolve", "--file", cluster, "--from", "shop/client", "--name", "web").out).toBe(
      `# search shop.svc.cluster.local svc.cluster.local cluster.local
# nameserver 10.96.0.10
# options ndots:5
1  web.shop.svc.cluster.local.  A     10.96.0.50
2  web.shop.svc.cluster.local.  AAAA  NOERROR, no such record
10.96.0.50
`,
    );
  });

  test("resolve ends with what a program prints of a name that is not there", () => {
    const { out, code } = headless("resolve", "--file", cluster, "--from", "shop/client", "--name", "nosuch", "--libc", "musl");
    expect(out.split("\n").at(-2)).toBe("Name or service not known (EAI_NONAME)");
    expect(code).toBe(0);
  });
});

describe("trace", () => {
  test("prints the journey as a table: taps numbered, what hosts did between them, the matched rule", () => {
    const { out } = headless("trace", "--file", cluster, "--from", "shop/client", "--to", "10.96.0.60:80");
    expect(out.replaceAll(/veth[0-9a-f]{8}/g, "vethXXXXXXXX").replaceAll(/([0-9a-f]{2}:){5}[0-9a-f]{2}/g, "MAC"))
      .toBe(`shop/client to 10.96.0.60:80: rejected

#  where                way  source            destination    what                                             ttl  source MAC         destination MAC
-- request
      shop/client, route: No route is closer than the default: 10.96.0.60 goes by eth0, via 10.244.1.1.
      shop/client, neighbour: 10.244.1.1 is at MAC on eth0 (DELAY).
1  shop/client eth0     out  10.244.1.2:32868  10.96.0.60:80  TCP S                                            64   MAC  MAC
2  node-a vethXXXXXXXX  in   10.244.1.2:32868  10.96.0.60:80  TCP S                                            64   MAC  MAC
      node-a, prerouting: No rule of PREROUTING rewrites or stops the packet to 10.96.0.60:80.
3  node-a cni0          in   10.244.1.2:32868  10.96.0.60:80  TCP S                                            64   MAC  MAC
      node-a, route: No route is closer than the default: 10.96.0.60 goes by eth0, via 192.168.0.1. TTL 64 becomes 63.
      node-a, forward: KUBE-SERVICES rule 1 refuses the packet: ICMP port unreachable goes back to 10.244.1.2.
        filter: -A KUBE-SERVICES -d 10.96.0.60/32 -p tcp -m comment --comment "shop/empty has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable
-- error
      node-a, output: No rule of OUTPUT rewrites or stops the packet to 10.244.1.2.
      node-a, route: 10.244.1.0/24 goes by cni0.
      node-a, postrouting: No rule of POSTROUTING rewrites or stops the packet to 10.244.1.2.
      node-a, neighbour: 10.244.1.2 is at MAC on cni0 (DELAY).
4  node-a cni0          out  10.244.1.1        10.244.1.2     ICMP 3/3 about 10.244.1.2:32868 > 10.96.0.60:80  64   MAC  MAC
5  node-a vethXXXXXXXX  out  10.244.1.1        10.244.1.2     ICMP 3/3 about 10.244.1.2:32868 > 10.96.0.60:80  64   MAC  MAC
6  shop/client eth0     in   10.244.1.1        10.244.1.2     ICMP 3/3 about 10.244.1.2:32868 > 10.96.0.60:80  64   MAC  MAC
      shop/client, socket: The program sees ECONNREFUSED.
`);
  });

  test("is the same text twice, and another with another seed", () => {
    const words = ["trace", "--file", cluster, "--from", "shop/client", "--to", "web:80"];
    expect(headless(...words)).toEqual(headless(...words));
    expect(headless(...words, "--seed", "7").out).not.toBe(headless(...words).out);
  });

  test("with --json prints one object on one line, its warnings inside", () => {
    const { out, notes } = headless("trace", "--file", cluster, "--from", "node/node-b", "--to", "10.244.1.7:8080", "--json");
    expect(out.trimEnd().split("\n").length).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      verdict: "delivered",
      candidates: [],
      warnings: expect.arrayContaining(['Namespace "shop" is used and not given; it was made.']),
    });
    expect(notes).toEqual([]);
  });
});

test("warnings are lines of their own, beside the answer", () => {
  const { notes, code } = headless(
    "dns",
    "--file",
    file("extra.yaml", `${SMALL}---\napiVersion: batch/v1\nkind: CronJob\nmetadata: { name: nightly }\n`),
    "--query",
    "web.shop.svc.cluster.local",
  );
  expect(notes[0]).toBe("warning: extra.yaml:30:1: kind CronJob (batch/v1) is not simulated; CronJob nightly is kept and has no effect");
  expect(code).toBe(0);
});

const RUN = ["rules", "--node", "node-a", "--file"] as const;

describe("bad input is one line and exit code 2", () => {
  const service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n  - port: 80\n";

  test.each([
    ["YAML with a tab", service.replace("  ports", "\tports"), "bad.yaml:6:1: a tab is used for indentation; YAML expects spaces"],
    [
      "port 70000",
      service.replace("80", "70000"),
      'bad.yaml:7:11: Service "web" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      "a duplicate name",
      `${service}---\n${service}`,
      "bad.yaml:12:9: Service default/web stands twice, first at line 4; expected each name once",
    ],
    [
      "a ClusterIP out of range",
      service.replace("spec:", "spec:\n  clusterIP: 192.168.0.1"),
      'bad.yaml:6:14: Service "web" is invalid: spec.clusterIPs: Invalid value: ["192.168.0.1"]: failed to allocate IP 192.168.0.1: the provided network does not match the current range (ClusterIPs here are from 10.96.0.0/12)',
    ],
    [
      "an empty file",
      "",
      "bad.yaml:1:1: there is no Kubernetes object in this text; expected at least one, with apiVersion, kind and metadata",
    ],
    [
      "a truncated file",
      service.slice(0, service.indexOf("rts:")),
      'bad.yaml:6:3: Service: spec: expected an object with fields, got the text "po"; the text ends here, is it cut off?',
    ],
  ])("%s", (_what, text, line) => {
    expect(refusal(...RUN, file("bad.yaml", text))).toBe(line);
  });

  test.each([
    [["rules", "--file", cluster, "--node", "node-c"], '--node: there is no node "node-c"; the nearest that exists is "node-a"'],
    [["rules", "--file", cluster], "--node: expected the name of a node"],
    [["rules", "--file", "nowhere.yaml", "--node", "x"], "nowhere.yaml: cannot be read: there is no such file; expected a file"],
    [["rules", "--node", "x"], "--file: is missing; expected a cluster file, YAML or JSON"],
    [
      ["resolve", "--file", cluster, "--from", "shop/clint", "--name", "web"],
      '--from: there is no Pod "shop/clint"; the nearest that exists is "shop/client"',
    ],
    [["dns", "--file", cluster, "--query", "web", "--type", "NOPE"], '--type: expected a record type such as A, AAAA or SRV, got "NOPE"'],
    [["trace", "--file", cluster, "--from", "shop/client", "--to", "web"], '--to: "web" names no port; expected HOST:PORT'],
    [
      ["trace", "--file", cluster, "--from", "shop/client", "--to", "wbe:80"],
      '--to: "wbe" does not resolve for shop/client: Name or service not known',
    ],
    [["trace", "--file", cluster, "--from", "shop/client", "--to", "wbe.shop:80"], '; the nearest Service is "web.shop"'],
    [
      ["trace", "--file", cluster, "--from", "shop/client", "--to", "web:80", "--sead", "1"],
      "--sead: this is no option here; the nearest is --seed",
    ],
    [["trase"], "trase: this is no command; the nearest is trace"],
    [["run", "--scenario", "two-aps", "--until", "1s"], 'there is no scenario "two-aps"; there is two-apps, names, old-kernel'],
    [
      ["run", "--scenario", "two-apps", "--until", "soon"],
      '--until: expected a moment such as "1.5s" or "200ms", of at most an hour, got "soon"',
    ],
  ])("%j", (words, line) => {
    expect(refusal(...words)).toContain(line);
  });
});

test("a file above 64 MB is refused before it is read", () => {
  const path = file("large.yaml", "");
  truncateSync(path, 65 * 1024 * 1024);
  expect(refusal(...RUN, path)).toBe("large.yaml: the file has 65 MB; at most 64 MB are read");
});

test("a selector that matches nothing is no error", () => {
  expect(headless("dns", "--file", cluster, "--query", "empty.shop.svc.cluster.local").out).toContain("10.96.0.60");
});

describe("run", () => {
  const commands = file("commands.json", '[{"at":"1.5s","do":"scale","kind":"Deployment","name":"shop/your-app","replicas":6}]');

  test("prints a line an event and the fingerprint last, the same twice", () => {
    const words = ["run", "--scenario", "two-apps", "--until", "2s", "--commands", commands];
    const { out } = headless(...words);
    const lines = out.trimEnd().split("\n");
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^\d+ \d+ [a-z][a-z -]*.*: \S.*$/i);
    expect(lines.at(-1)).toMatch(/^hash [0-9a-f]{16} events \d+$/);
    expect(lines.at(-1)?.endsWith(` ${lines.length - 1}`)).toBe(true);
    expect(headless(...words).out).toBe(out);
    expect(out).toContain("shop/your-app");
  });

  test("names a command that cannot be given by its place", () => {
    const wrong = file("wrong.json", '[{"at":"1s","do":"scale","kind":"Deployment","name":"shop/you-app","replicas":6}]');
    expect(refusal("run", "--scenario", "two-apps", "--until", "2s", "--commands", wrong)).toContain(
      "commands[0]: there is no Deployment shop/you-app; the nearest is shop/your-app",
    );
  });
});

test("runs a cluster file as well as a scenario", () => {
  expect(headless("run", "--scenario", cluster, "--until", "1s").out).toMatch(/^hash [0-9a-f]{16} events 0\n$/);
});

test("every example of the room's README runs", () => {
  const lines = readFileSync("src/headless/README.md", "utf8").split("\n");
  const examples = lines.flatMap((line) => /^ {4}headless (.+)$/.exec(line)?.[1]?.split(" ") ?? []).length;
  expect(examples).toBeGreaterThan(20);
  for (const line of lines) {
    const words = /^ {4}headless (.+)$/
      .exec(line)?.[1]
      ?.split(" ")
      .map((word, index, all) => (word === "cluster.yaml" ? cluster : all[index - 1] === "--out" ? join(folder, word) : word));
    if (words !== undefined) expect(headless(...words), line).toMatchObject({ code: 0, out: expect.stringMatching(/\S/) });
  }
});

test("without a command it says how it is used", () => {
  expect(headless().out).toContain("trace --file F --from");
});
