/** The unchanging part of the laboratory script: what its lines of data are run by. */

/** Functions that build a namespace from its lines, and the commands. Stands before and behind the data. */
export const BUILDERS = String.raw`set -Eeuo pipefail

readonly PREFIX=kubewalk
readonly STATE=/run/kubewalk-lab
readonly IPTABLES=${"$"}{KUBEWALK_IPTABLES:-iptables}

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
  inside "$where" sh -c 'for one in "$@"; do test ! -e "/proc/sys/net/${"$"}{one%=*}" || echo "${"$"}{one#*=}" > "/proc/sys/net/${"$"}{one%=*}"; done' sh "$@"
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
`;

/** The commands. */
export const COMMANDS = String.raw`
needs() {
  [[ $(id -u) -eq 0 ]] || die "run it as root: it makes network namespaces"
  local tool
  local -a missing=()
  for tool in ip bridge sed python3 "$IPTABLES-restore" "$IPTABLES-save" "$@"; do
    command -v "$tool" > /dev/null || missing+=("$tool")
  done
  [[ ${"$"}{#missing[@]} -eq 0 ]] || die "these programs are missing: ${"$"}{missing[*]} (packages iproute2, iptables, nftables, python3)"
  [[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]] || modprobe br_netfilter 2> /dev/null ||
    say "warning: no br_netfilter here; a Pod's answers to a Pod of its own node miss their way back through the ClusterIP"
}

up() {
  needs "${"$"}{NEEDED[@]}"
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
  for name in "${"$"}{all[@]}"; do
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
    [[ ${"$"}{name##*/} != "$1" ]] || found=$where
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

case ${"$"}{1:-} in
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
`;
