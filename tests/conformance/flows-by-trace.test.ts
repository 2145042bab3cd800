/**
 * The flows of kube-proxy's own tests (IPv4, iptables and nftables), each sent as a packet through the batch command: the
 * settled node, its kernel and the endpoint behind it decide. Those not covered are listed beside this file with the
 * reason; the list may only shrink.
 */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { askBatch } from "../fixtures/ask-batch";
import { notCoveredIn, VECTORS, type Flow } from "./kube-proxy-flows";

interface Group {
  readonly id: string;
  readonly mode: string;
  readonly nodeName: string;
  readonly nodeIPs: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly services: readonly unknown[];
  readonly endpointSlices: readonly unknown[];
  readonly flows: readonly Flow[];
}

const notCovered = notCoveredIn("flows-by-trace-not-covered.txt");

/** Settings of a case, by the names that the command knows. */
function configOf({ mode, config }: Group): Readonly<Record<string, unknown>> {
  const names = [
    ...(config["clusterCIDR"] === "" ? [] : ["clusterCIDR"]),
    "masqueradeAll",
    "masqueradeMark",
    "randomFully",
    "localhostNodePorts",
    "nodePortAddresses",
    "nfacctCounters",
    "conntrackTCPLiberal",
  ];
  const detectLocalMode = String(config["detectLocal"]).startsWith("ClusterCIDR") ? "ClusterCIDR" : "None";
  const serviceCIDRs = mode === "nftables" ? { serviceCIDRs: String(config["serviceCIDRs"]).split(",") } : {};
  return { ...Object.fromEntries(names.map((name) => [name, config[name]])), detectLocalMode, ...serviceCIDRs };
}

/** Its Pod range is one in which none of the cases' endpoints lies. */
function nodeOf({ nodeName, nodeIPs }: Group): unknown {
  const addresses = nodeIPs.filter((address) => !address.includes(":")).map((address) => ({ type: "InternalIP", address }));
  return { apiVersion: "v1", kind: "Node", metadata: { name: nodeName }, spec: { podCIDR: "10.0.200.0/24" }, status: { addresses } };
}

const answers = new Map<Flow, ReturnType<typeof askBatch>>();

/** The answer to a flow; asked once. */
function sent(group: Group, flow: Flow): ReturnType<typeof askBatch> {
  const answer = answers.get(flow) ?? ask(group, flow);
  answers.set(flow, answer);
  return answer;
}

function ask(group: Group, { sourceIP, destIP, destPort, protocol }: Flow): ReturnType<typeof askBatch> {
  return askBatch({
    id: group.id,
    do: "trace",
    mode: group.mode,
    objects: [nodeOf(group), ...group.services, ...group.endpointSlices],
    from: { ip: sourceIP, via: group.nodeName },
    to: { ip: destIP, port: destPort, protocol },
    config: configOf(group),
  });
}

/**
 * What a flow's `output` means to the client. Nothing: no rule matched, so that the packet leaves by the default route, or
 * comes to the node itself, where nobody listens. ACCEPT: kube-proxy's own listener has it.
 */
function wanted({ output, masq, destIP }: Flow, { nodeIPs }: Group): Readonly<Record<string, unknown>> {
  const candidates = /^\d/.test(output) ? output.split(", ") : [];
  const isItself = nodeIPs.includes(destIP) || destIP.startsWith("127.");
  const nothing = isItself ? "refused" : "unrouted";
  const verdict = output === "REJECT" ? "rejected" : output === "DROP" ? "dropped" : output === "" ? nothing : "delivered";
  return { ok: true, candidates, marked: masq, verdict };
}

function told(answer: ReturnType<typeof askBatch>): Readonly<Record<string, unknown>> {
  if (!answer.ok) return answer;
  const { candidates, masqueraded, hairpin, verdict } = answer;
  return { ok: true, candidates, marked: masqueraded === true || hairpin === true, verdict };
}

if (!existsSync(VECTORS)) {
  test.skip(`kube-proxy's own flows: ${VECTORS} is not here`, () => undefined);
} else {
  const { flowGroups }: { readonly flowGroups: readonly Group[] } = JSON.parse(readFileSync(VECTORS, "utf8"));
  const groups = flowGroups.filter(({ config }) => config["ipFamily"] === "IPv4");
  const cases = groups.flatMap((group) => group.flows.map((flow, index) => ({ id: `${group.id} ${index + 1}`, group, flow })));

  describe("packets end where kube-proxy's tests say", () => {
    test("there are flows of both modes", () => {
      expect(groups.filter(({ mode }) => mode === "iptables").flatMap(({ flows }) => flows).length).toBeGreaterThan(60);
      expect(groups.filter(({ mode }) => mode === "nftables").flatMap(({ flows }) => flows).length).toBeGreaterThan(150);
    });

    for (const { id, group, flow } of cases) {
      if (!notCovered.has(id)) test(`${id} ${flow.name}`, () => expect(told(sent(group, flow))).toEqual(wanted(flow, group)));
    }

    test("the list of ids not covered names just those that cannot pass yet", () => {
      const open = cases
        .filter(({ group, flow }) => JSON.stringify(told(sent(group, flow))) !== JSON.stringify(wanted(flow, group)))
        .map(({ id }) => id);
      console.info(`flows by trace not covered yet: ${open.length} of ${cases.length}${open.map((id) => `\n  ${id}`).join("")}`);
      expect([...notCovered].toSorted()).toEqual(open.toSorted());
    });
  });
}
