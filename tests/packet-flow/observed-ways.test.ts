/**
 * Ways of packets through the lab, tap by tap, against tables observed on a real kernel (6.18, legacy iptables,
 * bridge-nf on, hairpin on, flannel's masquerade on). Chance is fed in: endpoint, source port, masqueraded port.
 * Only the outer source port of VXLAN is not compared.
 */
import { expect, test } from "vitest";
import { ip } from "../../src/network/address";
import { connectTcp, listenTcp, openUdp, sendUdp } from "../../src/node/kernel/sockets";
import { Lab, THREE_NODES } from "../fixtures/kernel-lab";
import { expectTable } from "../fixtures/lab-tables";

interface Case {
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  readonly endpoint?: string;
  readonly srcPort: number;
  readonly snatPort?: number;
  readonly outcome: string;
  readonly table: string;
}

const CASES: readonly Case[] = [
  {
    title: "a Pod asks a ClusterIP and gets an endpoint of its own node: bridged, TTL stays 64",
    from: "a1",
    to: "10.96.0.20",
    port: 80,
    protocol: "tcp",
    srcPort: 40006,
    endpoint: "10.244.1.3",
    outcome: "connected",
    table: `
      |1|a1.eth0|out|10.244.1.2:40006|10.96.0.20:80|tcp S|a1.eth0|n1.cbr0|64|
      |2|n1.p-a1|in|10.244.1.2:40006|10.96.0.20:80|tcp S|a1.eth0|n1.cbr0|64|
      |3|n1.cbr0|out|10.244.1.2:40006|10.244.1.3:8080|tcp S|a1.eth0|b1.eth0|64|
      |4|n1.p-b1|out|10.244.1.2:40006|10.244.1.3:8080|tcp S|a1.eth0|b1.eth0|64|
      |5|b1.eth0|in|10.244.1.2:40006|10.244.1.3:8080|tcp S|a1.eth0|b1.eth0|64|
      |6|b1.eth0|out|10.244.1.3:8080|10.244.1.2:40006|tcp SA|b1.eth0|a1.eth0|64|
      |7|n1.p-b1|in|10.244.1.3:8080|10.244.1.2:40006|tcp SA|b1.eth0|a1.eth0|64|
      |8|n1.p-a1|out|10.96.0.20:80|10.244.1.2:40006|tcp SA|b1.eth0|a1.eth0|64|
      |9|a1.eth0|in|10.96.0.20:80|10.244.1.2:40006|tcp SA|b1.eth0|a1.eth0|64|
    `,
  },
  {
    title: "a Pod asks a ClusterIP and gets an endpoint of another node: routed and tunnelled, TTL 62 at the end",
    from: "a1",
    to: "10.96.0.20",
    port: 80,
    protocol: "tcp",
    srcPort: 40007,
    endpoint: "10.244.2.2",
    outcome: "connected",
    table: `
      |1|a1.eth0|out|10.244.1.2:40007|10.96.0.20:80|tcp S|a1.eth0|n1.cbr0|64|
      |2|n1.p-a1|in|10.244.1.2:40007|10.96.0.20:80|tcp S|a1.eth0|n1.cbr0|64|
      |3|n1.cbr0|in|10.244.1.2:40007|10.244.2.2:8080|tcp S|a1.eth0|n1.cbr0|64|
      |4|n1.flannel.1|out|10.244.1.2:40007|10.244.2.2:8080|tcp S|n1.flannel.1|n2.flannel.1|63|
      |5|n1.eth0|out|10.244.1.2:40007|10.244.2.2:8080|tcp S; VXLAN outer 192.168.1.11:45826>192.168.1.12:8472 ttl 64 n1.eth0>n2.eth0|n1.flannel.1|n2.flannel.1|63|
      |6|n2.eth0|in|10.244.1.2:40007|10.244.2.2:8080|tcp S; VXLAN outer 192.168.1.11:45826>192.168.1.12:8472 ttl 64 n1.eth0>n2.eth0|n1.flannel.1|n2.flannel.1|63|
      |7|n2.flannel.1|in|10.244.1.2:40007|10.244.2.2:8080|tcp S|n1.flannel.1|n2.flannel.1|63|
      |8|n2.cbr0|out|10.244.1.2:40007|10.244.2.2:8080|tcp S|n2.cbr0|a2.eth0|62|
      |9|n2.p-a2|out|10.244.1.2:40007|10.244.2.2:8080|tcp S|n2.cbr0|a2.eth0|62|
      |10|a2.eth0|in|10.244.1.2:40007|10.244.2.2:8080|tcp S|n2.cbr0|a2.eth0|62|
      |11|a2.eth0|out|10.244.2.2:8080|10.244.1.2:40007|tcp SA|a2.eth0|n2.cbr0|64|
      |12|n2.p-a2|in|10.244.2.2:8080|10.244.1.2:40007|tcp SA|a2.eth0|n2.cbr0|64|
      |13|n2.cbr0|in|10.244.2.2:8080|10.244.1.2:40007|tcp SA|a2.eth0|n2.cbr0|64|
      |14|n2.flannel.1|out|10.244.2.2:8080|10.244.1.2:40007|tcp SA|n2.flannel.1|n1.flannel.1|63|
      |15|n2.eth0|out|10.244.2.2:8080|10.244.1.2:40007|tcp SA; VXLAN outer 192.168.1.12:48151>192.168.1.11:8472 ttl 64 n2.eth0>n1.eth0|n2.flannel.1|n1.flannel.1|63|
      |16|n1.eth0|in|10.244.2.2:8080|10.244.1.2:40007|tcp SA; VXLAN outer 192.168.1.12:48151>192.168.1.11:8472 ttl 64 n2.eth0>n1.eth0|n2.flannel.1|n1.flannel.1|63|
      |17|n1.flannel.1|in|10.244.2.2:8080|10.244.1.2:40007|tcp SA|n2.flannel.1|n1.flannel.1|63|
      |18|n1.cbr0|out|10.96.0.20:80|10.244.1.2:40007|tcp SA|n1.cbr0|a1.eth0|62|
      |19|n1.p-a1|out|10.96.0.20:80|10.244.1.2:40007|tcp SA|n1.cbr0|a1.eth0|62|
      |20|a1.eth0|in|10.96.0.20:80|10.244.1.2:40007|tcp SA|n1.cbr0|a1.eth0|62|
    `,
  },
  {
    title: "a Pod that gets itself is masqueraded and comes back by the port it left",
    from: "a1",
    to: "10.96.0.20",
    port: 80,
    protocol: "tcp",
    srcPort: 40008,
    endpoint: "10.244.1.2",
    snatPort: 40046,
    outcome: "connected",
    table: `
      |1|a1.eth0|out|10.244.1.2:40008|10.96.0.20:80|tcp S|a1.eth0|n1.cbr0|64|
      |2|n1.p-a1|in|10.244.1.2:40008|10.96.0.20:80|tcp S|a1.eth0|n1.cbr0|64|
      |3|n1.cbr0|out|10.244.1.2:40008|10.244.1.2:8080|tcp S|a1.eth0|a1.eth0|64|
      |4|n1.p-a1|out|10.244.1.1:40046|10.244.1.2:8080|tcp S|a1.eth0|a1.eth0|64|
      |5|a1.eth0|in|10.244.1.1:40046|10.244.1.2:8080|tcp S|a1.eth0|a1.eth0|64|
      |6|a1.eth0|out|10.244.1.2:8080|10.244.1.1:40046|tcp SA|a1.eth0|n1.cbr0|64|
      |7|n1.p-a1|in|10.244.1.2:8080|10.244.1.1:40046|tcp SA|a1.eth0|n1.cbr0|64|
      |8|n1.cbr0|out|10.244.1.2:8080|10.244.1.2:40008|tcp SA|a1.eth0|a1.eth0|64|
      |9|n1.p-a1|out|10.96.0.20:80|10.244.1.2:40008|tcp SA|a1.eth0|a1.eth0|64|
      |10|a1.eth0|in|10.96.0.20:80|10.244.1.2:40008|tcp SA|a1.eth0|a1.eth0|64|
    `,
  },
  {
    title: "a node asks a ClusterIP with a local endpoint: masqueraded to the bridge's address",
    from: "n1",
    to: "10.96.0.20",
    port: 80,
    protocol: "tcp",
    srcPort: 40012,
    endpoint: "10.244.1.3",
    snatPort: 33815,
    outcome: "connected",
    table: `
      |1|n1.cbr0|out|10.244.1.1:33815|10.244.1.3:8080|tcp S|n1.cbr0|b1.eth0|64|
      |2|n1.p-b1|out|10.244.1.1:33815|10.244.1.3:8080|tcp S|n1.cbr0|b1.eth0|64|
      |3|b1.eth0|in|10.244.1.1:33815|10.244.1.3:8080|tcp S|n1.cbr0|b1.eth0|64|
      |4|b1.eth0|out|10.244.1.3:8080|10.244.1.1:33815|tcp SA|b1.eth0|n1.cbr0|64|
      |5|n1.p-b1|in|10.244.1.3:8080|10.244.1.1:33815|tcp SA|b1.eth0|n1.cbr0|64|
      |6|n1.cbr0|in|10.244.1.3:8080|192.168.1.11:40012|tcp SA|b1.eth0|n1.cbr0|64|
    `,
  },
  {
    title: "a node asks a ClusterIP with a remote endpoint: masqueraded to the tunnel's address",
    from: "n1",
    to: "10.96.0.20",
    port: 80,
    protocol: "tcp",
    srcPort: 40013,
    endpoint: "10.244.2.2",
    snatPort: 46127,
    outcome: "connected",
    table: `
      |1|n1.flannel.1|out|10.244.1.0:46127|10.244.2.2:8080|tcp S|n1.flannel.1|n2.flannel.1|64|
      |2|n1.eth0|out|10.244.1.0:46127|10.244.2.2:8080|tcp S; VXLAN outer 192.168.1.11:42829>192.168.1.12:8472 ttl 64 n1.eth0>n2.eth0|n1.flannel.1|n2.flannel.1|64|
      |3|n2.eth0|in|10.244.1.0:46127|10.244.2.2:8080|tcp S; VXLAN outer 192.168.1.11:42829>192.168.1.12:8472 ttl 64 n1.eth0>n2.eth0|n1.flannel.1|n2.flannel.1|64|
      |4|n2.flannel.1|in|10.244.1.0:46127|10.244.2.2:8080|tcp S|n1.flannel.1|n2.flannel.1|64|
      |5|n2.cbr0|out|10.244.1.0:46127|10.244.2.2:8080|tcp S|n2.cbr0|a2.eth0|63|
      |6|n2.p-a2|out|10.244.1.0:46127|10.244.2.2:8080|tcp S|n2.cbr0|a2.eth0|63|
      |7|a2.eth0|in|10.244.1.0:46127|10.244.2.2:8080|tcp S|n2.cbr0|a2.eth0|63|
      |8|a2.eth0|out|10.244.2.2:8080|10.244.1.0:46127|tcp SA|a2.eth0|n2.cbr0|64|
      |9|n2.p-a2|in|10.244.2.2:8080|10.244.1.0:46127|tcp SA|a2.eth0|n2.cbr0|64|
      |10|n2.cbr0|in|10.244.2.2:8080|10.244.1.0:46127|tcp SA|a2.eth0|n2.cbr0|64|
      |11|n2.flannel.1|out|10.244.2.2:8080|10.244.1.0:46127|tcp SA|n2.flannel.1|n1.flannel.1|63|
      |12|n2.eth0|out|10.244.2.2:8080|10.244.1.0:46127|tcp SA; VXLAN outer 192.168.1.12:52010>192.168.1.11:8472 ttl 64 n2.eth0>n1.eth0|n2.flannel.1|n1.flannel.1|63|
      |13|n1.eth0|in|10.244.2.2:8080|10.244.1.0:46127|tcp SA; VXLAN outer 192.168.1.12:52010>192.168.1.11:8472 ttl 64 n2.eth0>n1.eth0|n2.flannel.1|n1.flannel.1|63|
      |14|n1.flannel.1|in|10.244.2.2:8080|10.244.1.0:46127|tcp SA|n2.flannel.1|n1.flannel.1|63|
    `,
  },
  {
    title: "an external client asks a node port with a local endpoint",
    from: "ext",
    to: "192.168.1.11",
    port: 30080,
    protocol: "tcp",
    srcPort: 40017,
    endpoint: "10.244.1.3",
    snatPort: 53741,
    outcome: "connected",
    table: `
      |1|ext.eth0|out|192.168.1.100:40017|192.168.1.11:30080|tcp S|ext.eth0|n1.eth0|64|
      |2|n1.eth0|in|192.168.1.100:40017|192.168.1.11:30080|tcp S|ext.eth0|n1.eth0|64|
      |3|n1.cbr0|out|10.244.1.1:53741|10.244.1.3:8080|tcp S|n1.cbr0|b1.eth0|63|
      |4|n1.p-b1|out|10.244.1.1:53741|10.244.1.3:8080|tcp S|n1.cbr0|b1.eth0|63|
      |5|b1.eth0|in|10.244.1.1:53741|10.244.1.3:8080|tcp S|n1.cbr0|b1.eth0|63|
      |6|b1.eth0|out|10.244.1.3:8080|10.244.1.1:53741|tcp SA|b1.eth0|n1.cbr0|64|
      |7|n1.p-b1|in|10.244.1.3:8080|10.244.1.1:53741|tcp SA|b1.eth0|n1.cbr0|64|
      |8|n1.cbr0|in|10.244.1.3:8080|192.168.1.100:40017|tcp SA|b1.eth0|n1.cbr0|64|
      |9|n1.eth0|out|192.168.1.11:30080|192.168.1.100:40017|tcp SA|n1.eth0|ext.eth0|63|
      |10|ext.eth0|in|192.168.1.11:30080|192.168.1.100:40017|tcp SA|n1.eth0|ext.eth0|63|
    `,
  },
  {
    title: "an external client asks a node port with a remote endpoint",
    from: "ext",
    to: "192.168.1.11",
    port: 30080,
    protocol: "tcp",
    srcPort: 40022,
    endpoint: "10.244.2.2",
    snatPort: 49092,
    outcome: "connected",
    table: `
      |1|ext.eth0|out|192.168.1.100:40022|192.168.1.11:30080|tcp S|ext.eth0|n1.eth0|64|
      |2|n1.eth0|in|192.168.1.100:40022|192.168.1.11:30080|tcp S|ext.eth0|n1.eth0|64|
      |3|n1.flannel.1|out|10.244.1.0:49092|10.244.2.2:8080|tcp S|n1.flannel.1|n2.flannel.1|63|
      |4|n1.eth0|out|10.244.1.0:49092|10.244.2.2:8080|tcp S; VXLAN outer 192.168.1.11:43052>192.168.1.12:8472 ttl 64 n1.eth0>n2.eth0|n1.flannel.1|n2.flannel.1|63|
      |5|n2.eth0|in|10.244.1.0:49092|10.244.2.2:8080|tcp S; VXLAN outer 192.168.1.11:43052>192.168.1.12:8472 ttl 64 n1.eth0>n2.eth0|n1.flannel.1|n2.flannel.1|63|
      |6|n2.flannel.1|in|10.244.1.0:49092|10.244.2.2:8080|tcp S|n1.flannel.1|n2.flannel.1|63|
      |7|n2.cbr0|out|10.244.1.0:49092|10.244.2.2:8080|tcp S|n2.cbr0|a2.eth0|62|
      |8|n2.p-a2|out|10.244.1.0:49092|10.244.2.2:8080|tcp S|n2.cbr0|a2.eth0|62|
      |9|a2.eth0|in|10.244.1.0:49092|10.244.2.2:8080|tcp S|n2.cbr0|a2.eth0|62|
      |10|a2.eth0|out|10.244.2.2:8080|10.244.1.0:49092|tcp SA|a2.eth0|n2.cbr0|64|
      |11|n2.p-a2|in|10.244.2.2:8080|10.244.1.0:49092|tcp SA|a2.eth0|n2.cbr0|64|
      |12|n2.cbr0|in|10.244.2.2:8080|10.244.1.0:49092|tcp SA|a2.eth0|n2.cbr0|64|
      |13|n2.flannel.1|out|10.244.2.2:8080|10.244.1.0:49092|tcp SA|n2.flannel.1|n1.flannel.1|63|
      |14|n2.eth0|out|10.244.2.2:8080|10.244.1.0:49092|tcp SA; VXLAN outer 192.168.1.12:35588>192.168.1.11:8472 ttl 64 n2.eth0>n1.eth0|n2.flannel.1|n1.flannel.1|63|
      |15|n1.eth0|in|10.244.2.2:8080|10.244.1.0:49092|tcp SA; VXLAN outer 192.168.1.12:35588>192.168.1.11:8472 ttl 64 n2.eth0>n1.eth0|n2.flannel.1|n1.flannel.1|63|
      |16|n1.flannel.1|in|10.244.2.2:8080|10.244.1.0:49092|tcp SA|n2.flannel.1|n1.flannel.1|63|
      |17|n1.eth0|out|192.168.1.11:30080|192.168.1.100:40022|tcp SA|n1.eth0|ext.eth0|62|
      |18|ext.eth0|in|192.168.1.11:30080|192.168.1.100:40022|tcp SA|n1.eth0|ext.eth0|62|
    `,
  },
  {
    title: "a Pod asks its own node's port and gets a remote endpoint",
    from: "a1",
    to: "192.168.1.11",
    port: 30080,
    protocol: "tcp",
    srcPort: 40026,
    endpoint: "10.244.2.2",
    snatPort: 50904,
    outcome: "connected",
    table: `
      |1|a1.eth0|out|10.244.1.2:40026|192.168.1.11:30080|tcp S|a1.eth0|n1.cbr0|64|
      |2|n1.p-a1|in|10.244.1.2:40026|192.168.1.11:30080|tcp S|a1.eth0|n1.cbr0|64|
      |3|n1.cbr0|in|10.244.1.2:40026|10.244.2.2:8080|tcp S|a1.eth0|n1.cbr0|64|
      |4|n1.flannel.1|out|10.244.1.0:50904|10.244.2.2:8080|tcp S|n1.flannel.1|n2.flannel.1|63|
      |5|n1.eth0|out|10.244.1.0:50904|10.244.2.2:8080|tcp S; VXLAN outer 192.168.1.11:50986>192.168.1.12:8472 ttl 64 n1.eth0>n2.eth0|n1.flannel.1|n2.flannel.1|63|
      |6|n2.eth0|in|10.244.1.0:50904|10.244.2.2:8080|tcp S; VXLAN outer 192.168.1.11:50986>192.168.1.12:8472 ttl 64 n1.eth0>n2.eth0|n1.flannel.1|n2.flannel.1|63|
      |7|n2.flannel.1|in|10.244.1.0:50904|10.244.2.2:8080|tcp S|n1.flannel.1|n2.flannel.1|63|
      |8|n2.cbr0|out|10.244.1.0:50904|10.244.2.2:8080|tcp S|n2.cbr0|a2.eth0|62|
      |9|n2.p-a2|out|10.244.1.0:50904|10.244.2.2:8080|tcp S|n2.cbr0|a2.eth0|62|
      |10|a2.eth0|in|10.244.1.0:50904|10.244.2.2:8080|tcp S|n2.cbr0|a2.eth0|62|
      |11|a2.eth0|out|10.244.2.2:8080|10.244.1.0:50904|tcp SA|a2.eth0|n2.cbr0|64|
      |12|n2.p-a2|in|10.244.2.2:8080|10.244.1.0:50904|tcp SA|a2.eth0|n2.cbr0|64|
      |13|n2.cbr0|in|10.244.2.2:8080|10.244.1.0:50904|tcp SA|a2.eth0|n2.cbr0|64|
      |14|n2.flannel.1|out|10.244.2.2:8080|10.244.1.0:50904|tcp SA|n2.flannel.1|n1.flannel.1|63|
      |15|n2.eth0|out|10.244.2.2:8080|10.244.1.0:50904|tcp SA; VXLAN outer 192.168.1.12:34937>192.168.1.11:8472 ttl 64 n2.eth0>n1.eth0|n2.flannel.1|n1.flannel.1|63|
      |16|n1.eth0|in|10.244.2.2:8080|10.244.1.0:50904|tcp SA; VXLAN outer 192.168.1.12:34937>192.168.1.11:8472 ttl 64 n2.eth0>n1.eth0|n2.flannel.1|n1.flannel.1|63|
      |17|n1.flannel.1|in|10.244.2.2:8080|10.244.1.0:50904|tcp SA|n2.flannel.1|n1.flannel.1|63|
      |18|n1.cbr0|out|192.168.1.11:30080|10.244.1.2:40026|tcp SA|n1.cbr0|a1.eth0|62|
      |19|n1.p-a1|out|192.168.1.11:30080|10.244.1.2:40026|tcp SA|n1.cbr0|a1.eth0|62|
      |20|a1.eth0|in|192.168.1.11:30080|10.244.1.2:40026|tcp SA|n1.cbr0|a1.eth0|62|
    `,
  },
  {
    title: "a Pod asks the cluster DNS by UDP: same way, answer by conntrack",
    from: "a1",
    to: "10.96.0.10",
    port: 53,
    protocol: "udp",
    srcPort: 40029,
    endpoint: "10.244.2.3",
    outcome: "datagram",
    table: `
      |1|a1.eth0|out|10.244.1.2:40029|10.96.0.10:53|udp|a1.eth0|n1.cbr0|64|
      |2|n1.p-a1|in|10.244.1.2:40029|10.96.0.10:53|udp|a1.eth0|n1.cbr0|64|
      |3|n1.cbr0|in|10.244.1.2:40029|10.244.2.3:5353|udp|a1.eth0|n1.cbr0|64|
      |4|n1.flannel.1|out|10.244.1.2:40029|10.244.2.3:5353|udp|n1.flannel.1|n2.flannel.1|63|
      |5|n1.eth0|out|10.244.1.2:40029|10.244.2.3:5353|udp; VXLAN outer 192.168.1.11:48723>192.168.1.12:8472 ttl 64 n1.eth0>n2.eth0|n1.flannel.1|n2.flannel.1|63|
      |6|n2.eth0|in|10.244.1.2:40029|10.244.2.3:5353|udp; VXLAN outer 192.168.1.11:48723>192.168.1.12:8472 ttl 64 n1.eth0>n2.eth0|n1.flannel.1|n2.flannel.1|63|
      |7|n2.flannel.1|in|10.244.1.2:40029|10.244.2.3:5353|udp|n1.flannel.1|n2.flannel.1|63|
      |8|n2.cbr0|out|10.244.1.2:40029|10.244.2.3:5353|udp|n2.cbr0|b2.eth0|62|
      |9|n2.p-b2|out|10.244.1.2:40029|10.244.2.3:5353|udp|n2.cbr0|b2.eth0|62|
      |10|b2.eth0|in|10.244.1.2:40029|10.244.2.3:5353|udp|n2.cbr0|b2.eth0|62|
      |11|b2.eth0|out|10.244.2.3:5353|10.244.1.2:40029|udp|b2.eth0|n2.cbr0|64|
      |12|n2.p-b2|in|10.244.2.3:5353|10.244.1.2:40029|udp|b2.eth0|n2.cbr0|64|
      |13|n2.cbr0|in|10.244.2.3:5353|10.244.1.2:40029|udp|b2.eth0|n2.cbr0|64|
      |14|n2.flannel.1|out|10.244.2.3:5353|10.244.1.2:40029|udp|n2.flannel.1|n1.flannel.1|63|
      |15|n2.eth0|out|10.244.2.3:5353|10.244.1.2:40029|udp; VXLAN outer 192.168.1.12:47241>192.168.1.11:8472 ttl 64 n2.eth0>n1.eth0|n2.flannel.1|n1.flannel.1|63|
      |16|n1.eth0|in|10.244.2.3:5353|10.244.1.2:40029|udp; VXLAN outer 192.168.1.12:47241>192.168.1.11:8472 ttl 64 n2.eth0>n1.eth0|n2.flannel.1|n1.flannel.1|63|
      |17|n1.flannel.1|in|10.244.2.3:5353|10.244.1.2:40029|udp|n2.flannel.1|n1.flannel.1|63|
      |18|n1.cbr0|out|10.96.0.10:53|10.244.1.2:40029|udp|n1.cbr0|a1.eth0|62|
      |19|n1.p-a1|out|10.96.0.10:53|10.244.1.2:40029|udp|n1.cbr0|a1.eth0|62|
      |20|a1.eth0|in|10.96.0.10:53|10.244.1.2:40029|udp|n1.cbr0|a1.eth0|62|
    `,
  },
  {
    title: "a ClusterIP without endpoints refuses a Pod by ICMP from the bridge",
    from: "a1",
    to: "10.96.0.30",
    port: 80,
    protocol: "tcp",
    srcPort: 40030,
    outcome: "ECONNREFUSED",
    table: `
      |1|a1.eth0|out|10.244.1.2:40030|10.96.0.30:80|tcp S|a1.eth0|n1.cbr0|64|
      |2|n1.p-a1|in|10.244.1.2:40030|10.96.0.30:80|tcp S|a1.eth0|n1.cbr0|64|
      |3|n1.cbr0|in|10.244.1.2:40030|10.96.0.30:80|tcp S|a1.eth0|n1.cbr0|64|
      |4|n1.cbr0|out|10.244.1.1|10.244.1.2|icmp 3/3 about 10.244.1.2:40030->10.96.0.30:80|n1.cbr0|a1.eth0|64|
      |5|n1.p-a1|out|10.244.1.1|10.244.1.2|icmp 3/3 about 10.244.1.2:40030->10.96.0.30:80|n1.cbr0|a1.eth0|64|
      |6|a1.eth0|in|10.244.1.1|10.244.1.2|icmp 3/3 about 10.244.1.2:40030->10.96.0.30:80|n1.cbr0|a1.eth0|64|
    `,
  },
  {
    title: "a ClusterIP without endpoints refuses its node on the loopback alone",
    from: "n1",
    to: "10.96.0.30",
    port: 80,
    protocol: "tcp",
    srcPort: 40031,
    outcome: "ECONNREFUSED",
    table: `
      |1|n1.lo|out|192.168.1.11|192.168.1.11|icmp 3/3 about 192.168.1.11:40031->10.96.0.30:80|00:00:00:00:00:00|00:00:00:00:00:00|64|
      |2|n1.lo|in|192.168.1.11|192.168.1.11|icmp 3/3 about 192.168.1.11:40031->10.96.0.30:80|00:00:00:00:00:00|00:00:00:00:00:00|64|
    `,
  },
  {
    title: "a port that the Service does not have leaves by the default route and the gateway answers 3/0",
    from: "a1",
    to: "10.96.0.20",
    port: 81,
    protocol: "tcp",
    srcPort: 40033,
    snatPort: 46090,
    outcome: "ENETUNREACH",
    table: `
      |1|a1.eth0|out|10.244.1.2:40033|10.96.0.20:81|tcp S|a1.eth0|n1.cbr0|64|
      |2|n1.p-a1|in|10.244.1.2:40033|10.96.0.20:81|tcp S|a1.eth0|n1.cbr0|64|
      |3|n1.cbr0|in|10.244.1.2:40033|10.96.0.20:81|tcp S|a1.eth0|n1.cbr0|64|
      |4|n1.eth0|out|192.168.1.11:46090|10.96.0.20:81|tcp S|n1.eth0|gw.eth0|63|
      |5|gw.eth0|in|192.168.1.11:46090|10.96.0.20:81|tcp S|n1.eth0|gw.eth0|63|
      |6|gw.eth0|out|192.168.1.1|192.168.1.11|icmp 3/0 about 192.168.1.11:46090->10.96.0.20:81|gw.eth0|n1.eth0|64|
      |7|n1.eth0|in|192.168.1.1|192.168.1.11|icmp 3/0 about 192.168.1.11:46090->10.96.0.20:81|gw.eth0|n1.eth0|64|
      |8|n1.cbr0|out|192.168.1.1|10.244.1.2|icmp 3/0 about 10.244.1.2:40033->10.96.0.20:81|n1.cbr0|a1.eth0|63|
      |9|n1.p-a1|out|192.168.1.1|10.244.1.2|icmp 3/0 about 10.244.1.2:40033->10.96.0.20:81|n1.cbr0|a1.eth0|63|
      |10|a1.eth0|in|192.168.1.1|10.244.1.2|icmp 3/0 about 10.244.1.2:40033->10.96.0.20:81|n1.cbr0|a1.eth0|63|
    `,
  },
  {
    title: "an address that is no Service leaves by the default route too",
    from: "a1",
    to: "10.96.99.99",
    port: 80,
    protocol: "tcp",
    srcPort: 40035,
    snatPort: 61224,
    outcome: "ENETUNREACH",
    table: `
      |1|a1.eth0|out|10.244.1.2:40035|10.96.99.99:80|tcp S|a1.eth0|n1.cbr0|64|
      |2|n1.p-a1|in|10.244.1.2:40035|10.96.99.99:80|tcp S|a1.eth0|n1.cbr0|64|
      |3|n1.cbr0|in|10.244.1.2:40035|10.96.99.99:80|tcp S|a1.eth0|n1.cbr0|64|
      |4|n1.eth0|out|192.168.1.11:61224|10.96.99.99:80|tcp S|n1.eth0|gw.eth0|63|
      |5|gw.eth0|in|192.168.1.11:61224|10.96.99.99:80|tcp S|n1.eth0|gw.eth0|63|
      |6|gw.eth0|out|192.168.1.1|192.168.1.11|icmp 3/0 about 192.168.1.11:61224->10.96.99.99:80|gw.eth0|n1.eth0|64|
      |7|n1.eth0|in|192.168.1.1|192.168.1.11|icmp 3/0 about 192.168.1.11:61224->10.96.99.99:80|gw.eth0|n1.eth0|64|
      |8|n1.cbr0|out|192.168.1.1|10.244.1.2|icmp 3/0 about 10.244.1.2:40035->10.96.99.99:80|n1.cbr0|a1.eth0|63|
      |9|n1.p-a1|out|192.168.1.1|10.244.1.2|icmp 3/0 about 10.244.1.2:40035->10.96.99.99:80|n1.cbr0|a1.eth0|63|
      |10|a1.eth0|in|192.168.1.1|10.244.1.2|icmp 3/0 about 10.244.1.2:40035->10.96.99.99:80|n1.cbr0|a1.eth0|63|
    `,
  },
];

function outcomeOf(lab: Lab, owner: string): string {
  const event = lab.heard.find((heard) => heard.owner === owner)?.event;
  return event === undefined ? "nothing" : event.kind === "error" ? event.error : event.kind;
}

/** Everyone listens as the lab's servers do; a UDP server sends back what it got. */
function startServers(lab: Lab): void {
  for (const name of ["a1", "b1", "a2", "b2", "a3", "b3"]) {
    const host = lab.host(name);
    listenTcp(host, { owner: `server ${name}`, port: 8080 });
    const socket = openUdp(host, { owner: `echo ${name}`, port: 5353 }, lab.ctx);
    lab.programs.set(`echo ${name}`, (event) => {
      if (event.kind !== "datagram") return;
      sendUdp(host, socket, { to: event.from, port: event.fromPort, payload: event.payload, journey: event.journey }, lab.ctx);
    });
  }
}

test.each(CASES)("$title", (one) => {
  const lab = new Lab(THREE_NODES);
  startServers(lab);
  lab.choices = {
    srcPort: one.srcPort,
    ...(one.endpoint === undefined ? {} : { endpoint: one.endpoint }),
    ...(one.snatPort === undefined ? {} : { snatPort: one.snatPort }),
  };
  const host = lab.host(one.from);
  const connected = { address: ip(one.to), port: one.port };
  if (one.protocol === "tcp") connectTcp(host, { owner: "client", dst: ip(one.to), port: one.port, journey: "j" }, lab.ctx);
  else {
    const socket = openUdp(host, { owner: "client", connected }, lab.ctx);
    sendUdp(host, socket, { to: ip(one.to), port: one.port, payload: { kind: "data", length: 20 }, journey: "j" }, lab.ctx);
  }
  lab.run();
  expectTable(lab, one.table);
  expect(outcomeOf(lab, "client")).toBe(one.outcome);
});
