/** Names: the lookup of the followed request, what each CoreDNS replica holds, and the Pod's own resolv.conf. */
import type { ReactNode } from "react";
import type { DnsView, QueryView } from "../../bridge/protocol";
import { showMillis, showSpan, useApp } from "../../store";
import { Address } from "../address/address";
import { ThenAndNow } from "../then-and-now/then-and-now";
import { AskAsPod } from "./dns/ask-as-pod";
import { entryTried, outcomeOf, searchListOf } from "./dns/outcome";
import { Zone } from "./dns/zone";
import { Empty } from "./empty";
import styles from "./inspector.module.css";

/** The entry of the search list that a query tries, or that the name is asked as it was typed. */
function triedBy(query: QueryView, typed: string, search: readonly string[]): string {
  const entry = entryTried(query.name, typed, search);
  return entry === 0 ? "the name as it is" : `search entry ${entry} of ${search.length}`;
}

function Query({ query, tried }: { readonly query: QueryView; readonly tried: string }): ReactNode {
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
        {showMillis(query.at)} to {query.server}, {tried}
      </span>
      {query.answeredAt === null ? null : (
        <span className={styles.quiet} style={{ flexBasis: "100%" }}>
          {showMillis(query.answeredAt)} from {by}
        </span>
      )}
    </li>
  );
}

function Lookup(): ReactNode {
  const queries = useApp((state) => state.session.journey?.queries);
  const to = useApp((state) => state.session.journey?.to ?? "");
  const resolvConf = useApp((state) => state.session.moment?.dns?.resolvConf ?? "");
  const typed = to.replace(/^http:\/\//, "").replace(/[:/].*$/, "");
  const search = searchListOf(resolvConf);
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
              <Query key={`${query.at} ${query.type} ${query.name}`} query={query} tried={triedBy(query, typed, search)} />
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
