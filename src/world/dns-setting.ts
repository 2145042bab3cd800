/** What a person can set about the cluster's DNS. Commands like others: in the journal, in links, in `run`. */

/** A change of the cluster's DNS. */
export type DnsSetting =
  /** The Corefile of the ConfigMap `kube-system/coredns`; replicas take it up by their reload plugin, each in its own time. */
  | { readonly do: "corefile"; readonly text: string }
  /** NodeLocal DNSCache: a cache on every node at 169.254.20.10 and at the address of kube-dns, or none. */
  | { readonly do: "node-local-dns"; readonly on: boolean };
