import { describe, expect, test } from "vitest";
import { nodeRuleset } from "../../../src/node/agents/flannel-rules";
import { desiredRules } from "../../../src/node/agents/kube-proxy/iptables/desired";
import { restoreText } from "../../../src/node/agents/kube-proxy/iptables/restore";
import { saveText } from "../../../src/node/kernel/netfilter/show";
import { inputOf, service, slice } from "./objects";

const TWO_APPS = [
  service("kube-system/kube-dns", "10.96.0.10", { ports: [{ name: "dns", port: 53, protocol: "UDP" }] }),
  service("shop/your-app-svc", "10.96.0.50"),
  slice("shop/your-app-svc", ["10.244.1.3@node-a", "10.244.2.3@node-b"]),
];

const RESTORE = `*filter
:KUBE-SERVICES - [0:0]
:KUBE-EXTERNAL-SERVICES - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
:KUBE-FIREWALL - [0:0]
-A KUBE-SERVICES -m comment --comment "kube-system/kube-dns:dns has no endpoints" -m udp -p udp -d 10.96.0.10 --dport 53 -j REJECT
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x00004000/0x00004000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
COMMIT
*nat
:KUBE-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-SVC-4TM5K6ZXCPM4DEN7 - [0:0]
:KUBE-SEP-TGBUEELLNKS5SCTS - [0:0]
:KUBE-SEP-JYGKJ24TGYW6PA73 - [0:0]
-A KUBE-SERVICES -m comment --comment "shop/your-app-svc:http cluster IP" -m tcp -p tcp -d 10.96.0.50 --dport 80 -j KUBE-SVC-4TM5K6ZXCPM4DEN7
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-POSTROUTING -m mark ! --mark 0x00004000/0x00004000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x00004000
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-MARK-MASQ -j MARK --or-mark 0x00004000
-A KUBE-SVC-4TM5K6ZXCPM4DEN7 -m comment --comment "shop/your-app-svc:http cluster IP" -m tcp -p tcp -d 10.96.0.50 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
-A KUBE-SVC-4TM5K6ZXCPM4DEN7 -m comment --comment "shop/your-app-svc:http -> 10.244.1.3:8080" -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-TGBUEELLNKS5SCTS
-A KUBE-SVC-4TM5K6ZXCPM4DEN7 -m comment --comment "shop/your-app-svc:http -> 10.244.2.3:8080" -j KUBE-SEP-JYGKJ24TGYW6PA73
-A KUBE-SEP-TGBUEELLNKS5SCTS -m comment --comment shop/your-app-svc:http -s 10.244.1.3 -j KUBE-MARK-MASQ
-A KUBE-SEP-TGBUEELLNKS5SCTS -m comment --comment shop/your-app-svc:http -m tcp -p tcp -j DNAT --to-destination 10.244.1.3:8080
-A KUBE-SEP-JYGKJ24TGYW6PA73 -m comment --comment shop/your-app-svc:http -s 10.244.2.3 -j KUBE-MARK-MASQ
-A KUBE-SEP-JYGKJ24TGYW6PA73 -m comment --comment shop/your-app-svc:http -m tcp -p tcp -j DNAT --to-destination 10.244.2.3:8080
COMMIT
`;

describe("two Services on a node, one of them without endpoints", () => {
  test("are fed to iptables-restore", () => {
    expect(restoreText(inputOf(TWO_APPS))).toBe(RESTORE);
  });

  test("are printed by iptables-save with the jumps in front and flannel's rules behind", () => {
    const rules = nodeRuleset({ ...inputOf(TWO_APPS), podCIDR: "10.244.0.0/16", nodePodCIDR: "10.244.1.0/24" });
    expect(saveText(rules)).toBe(SAVE);
  });

  test("kube-proxy's own rules are those alone, without built-in chains", () => {
    const { tables } = desiredRules(inputOf(TWO_APPS));
    expect([...tables.keys()]).toEqual(["filter", "nat"]);
    const chains = [...tables.values()].flatMap((table) => [...table.chains.keys()]);
    expect(chains.filter((name) => !name.startsWith("KUBE-"))).toEqual([]);
    expect(chains.length).toBe(RESTORE.match(/^:/gm)?.length);
  });
});

const SAVE = `*mangle
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-PROXY-CANARY - [0:0]
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:FLANNEL-FWD - [0:0]
:KUBE-EXTERNAL-SERVICES - [0:0]
:KUBE-FIREWALL - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-PROXY-CANARY - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
:KUBE-SERVICES - [0:0]
-A INPUT -j KUBE-FIREWALL
-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
-A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS
-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD
-A OUTPUT -j KUBE-FIREWALL
-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
-A FLANNEL-FWD -d 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns has no endpoints" -m udp --dport 53 -j REJECT --reject-with icmp-port-unreachable
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:FLANNEL-POSTRTG - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-PROXY-CANARY - [0:0]
:KUBE-SEP-JYGKJ24TGYW6PA73 - [0:0]
:KUBE-SEP-TGBUEELLNKS5SCTS - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-4TM5K6ZXCPM4DEN7 - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG
-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG -s 10.244.1.0/24 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG -s 10.244.0.0/16 -d 10.244.1.0/24 -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.1.0/24 -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
-A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-SEP-JYGKJ24TGYW6PA73 -s 10.244.2.3/32 -m comment --comment "shop/your-app-svc:http" -j KUBE-MARK-MASQ
-A KUBE-SEP-JYGKJ24TGYW6PA73 -p tcp -m comment --comment "shop/your-app-svc:http" -m tcp -j DNAT --to-destination 10.244.2.3:8080
-A KUBE-SEP-TGBUEELLNKS5SCTS -s 10.244.1.3/32 -m comment --comment "shop/your-app-svc:http" -j KUBE-MARK-MASQ
-A KUBE-SEP-TGBUEELLNKS5SCTS -p tcp -m comment --comment "shop/your-app-svc:http" -m tcp -j DNAT --to-destination 10.244.1.3:8080
-A KUBE-SERVICES -d 10.96.0.50/32 -p tcp -m comment --comment "shop/your-app-svc:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-4TM5K6ZXCPM4DEN7
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-SVC-4TM5K6ZXCPM4DEN7 ! -s 10.244.0.0/16 -d 10.96.0.50/32 -p tcp -m comment --comment "shop/your-app-svc:http cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
-A KUBE-SVC-4TM5K6ZXCPM4DEN7 -m comment --comment "shop/your-app-svc:http -> 10.244.1.3:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-TGBUEELLNKS5SCTS
-A KUBE-SVC-4TM5K6ZXCPM4DEN7 -m comment --comment "shop/your-app-svc:http -> 10.244.2.3:8080" -j KUBE-SEP-JYGKJ24TGYW6PA73
COMMIT
`;
