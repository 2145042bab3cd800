/** Questions that the ladder raises, each with its answer folded under it. */
import type { ReactNode } from "react";
import own from "./dns.module.css";

interface Question {
  readonly ask: string;
  readonly answer: string;
}

/** Sources: resolv.conf(5), kubernetes PR 10266 (ndots:5), RFC 2308, getaddrinfo(3), nf_conntrack's UDP timeouts. */
const QUESTIONS: readonly Question[] = [
  {
    ask: "Why so many queries for one name?",
    answer:
      "Kubernetes sets ndots:5, so that names of up to four dots, such as _https._tcp.api.pay.svc, are found by the search list. A name from outside has few dots too, so every entry is tried before the name itself. A dot at its end, or ndots:1 in the Pod's dnsConfig, spares them.",
  },
  {
    ask: "Why AAAA beside A, without IPv6?",
    answer:
      "getaddrinfo asks for both families at once, from one socket, and waits for both answers. Nobody tells it that the cluster has no IPv6: NODATA does. The two datagrams have the same addresses and ports; on kernels before 5.0 they can race in conntrack, and one is lost.",
  },
  {
    ask: "What happens at the ◇ on the node?",
    answer:
      "A query is a packet like any other. It is sent to kube-dns's ClusterIP, which no interface has; the node's kernel traps it and sends it to one replica. conntrack turns the answer's source back. Each socket is a new connection to conntrack, so the next name may go to another replica.",
  },
  {
    ask: "NXDOMAIN or NODATA?",
    answer:
      "NXDOMAIN: there is no such name, of any type. NODATA: the name is there, but not with this type; on the wire it is NOERROR with an empty answer. After NXDOMAIN both resolvers try the next entry. After NODATA for both types glibc goes on, and musl stops.",
  },
];

export function Why(): ReactNode {
  return (
    <section aria-label="Why it is so" className={own.why}>
      {QUESTIONS.map(({ ask, answer }) => (
        <details key={ask}>
          <summary>{ask}</summary>
          <p>{answer}</p>
        </details>
      ))}
    </section>
  );
}
