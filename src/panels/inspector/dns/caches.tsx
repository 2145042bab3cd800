/** Every cache on a name's way: its entries, how old they are, how long they stay, and who set that time. */
import type { ReactNode } from "react";
import type { CacheEntryView, DnsReplicaView } from "../../../bridge/protocol";
import { OutcomeSign, type Outcome } from "../../../diagrams/ladder/OutcomeSign";
import { showMillis, showSpan, useApp, useCalmApp } from "../../../store";
import { Address } from "../../address/address";
import styles from "../inspector.module.css";
import own from "./dns.module.css";

const NONE: readonly DnsReplicaView[] = [];

/** The sign of what an entry says. */
export function signOfEntry({ kind, answer }: Pick<CacheEntryView, "kind" | "answer">): Outcome {
  if (kind === "success") return "NOERROR";
  return answer === "NXDOMAIN" || answer === "NODATA" ? answer : "failure";
}

export function Entry({ entry, at }: { readonly entry: CacheEntryView; readonly at: number }): ReactNode {
  const { name, type, ttl, storedFor, storedAt, setBy, answer, kind } = entry;
  return (
    <li className={own.entry}>
      <p>
        <b className={styles.mono}>{name}</b> {type}
      </p>
      <p>
        <OutcomeSign outcome={signOfEntry(entry)} /> <span className={styles.mono}>{answer}</span>
        <span className={styles.end}>{kind}</span>
      </p>
      <p className={own.running}>
        <span className={own.bar} aria-hidden="true">
          <i style={{ width: `${(ttl / storedFor) * 100}%` }} />
        </span>
        <b>{ttl} s left</b> of {storedFor} s
      </p>
      <p className={styles.quiet}>
        stored at {showMillis(storedAt)}, {showSpan(Math.max(0, at - storedAt))} ago; its time is {setBy}
      </p>
    </li>
  );
}

function Replica({ replica, at }: { readonly replica: DnsReplicaView; readonly at: number }): ReactNode {
  const { pod, address, revision, behind, state, answers, cache } = replica;
  return (
    <section className={own.replica} aria-label={`Cache of ${pod}`}>
      <h3>
        <span>{pod}</span> <Address text={address} />
      </h3>
      <p className={styles.quiet}>
        {state}, {answers === 1 ? "1 answer" : `${answers} answers`} so far; its page is revision {revision}
        {behind === 0 ? "" : `, ${showSpan(behind)} behind`}
      </p>
      {cache.length === 0 ? (
        <p className={styles.quiet}>Its cache is empty: nothing was asked that may be kept, or its time is over.</p>
      ) : (
        <ul className={styles.rows} aria-label={`Entries of ${pod}`}>
          {cache.map((entry) => (
            <Entry key={`${entry.kind} ${entry.key}`} entry={entry} at={at} />
          ))}
        </ul>
      )}
    </section>
  );
}

export function Caches(): ReactNode {
  const replicas = useCalmApp((state) => state.session.moment?.dns?.replicas ?? NONE);
  const at = useApp((state) => Math.trunc(state.playback.at / 100_000) * 100_000);
  return (
    <>
      <p>
        Each CoreDNS replica has a cache of its own, for answers and for denials. Nothing empties it but time: an object that comes or goes
        changes what the replica knows, not what it has kept.
      </p>
      {replicas.map((replica) => (
        <Replica key={replica.pod} replica={replica} at={at} />
      ))}
    </>
  );
}
