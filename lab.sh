#!/usr/bin/env bash
# The network of small.yaml at 0 s, kube-proxy in nftables mode, as Linux network namespaces.
# Written by Kubewalk, version 2 of its model. It touches no network but its own; "down" leaves nothing behind.
# Needs: root, bash, iproute2, iptables, python3 (standard library), in nftables mode nft. KUBEWALK_IPTABLES=iptables-legacy takes that one.
set -Eeuo pipefail

readonly PREFIX=kubewalk
readonly STATE=/run/kubewalk-lab
readonly IPTABLES=${KUBEWALK_IPTABLES:-iptables}

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$0: $*"
  exit 1
}

# inside NAMESPACE COMMAND...: runs it in that namespace
inside() {
  local -r where=$1
  shift
  ip netns exec "$PREFIX-$where" "$@"
}

# set_in NAMESPACE SETTING=VALUE...: files of /proc/sys/net, where the kernel has them
set_in() {
  local -r where=$1
  shift
  # shellcheck disable=SC2016 # expanded inside
  inside "$where" sh -c 'for one in "$@"; do test ! -e "/proc/sys/net/${one%=*}" || echo "${one#*=}" > "/proc/sys/net/${one%=*}"; done' sh "$@"
}

# namespace NAME FORWARDS BRIDGE_NF LOCALNET: an empty one with its settings
namespace() {
  ip netns add "$PREFIX-$1"
  set_in "$1" ipv6/conf/all/disable_ipv6=1 ipv6/conf/default/disable_ipv6=1 \
    ipv4/conf/all/rp_filter=0 ipv4/conf/default/rp_filter=0 ipv4/conf/all/send_redirects=0 \
    "ipv4/ip_forward=$2" "bridge/bridge-nf-call-iptables=$3" "ipv4/conf/all/route_localnet=$4"
}

# The next ones take their lines from standard input. NAMESPACE:X in a line is the namespace of X.
ip_in() { sed "s/NAMESPACE:/$PREFIX-/g" | ip -n "$PREFIX-$1" -batch -; }
bridge_in() { bridge -n "$PREFIX-$1" -batch -; }
iptables_in() { inside "$1" "$IPTABLES-restore"; }
nft_in() { inside "$1" nft -f -; }

# plug NAMESPACE...: an eth0 for each, all on one switch
plug() {
  ip netns add "$PREFIX-segment"
  set_in segment bridge/bridge-nf-call-iptables=0 ipv6/conf/default/disable_ipv6=1
  {
    echo "link add br0 type bridge forward_delay 0 mcast_snooping 0"
    echo "link set br0 up"
    local number=0 name
    for name in "$@"; do
      number=$((number + 1))
      echo "link add port$number type veth peer name eth0 netns NAMESPACE:$name"
      echo "link set port$number master br0"
      echo "link set port$number up"
    done
  } | ip_in segment
}

# resolv_conf NAMESPACE: its /etc/resolv.conf, from standard input; names are asked for there and nowhere else
resolv_conf() {
  local -r folder=/etc/netns/$PREFIX-$1
  mkdir -p "$folder"
  cat > "$folder/resolv.conf"
  if [[ -e /etc/nsswitch.conf ]]; then echo "hosts: files dns" > "$folder/nsswitch.conf"; fi
}

# serve NAMESPACE KIND:PORT:ANSWER...: programs that answer there, until "down"
serve() {
  local -r where=$1
  shift
  (
    trap - ERR
    exec ip netns exec "$PREFIX-$where" \
      python3 "$STATE/server.py" "$STATE/ready/$where" "$STATE/names" "$CLUSTER_DOMAIN" "$@"
  ) < /dev/null > "$STATE/log/$where" 2>&1 &
}

await_servers() {
  local name tries
  while read -r name; do
    for ((tries = 0; tries < 200; tries++)); do
      [[ -e $STATE/ready/$name ]] && break
      sleep 0.05
    done
    [[ -e $STATE/ready/$name ]] || die "nothing answers in $name: $(cat "$STATE/log/$name")"
  done < <(serving)
}

readonly MODE=nftables
readonly CLUSTER_DOMAIN=cluster.local
readonly -a NEEDED=(nft)

hosts() {
cat << 'END'
outside outside
gateway gateway
endpoint.192.168.0.10 endpoint.192.168.0.10
node/node-a node-a
node/node-b node-b
shop/client shop.client
shop/web-1 shop.web-1
shop/web-2 shop.web-2
END
}

nodes() {
cat << 'END'
node-a
node-b
END
}

serving() {
cat << 'END'
gateway
endpoint.192.168.0.10
shop.web-1
shop.web-2
END
}

known_names() {
cat << 'END'
kubernetes.default.svc.cluster.local. A 10.96.0.1
empty.shop.svc.cluster.local. A 10.96.0.60
web.shop.svc.cluster.local. A 10.96.0.50
END
}

server_program() {
cat << 'END'
import select, socket, struct, sys

READY, NAMES, DOMAIN = sys.argv[1:4]
KIND = {"A": 1, "CNAME": 5}


def known_names():
    names = {}
    with open(NAMES) as file:
        for line in file:
            name, kind, value = line.split()
            names.setdefault(name.lower(), []).append((kind, value))
    return names


TABLE = known_names()


def labels(name):
    parts = [part for part in name.split(".") if part]
    return b"".join(bytes([len(part)]) + part.encode() for part in parts) + b"\0"


def reply(query):
    """An authoritative answer from the table; NXDOMAIN for whatever is not in it."""
    at, parts = 12, []
    while query[at]:
        parts.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
        at += query[at] + 1
    question = query[12 : at + 5]
    kind = struct.unpack("!H", query[at + 1 : at + 3])[0]
    name = ".".join(parts).lower() + "."
    records = TABLE.get(name, [])
    inside = name.endswith(DOMAIN.lower() + ".")
    exists = bool(records) or any(other.endswith("." + name) for other in TABLE)
    chosen = [one for one in records if KIND[one[0]] == kind or one[0] == "CNAME"]
    code = 0 if exists else 3
    flags = 0x8000 | (0x0400 if inside else 0) | (query[2] & 1) << 8 | 0x0080 | code
    answers = b""
    for one_kind, value in chosen:
        data = socket.inet_aton(value) if one_kind == "A" else labels(value)
        answers += b"\xc0\x0c" + struct.pack("!HHIH", KIND[one_kind], 1, 30, len(data)) + data
    return query[:2] + struct.pack("!HHHHH", flags, 1, len(chosen), 0, 0) + question + answers


def http(name):
    body = name + "\n"
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


def listening(port):
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("0.0.0.0", port))
    one.listen(64)
    return one


def datagrams(port):
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("0.0.0.0", port))
    return one


def serve_datagram(one, kind):
    data, peer = one.recvfrom(65535)
    one.sendto(reply(data) if kind == "dns-udp" else data, peer)


def serve_stream(one, kind, name):
    data = one.recv(65535)
    if data and kind == "dns-tcp":
        answer = reply(data[2:])
        one.sendall(struct.pack("!H", len(answer)) + answer)
    elif data:
        one.sendall(http(name))


def main():
    doors, streams = {}, {}
    for word in sys.argv[4:]:
        kind, port, name = word.split(":", 2)
        doors[datagrams(int(port)) if kind in ("echo", "dns-udp") else listening(int(port))] = (kind, name)
    open(READY, "w").close()
    while True:
        for one in select.select([*doors, *streams], [], [])[0]:
            try:
                if one in streams:
                    serve_stream(one, *streams.pop(one))
                    one.close()
                elif doors[one][0] in ("echo", "dns-udp"):
                    serve_datagram(one, doors[one][0])
                else:
                    streams[one.accept()[0]] = doors[one]
            except OSError:
                pass  # a peer that is gone


main()
END
}

probe_program() {
cat << 'END'
#!/usr/bin/env python3
import socket, sys, urllib.parse

NO_NAME, NO_CONNECTION, TOO_LATE = 6, 7, 28


def fail(code, words):
    print(words, file=sys.stderr)
    sys.exit(code)


def main():
    if len(sys.argv) != 2:
        fail(2, "usage: probe http://NAME[:PORT][/PATH] | udp://NAME:PORT")
    text = sys.argv[1] if "://" in sys.argv[1] else "http://" + sys.argv[1]
    url = urllib.parse.urlsplit(text)
    is_udp = url.scheme == "udp"
    kind = socket.SOCK_DGRAM if is_udp else socket.SOCK_STREAM
    try:
        found = socket.getaddrinfo(url.hostname, url.port or 80, socket.AF_INET, kind)
    except socket.gaierror as problem:
        fail(NO_NAME, f"{url.hostname}: {problem.strerror}")
    one = socket.socket(socket.AF_INET, kind)
    one.settimeout(3)
    try:
        one.connect(found[0][4])
        one.sendall(b"probe" if is_udp else f"GET {url.path or '/'} HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: close\r\n\r\n".encode())
        data = one.recv(65535)
        while not is_udp:
            more = one.recv(65535)
            if not more:
                break
            data += more
    except socket.timeout:
        fail(TOO_LATE, "nothing came back in 3 s")
    except OSError as problem:
        fail(NO_CONNECTION, problem.strerror or str(problem))
    sys.stdout.write((data if is_udp else data.partition(b"\r\n\r\n")[2]).decode("utf8", "replace"))
    if is_udp:
        print()


main()
END
}

build() {
namespace outside 0 0 0
namespace gateway 1 1 0
namespace endpoint.192.168.0.10 0 0 0
namespace node-a 1 1 0
namespace node-b 1 1 0
namespace shop.client 0 0 0
namespace shop.web-1 0 0 0
namespace shop.web-2 0 0 0
plug outside gateway endpoint.192.168.0.10 node-a node-b
ip_in outside << 'END'
link set lo up
link set eth0 address 4e:53:dd:bf:5e:df mtu 1500
addr add 192.168.0.100/24 dev eth0
link set eth0 up
route replace default via 192.168.0.1 dev eth0
END
ip_in gateway << 'END'
link set lo up
link set eth0 address 6e:2b:75:72:4b:7f mtu 1500
addr add 192.168.0.1/24 dev eth0
link set eth0 up
route replace 10.244.1.0/24 via 192.168.0.11 dev eth0
route replace 10.244.2.0/24 via 192.168.0.12 dev eth0
route replace blackhole default
END
ip_in endpoint.192.168.0.10 << 'END'
link set lo up
link set eth0 address f2:05:dd:59:3f:67 mtu 1500
addr add 192.168.0.10/24 dev eth0
link set eth0 up
route replace 10.244.1.0/24 via 192.168.0.11 dev eth0
route replace 10.244.2.0/24 via 192.168.0.12 dev eth0
route replace default via 192.168.0.1 dev eth0
END
ip_in node-a << 'END'
link set lo up
link set eth0 address 96:e0:28:83:bb:03 mtu 1500
addr add 192.168.0.11/24 dev eth0
link set eth0 up
link add cni0 type bridge forward_delay 0 mcast_snooping 0
link set cni0 address 2e:28:6a:66:ed:9d mtu 1450
addr add 10.244.1.1/24 dev cni0
link set cni0 up
link add flannel.1 address ca:6a:11:69:36:2d mtu 1450 type vxlan id 1 local 192.168.0.11 dev eth0 dstport 8472 nolearning
addr add 10.244.1.0/32 dev flannel.1
link set flannel.1 up
link add veth828b9dc2 address ce:35:6b:ac:74:72 mtu 1450 type veth peer name eth0 netns NAMESPACE:shop.client
link set veth828b9dc2 master cni0
link set veth828b9dc2 up
link set veth828b9dc2 type bridge_slave hairpin on
link add veth5843af9b address de:16:05:0d:1a:b8 mtu 1450 type veth peer name eth0 netns NAMESPACE:shop.web-1
link set veth5843af9b master cni0
link set veth5843af9b up
link set veth5843af9b type bridge_slave hairpin on
route replace 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink
route replace default via 192.168.0.1 dev eth0
neigh replace 10.244.2.0 lladdr a2:b8:7d:2a:d9:f2 dev flannel.1 nud permanent
END
bridge_in node-a << 'END'
fdb append a2:b8:7d:2a:d9:f2 dev flannel.1 dst 192.168.0.12 self permanent
END
iptables_in node-a << 'END'
*mangle
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:FLANNEL-FWD - [0:0]
-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD
-A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
-A FLANNEL-FWD -d 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:FLANNEL-POSTRTG - [0:0]
-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG
-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG -s 10.244.1.0/24 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG -s 10.244.0.0/16 -d 10.244.1.0/24 -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.1.0/24 -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
-A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
COMMIT
END
nft_in node-a << 'END'
add table ip kube-proxy { comment "rules for kube-proxy" ; }
add set ip kube-proxy cluster-ips { type ipv4_addr ; comment "Active ClusterIPs" ; }
add set ip kube-proxy nodeport-ips { type ipv4_addr ; comment "IPs that accept NodePort traffic" ; }
add map ip kube-proxy no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict ; comment "vmap to drop or reject packets to services with no endpoints" ; }
add map ip kube-proxy no-endpoint-nodeports { type inet_proto . inet_service : verdict ; comment "vmap to drop or reject packets to service nodeports with no endpoints" ; }
add map ip kube-proxy firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict ; comment "destinations that are subject to LoadBalancerSourceRanges" ; }
add map ip kube-proxy service-ips { type ipv4_addr . inet_proto . inet_service : verdict ; comment "ClusterIP, ExternalIP and LoadBalancer IP traffic" ; }
add map ip kube-proxy service-nodeports { type inet_proto . inet_service : verdict ; comment "NodePort traffic" ; }
add chain ip kube-proxy filter-prerouting-pre-dnat { type filter hook prerouting priority -110 ; }
add chain ip kube-proxy filter-output-pre-dnat { type filter hook output priority -110 ; }
add chain ip kube-proxy filter-input { type filter hook input priority 0 ; }
add chain ip kube-proxy filter-forward { type filter hook forward priority 0 ; }
add chain ip kube-proxy filter-output { type filter hook output priority 0 ; }
add chain ip kube-proxy nat-prerouting { type nat hook prerouting priority -100 ; }
add chain ip kube-proxy nat-output { type nat hook output priority -100 ; }
add chain ip kube-proxy nat-postrouting { type nat hook postrouting priority 100 ; }
add chain ip kube-proxy nodeport-endpoints-check
add chain ip kube-proxy service-endpoints-check
add chain ip kube-proxy firewall-check
add chain ip kube-proxy services
add chain ip kube-proxy masquerading
add chain ip kube-proxy cluster-ips-check
add chain ip kube-proxy mark-for-masquerade
add chain ip kube-proxy reject-chain { comment "helper for @no-endpoint-services / @no-endpoint-nodeports" ; }
add chain ip kube-proxy endpoint-QC24MQBE-default/kubernetes/tcp/https__192.168.0.10/6443
add chain ip kube-proxy service-2QRHZV4L-default/kubernetes/tcp/https
add chain ip kube-proxy endpoint-WP42MP3J-shop/web/tcp/__10.244.1.7/8080
add chain ip kube-proxy endpoint-GYMLCZQL-shop/web/tcp/__10.244.2.9/8080
add chain ip kube-proxy service-452DNVGS-shop/web/tcp/
add rule ip kube-proxy filter-prerouting-pre-dnat ct state new jump firewall-check
add rule ip kube-proxy filter-output-pre-dnat ct state new jump firewall-check
add rule ip kube-proxy filter-input ct state new jump nodeport-endpoints-check
add rule ip kube-proxy filter-input ct state new jump service-endpoints-check
add rule ip kube-proxy filter-forward ct state new jump service-endpoints-check
add rule ip kube-proxy filter-forward ct state new jump cluster-ips-check
add rule ip kube-proxy filter-output ct state new jump service-endpoints-check
add rule ip kube-proxy filter-output ct state new jump cluster-ips-check
add rule ip kube-proxy nat-prerouting jump services
add rule ip kube-proxy nat-output jump services
add rule ip kube-proxy nat-postrouting jump masquerading
add rule ip kube-proxy nodeport-endpoints-check ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports
add rule ip kube-proxy service-endpoints-check ip daddr . meta l4proto . th dport vmap @no-endpoint-services
add rule ip kube-proxy firewall-check ip daddr . meta l4proto . th dport vmap @firewall-ips
add rule ip kube-proxy services ip daddr . meta l4proto . th dport vmap @service-ips
add rule ip kube-proxy services ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
add rule ip kube-proxy masquerading mark and 0x00004000 == 0 return
add rule ip kube-proxy masquerading mark set mark xor 0x00004000
add rule ip kube-proxy masquerading masquerade fully-random
add rule ip kube-proxy cluster-ips-check ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"
add rule ip kube-proxy cluster-ips-check ip daddr { 10.96.0.0/12 } drop comment "Drop traffic to unallocated ClusterIPs"
add rule ip kube-proxy mark-for-masquerade mark set mark or 0x00004000
add rule ip kube-proxy reject-chain reject
add rule ip kube-proxy endpoint-QC24MQBE-default/kubernetes/tcp/https__192.168.0.10/6443 ip saddr 192.168.0.10 jump mark-for-masquerade
add rule ip kube-proxy endpoint-QC24MQBE-default/kubernetes/tcp/https__192.168.0.10/6443 meta l4proto tcp dnat to 192.168.0.10:6443
add rule ip kube-proxy service-2QRHZV4L-default/kubernetes/tcp/https ip daddr 10.96.0.1 ip saddr != 10.244.0.0/16 jump mark-for-masquerade
add rule ip kube-proxy service-2QRHZV4L-default/kubernetes/tcp/https numgen random mod 1 vmap { 0 : goto endpoint-QC24MQBE-default/kubernetes/tcp/https__192.168.0.10/6443 }
add rule ip kube-proxy endpoint-WP42MP3J-shop/web/tcp/__10.244.1.7/8080 ip saddr 10.244.1.7 jump mark-for-masquerade
add rule ip kube-proxy endpoint-WP42MP3J-shop/web/tcp/__10.244.1.7/8080 meta l4proto tcp dnat to 10.244.1.7:8080
add rule ip kube-proxy endpoint-GYMLCZQL-shop/web/tcp/__10.244.2.9/8080 ip saddr 10.244.2.9 jump mark-for-masquerade
add rule ip kube-proxy endpoint-GYMLCZQL-shop/web/tcp/__10.244.2.9/8080 meta l4proto tcp dnat to 10.244.2.9:8080
add rule ip kube-proxy service-452DNVGS-shop/web/tcp/ ip daddr 10.96.0.50 ip saddr != 10.244.0.0/16 jump mark-for-masquerade
add rule ip kube-proxy service-452DNVGS-shop/web/tcp/ numgen random mod 2 vmap { 0 : goto endpoint-WP42MP3J-shop/web/tcp/__10.244.1.7/8080 , 1 : goto endpoint-GYMLCZQL-shop/web/tcp/__10.244.2.9/8080 }
add element ip kube-proxy cluster-ips { 10.96.0.1 }
add element ip kube-proxy cluster-ips { 10.96.0.60 }
add element ip kube-proxy cluster-ips { 10.96.0.50 }
add element ip kube-proxy nodeport-ips { 192.168.0.11 }
add element ip kube-proxy no-endpoint-services { 10.96.0.60 . tcp . 80 comment "shop/empty" : goto reject-chain }
add element ip kube-proxy service-ips { 10.96.0.1 . tcp . 443 : goto service-2QRHZV4L-default/kubernetes/tcp/https }
add element ip kube-proxy service-ips { 10.96.0.50 . tcp . 80 : goto service-452DNVGS-shop/web/tcp/ }
END
ip_in node-b << 'END'
link set lo up
link set eth0 address 36:27:98:a8:37:db mtu 1500
addr add 192.168.0.12/24 dev eth0
link set eth0 up
link add cni0 type bridge forward_delay 0 mcast_snooping 0
link set cni0 address be:27:29:9e:14:94 mtu 1450
addr add 10.244.2.1/24 dev cni0
link set cni0 up
link add flannel.1 address a2:b8:7d:2a:d9:f2 mtu 1450 type vxlan id 1 local 192.168.0.12 dev eth0 dstport 8472 nolearning
addr add 10.244.2.0/32 dev flannel.1
link set flannel.1 up
link add veth66e989a9 address 32:7d:53:99:80:81 mtu 1450 type veth peer name eth0 netns NAMESPACE:shop.web-2
link set veth66e989a9 master cni0
link set veth66e989a9 up
link set veth66e989a9 type bridge_slave hairpin on
route replace 10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink
route replace default via 192.168.0.1 dev eth0
neigh replace 10.244.1.0 lladdr ca:6a:11:69:36:2d dev flannel.1 nud permanent
END
bridge_in node-b << 'END'
fdb append ca:6a:11:69:36:2d dev flannel.1 dst 192.168.0.11 self permanent
END
iptables_in node-b << 'END'
*mangle
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:FLANNEL-FWD - [0:0]
-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD
-A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
-A FLANNEL-FWD -d 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:FLANNEL-POSTRTG - [0:0]
-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG
-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG -s 10.244.2.0/24 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG -s 10.244.0.0/16 -d 10.244.2.0/24 -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.2.0/24 -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
-A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
COMMIT
END
nft_in node-b << 'END'
add table ip kube-proxy { comment "rules for kube-proxy" ; }
add set ip kube-proxy cluster-ips { type ipv4_addr ; comment "Active ClusterIPs" ; }
add set ip kube-proxy nodeport-ips { type ipv4_addr ; comment "IPs that accept NodePort traffic" ; }
add map ip kube-proxy no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict ; comment "vmap to drop or reject packets to services with no endpoints" ; }
add map ip kube-proxy no-endpoint-nodeports { type inet_proto . inet_service : verdict ; comment "vmap to drop or reject packets to service nodeports with no endpoints" ; }
add map ip kube-proxy firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict ; comment "destinations that are subject to LoadBalancerSourceRanges" ; }
add map ip kube-proxy service-ips { type ipv4_addr . inet_proto . inet_service : verdict ; comment "ClusterIP, ExternalIP and LoadBalancer IP traffic" ; }
add map ip kube-proxy service-nodeports { type inet_proto . inet_service : verdict ; comment "NodePort traffic" ; }
add chain ip kube-proxy filter-prerouting-pre-dnat { type filter hook prerouting priority -110 ; }
add chain ip kube-proxy filter-output-pre-dnat { type filter hook output priority -110 ; }
add chain ip kube-proxy filter-input { type filter hook input priority 0 ; }
add chain ip kube-proxy filter-forward { type filter hook forward priority 0 ; }
add chain ip kube-proxy filter-output { type filter hook output priority 0 ; }
add chain ip kube-proxy nat-prerouting { type nat hook prerouting priority -100 ; }
add chain ip kube-proxy nat-output { type nat hook output priority -100 ; }
add chain ip kube-proxy nat-postrouting { type nat hook postrouting priority 100 ; }
add chain ip kube-proxy nodeport-endpoints-check
add chain ip kube-proxy service-endpoints-check
add chain ip kube-proxy firewall-check
add chain ip kube-proxy services
add chain ip kube-proxy masquerading
add chain ip kube-proxy cluster-ips-check
add chain ip kube-proxy mark-for-masquerade
add chain ip kube-proxy reject-chain { comment "helper for @no-endpoint-services / @no-endpoint-nodeports" ; }
add chain ip kube-proxy endpoint-QC24MQBE-default/kubernetes/tcp/https__192.168.0.10/6443
add chain ip kube-proxy service-2QRHZV4L-default/kubernetes/tcp/https
add chain ip kube-proxy endpoint-WP42MP3J-shop/web/tcp/__10.244.1.7/8080
add chain ip kube-proxy endpoint-GYMLCZQL-shop/web/tcp/__10.244.2.9/8080
add chain ip kube-proxy service-452DNVGS-shop/web/tcp/
add rule ip kube-proxy filter-prerouting-pre-dnat ct state new jump firewall-check
add rule ip kube-proxy filter-output-pre-dnat ct state new jump firewall-check
add rule ip kube-proxy filter-input ct state new jump nodeport-endpoints-check
add rule ip kube-proxy filter-input ct state new jump service-endpoints-check
add rule ip kube-proxy filter-forward ct state new jump service-endpoints-check
add rule ip kube-proxy filter-forward ct state new jump cluster-ips-check
add rule ip kube-proxy filter-output ct state new jump service-endpoints-check
add rule ip kube-proxy filter-output ct state new jump cluster-ips-check
add rule ip kube-proxy nat-prerouting jump services
add rule ip kube-proxy nat-output jump services
add rule ip kube-proxy nat-postrouting jump masquerading
add rule ip kube-proxy nodeport-endpoints-check ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports
add rule ip kube-proxy service-endpoints-check ip daddr . meta l4proto . th dport vmap @no-endpoint-services
add rule ip kube-proxy firewall-check ip daddr . meta l4proto . th dport vmap @firewall-ips
add rule ip kube-proxy services ip daddr . meta l4proto . th dport vmap @service-ips
add rule ip kube-proxy services ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
add rule ip kube-proxy masquerading mark and 0x00004000 == 0 return
add rule ip kube-proxy masquerading mark set mark xor 0x00004000
add rule ip kube-proxy masquerading masquerade fully-random
add rule ip kube-proxy cluster-ips-check ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"
add rule ip kube-proxy cluster-ips-check ip daddr { 10.96.0.0/12 } drop comment "Drop traffic to unallocated ClusterIPs"
add rule ip kube-proxy mark-for-masquerade mark set mark or 0x00004000
add rule ip kube-proxy reject-chain reject
add rule ip kube-proxy endpoint-QC24MQBE-default/kubernetes/tcp/https__192.168.0.10/6443 ip saddr 192.168.0.10 jump mark-for-masquerade
add rule ip kube-proxy endpoint-QC24MQBE-default/kubernetes/tcp/https__192.168.0.10/6443 meta l4proto tcp dnat to 192.168.0.10:6443
add rule ip kube-proxy service-2QRHZV4L-default/kubernetes/tcp/https ip daddr 10.96.0.1 ip saddr != 10.244.0.0/16 jump mark-for-masquerade
add rule ip kube-proxy service-2QRHZV4L-default/kubernetes/tcp/https numgen random mod 1 vmap { 0 : goto endpoint-QC24MQBE-default/kubernetes/tcp/https__192.168.0.10/6443 }
add rule ip kube-proxy endpoint-WP42MP3J-shop/web/tcp/__10.244.1.7/8080 ip saddr 10.244.1.7 jump mark-for-masquerade
add rule ip kube-proxy endpoint-WP42MP3J-shop/web/tcp/__10.244.1.7/8080 meta l4proto tcp dnat to 10.244.1.7:8080
add rule ip kube-proxy endpoint-GYMLCZQL-shop/web/tcp/__10.244.2.9/8080 ip saddr 10.244.2.9 jump mark-for-masquerade
add rule ip kube-proxy endpoint-GYMLCZQL-shop/web/tcp/__10.244.2.9/8080 meta l4proto tcp dnat to 10.244.2.9:8080
add rule ip kube-proxy service-452DNVGS-shop/web/tcp/ ip daddr 10.96.0.50 ip saddr != 10.244.0.0/16 jump mark-for-masquerade
add rule ip kube-proxy service-452DNVGS-shop/web/tcp/ numgen random mod 2 vmap { 0 : goto endpoint-WP42MP3J-shop/web/tcp/__10.244.1.7/8080 , 1 : goto endpoint-GYMLCZQL-shop/web/tcp/__10.244.2.9/8080 }
add element ip kube-proxy cluster-ips { 10.96.0.1 }
add element ip kube-proxy cluster-ips { 10.96.0.60 }
add element ip kube-proxy cluster-ips { 10.96.0.50 }
add element ip kube-proxy nodeport-ips { 192.168.0.12 }
add element ip kube-proxy no-endpoint-services { 10.96.0.60 . tcp . 80 comment "shop/empty" : goto reject-chain }
add element ip kube-proxy service-ips { 10.96.0.1 . tcp . 443 : goto service-2QRHZV4L-default/kubernetes/tcp/https }
add element ip kube-proxy service-ips { 10.96.0.50 . tcp . 80 : goto service-452DNVGS-shop/web/tcp/ }
END
ip_in shop.client << 'END'
link set lo up
link set eth0 address 72:24:d1:cb:1b:94 mtu 1450
addr add 10.244.1.2/24 dev eth0
link set eth0 up
route replace 10.244.0.0/16 via 10.244.1.1 dev eth0
route replace default via 10.244.1.1 dev eth0
END
resolv_conf shop.client << 'END'
search shop.svc.cluster.local svc.cluster.local cluster.local
nameserver 10.96.0.10
options ndots:5
END
ip_in shop.web-1 << 'END'
link set lo up
link set eth0 address 06:71:34:34:10:d6 mtu 1450
addr add 10.244.1.7/24 dev eth0
link set eth0 up
route replace 10.244.0.0/16 via 10.244.1.1 dev eth0
route replace default via 10.244.1.1 dev eth0
END
resolv_conf shop.web-1 << 'END'
search shop.svc.cluster.local svc.cluster.local cluster.local
nameserver 10.96.0.10
options ndots:5
END
ip_in shop.web-2 << 'END'
link set lo up
link set eth0 address 56:bb:a4:1f:34:c4 mtu 1450
addr add 10.244.2.9/24 dev eth0
link set eth0 up
route replace 10.244.0.0/16 via 10.244.2.1 dev eth0
route replace default via 10.244.2.1 dev eth0
END
resolv_conf shop.web-2 << 'END'
search shop.svc.cluster.local svc.cluster.local cluster.local
nameserver 10.96.0.10
options ndots:5
END
serve gateway http:53:gateway
serve endpoint.192.168.0.10 http:6443:192.168.0.10
serve shop.web-1 http:8080:web-1
serve shop.web-2 http:8080:web-2
}

needs() {
  [[ $(id -u) -eq 0 ]] || die "run it as root: it makes network namespaces"
  local tool
  local -a missing=()
  for tool in ip bridge sed python3 "$IPTABLES-restore" "$IPTABLES-save" "$@"; do
    command -v "$tool" > /dev/null || missing+=("$tool")
  done
  [[ ${#missing[@]} -eq 0 ]] || die "these programs are missing: ${missing[*]} (packages iproute2, iptables, nftables, python3)"
  [[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]] || modprobe br_netfilter 2> /dev/null ||
    say "warning: no br_netfilter here; a Pod's answers to a Pod of its own node miss their way back through the ClusterIP"
}

up() {
  needs "${NEEDED[@]}"
  [[ ! -e $STATE ]] || die "it is up already; run \"$0 down\" first"
  mkdir -p "$STATE/ready" "$STATE/log" "$STATE/bin"
  trap 'say "it could not be built; taking down what there is"; down' ERR
  server_program > "$STATE/server.py"
  probe_program > "$STATE/bin/probe"
  chmod +x "$STATE/bin/probe"
  known_names > "$STATE/names"
  build
  trap - ERR
  await_servers
  say "up: $(hosts | wc -l) names, $(ip netns list | grep -c "^$PREFIX-") namespaces; try \"$0 exec NAME probe http://SERVICE\""
}

down() {
  local name process
  local -a all=()
  while read -r name _; do all+=("$name"); done < <(ip netns list)
  for name in "${all[@]}"; do
    [[ $name == "$PREFIX-"* ]] || continue
    while read -r process; do kill "$process" 2> /dev/null || true; done < <(ip netns pids "$name")
    ip netns delete "$name"
    rm -rf "/etc/netns/$name"
  done
  rm -rf "$STATE"
  rmdir /etc/netns 2> /dev/null || true
}

# namespace_of NAME: of a Pod as NAMESPACE/NAME or by its name alone, of node/NAME, of a machine
namespace_of() {
  local name where found=""
  while read -r name where; do
    if [[ $name == "$1" ]]; then
      echo "$where"
      return
    fi
    [[ ${name##*/} != "$1" ]] || found=$where
  done < <(hosts)
  [[ -n $found ]] || die "there is no \"$1\"; these are there: $(hosts | cut -d' ' -f1 | tr '\n' ' ')"
  echo "$found"
}

exec_in() {
  [[ $# -ge 2 ]] || die "usage: $0 exec POD COMMAND..."
  [[ -e $STATE ]] || die "it is not up; run \"$0 up\" first"
  local where
  where=$(namespace_of "$1")
  shift
  PATH="$STATE/bin:$PATH" inside "$where" "$@"
}

rules() {
  [[ -e $STATE ]] || die "it is not up; run \"$0 up\" first"
  local node
  while read -r node; do
    [[ $# -eq 0 || $1 == "$node" ]] || continue
    echo "# $node"
    inside "$node" "$IPTABLES-save"
    if [[ $MODE == nftables ]]; then inside "$node" nft list table ip kube-proxy; fi
  done < <(nodes)
}

case ${1:-} in
  up) up ;;
  down) down ;;
  exec)
    shift
    exec_in "$@"
    ;;
  rules)
    shift
    rules "$@"
    ;;
  *)
    say "usage: $0 up | down | exec POD COMMAND... | rules [NODE]"
    say "  POD: NAMESPACE/NAME, a Pod's name alone, node/NAME or a machine. COMMAND is what to run there; \"probe http://NAME:PORT/\" asks like curl"
    exit 2
    ;;
esac
