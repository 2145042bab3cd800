/** A table in the shape of kube-proxy's, small enough to read. */
import { parseTable } from "../../../src/node/kernel/nftables/parse";

export const SMALL = parseTable(`
  add table ip kube-proxy { comment "rules for kube-proxy" ; }
  add map ip kube-proxy services { type ipv4_addr . inet_proto . inet_service : verdict ; comment "who is where" ; }
  add set ip kube-proxy seen { type ipv4_addr ; flags dynamic,timeout ; timeout 60s ; }
  add set ip kube-proxy known { type ipv4_addr ; }
  add chain ip kube-proxy mark
  add chain ip kube-proxy web
  add chain ip kube-proxy pod-a
  add chain ip kube-proxy pod-b
  add chain ip kube-proxy refuse { comment "says no" ; }
  add chain ip kube-proxy services
  add chain ip kube-proxy early { type filter hook prerouting priority -110 ; }
  add chain ip kube-proxy nat { type nat hook prerouting priority -100 ; }
  add chain ip kube-proxy out { type nat hook postrouting priority 100 ; }
  add chain ip kube-proxy through { type filter hook forward priority 0 ; policy drop ; }
  add element ip kube-proxy services { 10.96.0.1 . tcp . 80 : goto web }
  add element ip kube-proxy services { 10.96.0.2 . udp . 53 comment "nobody" : goto refuse }
  add element ip kube-proxy services { 10.96.0.3 . tcp . 80 : drop }
  add element ip kube-proxy known { 10.96.0.9 }
  add rule ip kube-proxy mark mark set mark or 0x4000
  add rule ip kube-proxy services ip daddr . meta l4proto . th dport vmap @services
  add rule ip kube-proxy services fib daddr type local ip daddr != 127.0.0.0/8 accept comment "for the host itself"
  add rule ip kube-proxy web ip saddr != 10.244.0.0/16 jump mark
  add rule ip kube-proxy web ip saddr @seen goto pod-b
  add rule ip kube-proxy web numgen random mod 2 vmap { 0 : goto pod-a , 1 : goto pod-b }
  add rule ip kube-proxy pod-a ip saddr 10.244.1.2 jump mark
  add rule ip kube-proxy pod-a meta l4proto tcp dnat to 10.244.1.2:8080
  add rule ip kube-proxy pod-b update @seen { ip saddr }
  add rule ip kube-proxy pod-b meta l4proto tcp dnat to 10.244.2.2:8080
  add rule ip kube-proxy refuse reject
  add rule ip kube-proxy early ct state new ip saddr != { 10.244.0.0/16 , 192.168.0.0/24 } drop
  add rule ip kube-proxy nat jump services
  add rule ip kube-proxy out mark and 0x4000 == 0 return
  add rule ip kube-proxy out mark set mark xor 0x4000
  add rule ip kube-proxy out masquerade fully-random
  add rule ip kube-proxy through iifname veth* accept
  add rule ip kube-proxy through iif eth0 ip daddr @known reject comment "known"
`);
