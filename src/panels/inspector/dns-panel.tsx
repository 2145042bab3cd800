/** Names: the lookup of the followed request, what each CoreDNS replica holds, and the Pod's own resolv.conf. */
import type { ReactNode } from "react";
import type { DnsView, QueryView } from "../../bridge/protocol";
import { showSpan, useApp } from "../../store";
import { Address } from "../address/address";
import { ThenAndNow } from "../then-and-now/then-and-now";
import { Empty } from "./empty";
import styles from "./inspector.module.css";

function outcomeOf(query: QueryView): string {
  if (query.rcode === "") return "no answer yet";
  if (query.answers.length > 0) return query.rcode;
  return query.rcode === "NOERROR" ? "NODATA" : query.rcode;
}

function Query({ query }: { readonly query: QueryView }): ReactNode {
  const took = query.answeredAt === null ? "" : showSpan(query.answeredAt - query.at);
  const by = [query.by, query.cache === "" ? "" : `cache ${query.cache}`, took].filter((word) => word !== "").join(", ");
  return (
    <li>
      <span aria-hidden="true" style={{ color: "var(--dns-line)" }}>
        ◆
      </span>
      <b className={styles.mono}>
        {query.type} {query.name}
      </b>
      <span className={styles.end}>{outcomeOf(query)}</span>
      {query.answers.map((answer) => (
        <span key={answer} className={styles.mono} style={{ flexBasis: "100%" }}>
          {answer}
        </span>
      ))}
      <span className={styles.quiet} style={{ flexBasis: "100%" }}>
        {by}
      </span>
    </li>
  );
}

function Lookup(): ReactNode {
  const queries = useApp((state) => state.session.journey?.queries);
  return (
    <section>
      <h3>The lookup of the followed request</h3>
      {queries === undefined || queries.length === 0 ? (
        <p className={styles.quiet}>Follow a request: its resolver's queries stand here in order, with their answers.</p>
      ) : (
        <>
          <p className={styles.quiet}>{queries.length} queries for this connection</p>
          <ol className={styles.rows} aria-label="Queries">
            {queries.map((query) => (
              <Query key={`${query.at} ${query.type} ${query.name}`} query={query} />
            ))}
          </ol>
        </>
      )}
      <ThenAndNow id="a-records" />
      <ThenAndNow id="vip-and-port" />
    </section>
  );
}

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

export function DnsPanel(): ReactNode {
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
          <h3>Records</h3>
          <pre className={styles.text}>{dns.records.join("\n")}</pre>
          <h3>Corefile</h3>
          <pre className={styles.text}>{dns.corefile}</pre>
        </>
      )}
    </div>
  );
}
