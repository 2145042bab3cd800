/** IPVS mode's texts: virtual servers, sets, the few rules. */
import { describe, expect, test } from "vitest";
import type { EndpointSlice, Service } from "../../../src/cluster/objects";
import { syncIpvs } from "../../../src/node/agents/kube-proxy/ipvs/sync";
import { ipvsRestoreText } from "../../../src/node/agents/kube-proxy/ipvs/text";
import type { ProxySettings } from "../../../src/node/agents/kube-proxy/settings";
import { saveText } from "../../../src/node/kernel/netfilter/show";
import { ipvsadmText } from "../../../src/node/kernel/ipvs/table";
import { inputOf, service, slice } from "../kube-proxy/objects";

type Objects = readonly (Service | EndpointSlice)[];

function state(objects: Objects, settings: Partial<ProxySettings> = {}): ReturnType<typeof syncIpvs> {
  const { node, ...input } = inputOf(objects, settings);
  return syncIpvs({ ...input, node: { ...node, interfaceAddresses: ["192.168.0.11", "10.244.1.1"] } });
}

const servers = (objects: Objects, settings: Partial<ProxySettings> = {}): readonly string[] =>
  ipvsadmText(state(objects, settings).ipvs).trimEnd().split("\n");

function lines(objects: Objects, word: RegExp, settings: Partial<ProxySettings> = {}): readonly string[] {
  return ipvsRestoreText(state(objects, settings))
    .split("\n")
    .filter((line) => word.test(line));
}

const WEB = service("shop/web", "10.96.0.20");
const ENDS = slice("shop/web", ["10.244.1.2@node-a", "10.244.2.2@node-b"]);

describe("virtual servers", () => {
  test("a Service is a virtual server, its endpoints are real ones that are reached by masquerading", () => {
    expect(servers([WEB, ENDS])).toEqual([
      "-A -t 10.96.0.20:80 -s rr",
      "-a -t 10.96.0.20:80 -r 10.244.1.2:8080 -m -w 1",
      "-a -t 10.96.0.20:80 -r 10.244.2.2:8080 -m -w 1",
    ]);
  });

  test("a Service without endpoints stands all the same, with nobody behind it", () => {
    expect(servers([WEB])).toEqual(["-A -t 10.96.0.20:80 -s rr"]);
  });

  test("a NodePort is served on every interface, and ipvsadm lists 192.168 before 10: it subtracts addresses as C ints", () => {
    const nodePort = service("shop/web", "10.96.0.20", { type: "NodePort", ports: [{ name: "http", port: 80, nodePort: 30_080 }] });
    expect(servers([nodePort])).toEqual(["-A -t 192.168.0.11:30080 -s rr", "-A -t 10.96.0.20:80 -s rr", "-A -t 10.244.1.1:30080 -s rr"]);
    expect(servers([nodePort], { nodePortAddresses: ["192.168.0.0/24"] })).toEqual([
      "-A -t 192.168.0.11:30080 -s rr",
      "-A -t 10.96.0.20:80 -s rr",
    ]);
  });

  test("ClientIP affinity makes a virtual server persistent; mh hashes ports as well", () => {
    const sticky = service("shop/web", "10.96.0.20", { sessionAffinity: "ClientIP" });
    expect(servers([sticky])).toEqual(["-A -t 10.96.0.20:80 -s rr -p 10800"]);
    expect(servers([WEB], { ipvsScheduler: "mh" })).toEqual(["-A -t 10.96.0.20:80 -s mh -b mh-port"]);
  });

  test("external policy Local keeps to the node's endpoints, and takes all where there are none", () => {
    const external = service("shop/web", "10.96.0.20", { externalIPs: ["192.0.2.5"], externalTrafficPolicy: "Local" });
    const behind = (ends: EndpointSlice): readonly string[] => servers([external, ends]).filter((line) => line.includes("192.0.2.5:80 -r"));
    expect(behind(ENDS)).toEqual(["-a -t 192.0.2.5:80 -r 10.244.1.2:8080 -m -w 1"]);
    expect(behind(slice("shop/web", ["10.244.2.2@node-b"]))).toEqual(["-a -t 192.0.2.5:80 -r 10.244.2.2:8080 -m -w 1"]);
  });
});

describe("sets", () => {
  test("the loopback set holds the node's own endpoints with themselves as source", () => {
    expect(lines([WEB, ENDS], /^add KUBE-LOOP-BACK/)).toEqual(["add KUBE-LOOP-BACK 10.244.1.2,tcp:8080,10.244.1.2"]);
  });

  test("addresses that the node has already are not bound to kube-ipvs0", () => {
    const own = service("shop/web", "10.96.0.20", { externalIPs: ["192.168.0.11", "192.0.2.5"] });
    expect(state([own]).bound).toEqual(["10.96.0.20", "192.0.2.5"]);
  });

  test("names in the other family carry a 6 and are cut at 31 letters", () => {
    const six = { ...service("shop/web", "fd00::20"), metadata: { namespace: "shop", name: "web" } };
    const names = lines([six], /^create/, { ipFamily: "IPv6" }).map((line) => line.split(" ")[1]);
    expect(names).toContain("KUBE-6-CLUSTER-IP");
    expect(names).toContain("KUBE-6-LOAD-BALANCER-SOURCE-CID");
    expect(names.every((name = "") => name.length <= 31)).toBe(true);
  });
});

describe("rules", () => {
  test("are as many for a thousand Services as for one", () => {
    const many = Array.from({ length: 1000 }, (_, index) => service(`shop/web-${index}`, `10.96.${index >> 8}.${index & 255}`));
    const count = (objects: Objects): number => (saveText(state(objects).ruleset).match(/^-A /gm) ?? []).length;
    expect(count(many)).toBe(count([WEB]));
  });

  test("masquerade ClusterIP traffic by detector, always with masqueradeAll, and from a virtual address without a detector", () => {
    const marks = (settings: Partial<ProxySettings>): readonly string[] =>
      lines([WEB], /KUBE-CLUSTER-IP .*KUBE-MARK-MASQ/, settings).map((line) => line.replace(/.*--match-set /, ""));
    expect(marks({})).toEqual(["KUBE-CLUSTER-IP dst,dst ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ"]);
    expect(marks({ masqueradeAll: true })).toEqual(["KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ"]);
    expect(marks({ detectLocalMode: "None" })).toEqual(["KUBE-CLUSTER-IP src,dst -j KUBE-MARK-MASQ"]);
  });

  test("drop what the node sends to a balancer whose source ranges leave it out", () => {
    const balanced = (ranges: readonly string[]): Service =>
      service(
        "shop/web",
        "10.96.0.20",
        { type: "LoadBalancer", loadBalancerSourceRanges: ranges },
        { status: { loadBalancer: { ingress: [{ ip: "198.51.100.5" }] } } },
      );
    expect(lines([balanced(["203.0.113.0/24"])], /KUBE-IPVS-OUT-FILTER -s|add KUBE-LOAD-BALANCER-SOURCE/)).toEqual([
      "add KUBE-LOAD-BALANCER-SOURCE-CIDR 198.51.100.5,tcp:80,203.0.113.0/24",
      "-A KUBE-IPVS-OUT-FILTER -s 198.51.100.5 -m ipvs --vaddr 198.51.100.5 --vproto tcp --vport 80 -j DROP",
    ]);
    expect(lines([balanced(["192.168.0.0/16"])], /KUBE-IPVS-OUT-FILTER -s|add KUBE-LOAD-BALANCER-SOURCE/)).toEqual([
      "add KUBE-LOAD-BALANCER-SOURCE-IP 198.51.100.5,tcp:80,198.51.100.5",
      "add KUBE-LOAD-BALANCER-SOURCE-CIDR 198.51.100.5,tcp:80,192.168.0.0/16",
    ]);
  });

  test("hang in front of what stands at the hooks, the last of kube-proxy's list first", () => {
    expect(
      saveText(state([]).ruleset)
        .split("\n")
        .filter((line) => /^-A [A-Z]+ -m comment/.test(line)),
    ).toEqual([
      '-A INPUT -m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-FILTER',
      '-A INPUT -m comment --comment "kube-proxy firewall rules" -j KUBE-PROXY-FIREWALL',
      '-A INPUT -m comment --comment "kubernetes health check rules" -j KUBE-NODE-PORT',
      '-A FORWARD -m comment --comment "kube-proxy firewall rules" -j KUBE-PROXY-FIREWALL',
      '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
      '-A OUTPUT -m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-OUT-FILTER',
      '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
    ]);
  });
});
