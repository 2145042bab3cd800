/** Names: the lookup of the followed request, what each CoreDNS replica holds, and the Pod's own resolv.conf. */
import type { ReactNode } from "react";
import type { DnsView } from "../../bridge/protocol";
import { showSpan, useApp } from "../../store";
import { Address } from "../address/address";
import { ThenAndNow } from "../then-and-now/then-and-now";
import { AskAsPod } from "./dns/ask-as-pod";
import { Lookup } from "./dns/lookup";
import { Zone } from "./dns/zone";
import { Empty } from "./empty";
import styles from "./inspector.module.css";

function Replica({ replica }: { readonly replica: DnsView["replicas"][number] }): ReactNode {
  return (
    <li>
      <b>{replica.pod}</b>
      <Address text={replica.address} />
      <span className={styles.end}>
        revision {replica.revision}
        {replica.behind === 0 ? "" : `, ${showSpan(replica.behind)} behind`}
      </span>
      {replica.cache.length === 0 ? (
        <span className={styles.quiet} style={{ flexBasis: "100%" }}>
          Its cache is empty.
        </span>
      ) : (
        replica.cache.map((entry) => (
          <span key={`${entry.kind} ${entry.key}`} className={styles.mono} style={{ flexBasis: "100%" }}>
            {entry.key} {entry.answer}{" "}
            <span className={styles.quiet}>
              {entry.kind}, {entry.ttl} s left
            </span>
          </span>
        ))
      )}
    </li>
  );
}

export default function DnsPanel(): ReactNode {
  const dns = useApp((state) => state.session.moment?.dns);
  return (
    <div className={styles.panel}>
      <div className={styles.head}>
        <h2>DNS</h2>
        <p>cluster.local</p>
      </div>
      <Lookup />
      {dns === undefined ? (
        <Empty title="The records are on their way">CoreDNS makes them from Services and EndpointSlices.</Empty>
      ) : (
        <>
          <h3>/etc/resolv.conf in the Pod</h3>
          <pre className={styles.text}>{dns.resolvConf}</pre>
          <ThenAndNow id="resolv-conf" />
          <h3>CoreDNS replicas</h3>
          <ul className={styles.rows}>
            {dns.replicas.map((replica) => (
              <Replica key={replica.pod} replica={replica} />
            ))}
          </ul>
          <AskAsPod />
          <Zone records={dns.records} />
          <h3>Corefile</h3>
          <p>{dns.corefileIs}</p>
          <pre className={styles.text}>{dns.corefile}</pre>
        </>
      )}
    </div>
  );
}
