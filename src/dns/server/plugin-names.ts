/** Every plugin of a CoreDNS release, so that a mistyped one can be told from one that is not modelled. Source: CoreDNS plugin.cfg (1.13). */
export const PLUGIN_NAMES: readonly string[] = (
  "root metadata geoip cancel tls quic timeouts multisocket reload nsid bufsize bind debug trace ready health pprof prometheus " +
  "errors log dnstap local dns64 acl any chaos loadbalance tsig cache rewrite header dnssec autopath minimal template transfer " +
  "hosts route53 azure clouddns k8s_external kubernetes file auto secondary etcd loop forward grpc grpc_server https https3 " +
  "erratic whoami on sign view nomad"
).split(" ");
