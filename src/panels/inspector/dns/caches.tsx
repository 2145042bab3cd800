/** Every cache on a name's way: its entries, how old they are, how long they stay, and who set that time. */
import type { ReactNode } from "react";
import type { CacheEntryView, DnsReplicaView } from "../../../bridge/protocol";
import { OutcomeSign, type Outcome } from "../../../diagrams/ladder/OutcomeSign";
import { showMillis, showSpan, useCalmApp, usePane } from "../../../store";
import { Address } from "../../address/address";
import styles from "../inspector.module.css";
import own from "./dns.module.css";

const NONE: readonly DnsReplicaView[] = [];

/** The sign of what an entry says. */
export function signOfEntry({ kind, answer }: Pick<CacheEntryView, "kind" | "answer">): Outcome {
  if (kind === "success") return "NOERROR";
  return answer === "NXDOMAIN" || answer === "NODATA" ? answer : "failure";
}

function Entry({ entry }: { readonly entry: CacheEntryView }): ReactNode {
  const { name, type, ttl, storedFor, storedAt, setBy, answer, kind } = entry;
  return (
    <li className={own.entry}>
      <p>
        <b className={styles.mono}>{name}</b> {type}
      </p>
      <p>
        <OutcomeSign outcome={signOfEntry(entry)} /> <span className={styles.mono}>{answer}</span>
        <span className={own.left}>
          <b>{ttl} s left</b> of {storedFor} s
        </span>
      </p>
      <span className={own.bar} aria-hidden="true">
        <i style={{ width: `${(ttl / storedFor) * 100}%` }} />
      </span>
      <small>
        {kind}, since {showMillis(storedAt)}, for {setBy}
      </small>
    </li>
  );
}

function Replica({ replica, find }: { readonly replica: DnsReplicaView; readonly find: string }): ReactNode {
  const { pod, address, revision, behind, state, answers, cache } = replica;
  const shown = cache.filter(({ key, answer }) => `${key} ${answer}`.toLowerCase().includes(find));
  return (
    <section className={own.replica} aria-label={`Cache of ${pod}`}>
      <h3>
        <span>{pod}</span> <Address text={address} />
      </h3>
      <p className={styles.quiet}>
        {state}, {answers === 1 ? "1 answer" : `${answers} answers`} so far; its page is revision {revision}
        {behind === 0 ? "" : `, ${showSpan(behind)} behind`}
        {cache.length === 0 ? "" : `; ${shown.length === cache.length ? "" : `${shown.length} of `}${cache.length} cached`}
      </p>
      {cache.length === 0 ? (
        <p className={styles.quiet}>Its cache is empty: nothing was asked that may be kept, or its time is over.</p>
      ) : (
        <ul className={styles.rows} aria-label={`Entries of ${pod}`}>
          {shown.map((entry) => (
            <Entry key={`${entry.kind} ${entry.key}`} entry={entry} />
          ))}
        </ul>
      )}
    </section>
  );
}

export function Caches(): ReactNode {
  const replicas = useCalmApp((state) => state.session.moment?.dns?.replicas ?? NONE);
  const [find, setFind] = usePane("dns.cached");
  return (
    <>
      <p>
        Each CoreDNS replica has a cache of its own, for answers and for denials. Nothing empties it but time: an object that comes or goes
        changes what the replica knows, not what it has kept.
      </p>
      <input
        className={styles.find}
        type="search"
        aria-label="Find in the caches"
        placeholder="Find in the caches: a name, a type, NXDOMAIN"
        value={find}
        onChange={(event) => setFind(event.target.value)}
      />
      {replicas.map((replica) => (
        <Replica key={replica.pod} replica={replica} find={find.trim().toLowerCase()} />
      ))}
    </>
  );
}
