import { describe, expect, test } from "vitest";
import {
  affinitySetName,
  endpointChainName,
  isAffinitySet,
  isServiceChain,
  portChainName,
} from "../../../src/node/agents/kube-proxy/nftables/names";
import { portsOf, type ServicePort } from "../../../src/node/agents/kube-proxy/service-ports";
import { service } from "../kube-proxy/objects";

function port(key: string, name: string, protocol: "TCP" | "UDP" | "SCTP" = "TCP"): ServicePort {
  const [made] = portsOf(service(key, "10.96.0.1", { ports: [{ ...(name === "" ? {} : { name }), port: 80, protocol }] }));
  if (made === undefined) throw new Error("no port");
  return made;
}

const WEB = port("ns1/svc1", "p80");

describe("names in nftables mode", () => {
  test("are a hash of the name and the name: the prefixes share it, endpoints have their own", () => {
    expect(portChainName("service-", WEB)).toBe("service-ULMVA6XW-ns1/svc1/tcp/p80");
    expect(portChainName("external-", WEB)).toBe("external-ULMVA6XW-ns1/svc1/tcp/p80");
    expect(endpointChainName(WEB, { address: "10.180.0.1", port: 80 })).toBe("endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80");
    expect(affinitySetName(WEB, { address: "10.180.0.1", port: 80 })).toBe("affinity-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80");
  });

  test("tell ports and protocols apart, and keep the last slash of a port without a name", () => {
    expect(portChainName("service-", port("testing/service", "http"))).toBe("service-P4ZYZVCF-testing/service/tcp/http");
    expect(portChainName("service-", port("testing/service", "https"))).toBe("service-LZBRENCP-testing/service/tcp/https");
    expect(portChainName("local-", port("shop/web", "", "UDP"))).toMatch(/^local-[A-Z2-7]{8}-shop\/web\/udp\/$/);
  });

  test("write IPv6 addresses with dots", () => {
    expect(endpointChainName(WEB, { address: "fd00:10::1", port: 80 })).toContain("__fd00.10..1/80");
  });

  test("are cut at 240 letters behind the prefix, with three dots; the hash is that of the whole", () => {
    const long = "a".repeat(63);
    const first = endpointChainName(port(`${long}/${long}`, long, "SCTP"), {
      address: "fd00:1234:5678:9abc:def0:1234:5678:9abc",
      port: 60_001,
    });
    const second = endpointChainName(port(`${long}/${long}`, long, "SCTP"), {
      address: "fd00:1234:5678:9abc:def0:1234:5678:9abc",
      port: 60_002,
    });
    expect(first).toHaveLength("endpoint-".length + 240);
    expect(first.endsWith("...")).toBe(true);
    expect(first).not.toBe(second);
  });

  test("say what belongs to Services: chains with a slash, sets with the prefix", () => {
    expect(["services", "service-ULMVA6XW-ns1/svc1/tcp/p80", "reject-chain"].map(isServiceChain)).toEqual([false, true, false]);
    expect(["cluster-ips", "affinity-X-a/b/tcp/__10.0.0.1/80"].map(isAffinitySet)).toEqual([false, true]);
  });
});
