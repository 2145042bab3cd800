import { describe, expect, test } from "vitest";
import type { ServicePort } from "../../../src/node/agents/kube-proxy/service-ports";
import { portsOf } from "../../../src/node/agents/kube-proxy/service-ports";
import { endpointChainName, isServiceChain, serviceChainName } from "../../../src/node/agents/kube-proxy/iptables/names";
import { probabilityText } from "../../../src/node/agents/kube-proxy/iptables/probability";
import { service } from "./objects";

function port(key: string, name: string, protocol: "TCP" | "UDP"): ServicePort {
  const [made] = portsOf(service(key, "10.96.0.1", { ports: [{ name, port: 1, protocol }] }));
  if (made === undefined) throw new Error("no port");
  return made;
}

describe("chain names", () => {
  test("are those of every cluster: the API's own Service, kube-dns, and an endpoint of kube-proxy's tests", () => {
    expect(serviceChainName("KUBE-SVC-", port("default/kubernetes", "https", "TCP"))).toBe("KUBE-SVC-NPX46M4PTMTKRN6Y");
    expect(serviceChainName("KUBE-SVC-", port("kube-system/kube-dns", "dns", "UDP"))).toBe("KUBE-SVC-TCOU7JCQXEZGVUNU");
    expect(endpointChainName(port("ns1/svc1", "p80", "TCP"), "10.180.0.1:80")).toBe("KUBE-SEP-SXIVWICOYRO3J4NJ");
  });

  test("of one port share their hash", () => {
    const one = port("kube-system/kube-dns", "dns", "UDP");
    expect((["KUBE-SVC-", "KUBE-SVL-", "KUBE-EXT-", "KUBE-FW-"] as const).map((prefix) => serviceChainName(prefix, one))).toEqual([
      "KUBE-SVC-TCOU7JCQXEZGVUNU",
      "KUBE-SVL-TCOU7JCQXEZGVUNU",
      "KUBE-EXT-TCOU7JCQXEZGVUNU",
      "KUBE-FW-TCOU7JCQXEZGVUNU",
    ]);
  });

  test("tell chains that kube-proxy may remove from its fixed ones", () => {
    expect(["KUBE-SVC-X", "KUBE-SVL-X", "KUBE-EXT-X", "KUBE-FW-X", "KUBE-SEP-X"].every(isServiceChain)).toBe(true);
    expect(["KUBE-SERVICES", "KUBE-FORWARD", "KUBE-FIREWALL", "KUBE-MARK-MASQ", "FLANNEL-FWD"].some(isServiceChain)).toBe(false);
  });
});

describe("probabilities", () => {
  test("have ten decimals as Go prints them: the one exact half, 1/2048, goes to the even digit", () => {
    expect([1, 2, 3, 6, 7, 2048, 4096].map(probabilityText)).toEqual([
      "1.0000000000",
      "0.5000000000",
      "0.3333333333",
      "0.1666666667",
      "0.1428571429",
      "0.0004882812",
      "0.0002441406",
    ]);
  });
});
