/** A name from outside on its way through the search list: what ndots:5 costs, query by query, by the batch door. */
import { describe, expect, test } from "vitest";
import { askBatch } from "../fixtures/ask-batch";

const OPTIONS = { ndots1: [{ name: "ndots", value: "1" }] } as const;

interface Asked {
  readonly name: string;
  readonly libc?: "glibc" | "musl";
  readonly search?: string;
  readonly options?: readonly { readonly name: string; readonly value: string }[];
  readonly upstream?: readonly string[];
}

const OUTSIDE = ["www.example.com. 300 IN A 192.0.2.7", "www.example.com. 300 IN AAAA 2001:db8::7"];

/** Each query in its order as `TYPE name rcode`, then the result. */
function lookUp({ name, libc = "glibc", search = "", options, upstream = OUTSIDE }: Asked): readonly string[] {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "client", namespace: "default" },
    spec: { nodeName: "node-a", containers: [{ name: "main" }], ...(options === undefined ? {} : { dnsConfig: { options } }) },
    status: { phase: "Running", podIP: "10.244.1.2" },
  };
  const nodeResolvConf = `nameserver 192.168.0.1\n${search === "" ? "" : `search ${search}\n`}`;
  const answer = askBatch({
    do: "resolve",
    objects: [pod],
    from: "default/client",
    name,
    libc,
    config: { nodeResolvConf, upstream },
  });
  const queries = answer["queries"];
  if (!Array.isArray(queries)) throw new Error(answer.error ?? "no queries");
  const lines = queries.map((query: Readonly<Record<string, unknown>>) => `${query["type"]} ${query["name"]} ${query["rcode"]}`);
  return [...lines, `${answer["result"]}`];
}

/** Both types of a name, A first, with one outcome. */
function both(name: string, rcode: string): readonly string[] {
  return [`A ${name} ${rcode}`, `AAAA ${name} ${rcode}`];
}

const CLUSTER_DOMAINS = ["default.svc.cluster.local", "svc.cluster.local", "cluster.local"];
const missed = (domain: string): readonly string[] => both(`www.example.com.${domain}.`, "NXDOMAIN");
const FOUND = [...both("www.example.com.", "NOERROR"), "192.0.2.7"];

describe.each(["glibc", "musl"] as const)("%s in a default Pod asks for www.example.com", (libc) => {
  test("ten times where the node's own search list is corp.example: four domains, then the name itself, A and AAAA each", () => {
    const lines = lookUp({ name: "www.example.com", libc, search: "corp.example" });
    expect(lines).toEqual([...[...CLUSTER_DOMAINS, "corp.example"].flatMap(missed), ...FOUND]);
    expect(lines.length - 1).toBe(10);
  });

  test("eight times where the node has none", () => {
    const lines = lookUp({ name: "www.example.com", libc });
    expect(lines).toEqual([...CLUSTER_DOMAINS.flatMap(missed), ...FOUND]);
    expect(lines.length - 1).toBe(8);
  });

  test("twice with a trailing dot", () => {
    expect(lookUp({ name: "www.example.com.", libc, search: "corp.example" })).toEqual(FOUND);
  });

  test("twice with ndots:1, for the name exists", () => {
    expect(lookUp({ name: "www.example.com", libc, search: "corp.example", options: OPTIONS.ndots1 })).toEqual(FOUND);
  });
});

describe("with ndots:1 a name that does not exist", () => {
  const asked = { name: "www.example.com", search: "corp.example", options: OPTIONS.ndots1, upstream: [] } as const;

  test("is still searched for by glibc, after it was asked as it is", () => {
    expect(lookUp(asked)).toEqual([
      ...both("www.example.com.", "NXDOMAIN"),
      ...[...CLUSTER_DOMAINS, "corp.example"].flatMap(missed),
      "EAI_NONAME",
    ]);
  });

  test("is never searched for by musl", () => {
    expect(lookUp({ ...asked, libc: "musl" })).toEqual([...both("www.example.com.", "NXDOMAIN"), "EAI_NONAME"]);
  });
});

test("a name of the node's own domain is found at the fourth domain: eight queries", () => {
  const upstream = ["intranet.corp.example. 60 IN A 192.0.2.9"];
  const lines = lookUp({ name: "intranet", search: "corp.example", upstream });
  expect(lines).toEqual([
    ...CLUSTER_DOMAINS.flatMap((domain) => both(`intranet.${domain}.`, "NXDOMAIN")),
    "A intranet.corp.example. NOERROR",
    expect.stringMatching(/^AAAA intranet\.corp\.example\. (NOERROR|NXDOMAIN)$/),
    "192.0.2.9",
  ]);
});
