/** Every cache on a name's way: its entries, how old they are, how long they stay, and who set that time. */
import type { ReactNode } from "react";
import type { CacheEntryView, ClientCacheView, DnsReplicaView, NodeCacheView } from "../../../bridge/protocol";
import { OutcomeSign, type Outcome } from "../../../diagrams/ladder/OutcomeSign";
import { showMillis, showSpan, useCalmApp, usePane } from "../../../store";
import { Address } from "../../address/address";
import styles from "../inspector.module.css";
import own from "./dns.module.css";
import { FindField } from "../find-field";

const NONE: readonly DnsReplicaView[] = [];
const NO_NODES: readonly NodeCacheView[] = [];
const NO_PROGRAMS: readonly ClientCacheView[] = [];

/** The sign of what an entry says. */
export function signOfEntry({ kind, answer }: Pick<CacheEntryView, "kind" | "answer">): Outcome {
  if (kind === "success") return "NOERROR";
  return answer === "NXDOMAIN" || answer === "NODATA" ? answer : "failure";
}

interface EntryProps {
  readonly name: string;
  readonly type: string;
  readonly outcome: Outcome;
  readonly answer: string;
  /** Seconds left, and of how many. */
  readonly ttl: number;
  readonly storedFor: number;
  /** Since when, and who set its time. */
  readonly why: string;
}

function Entry({ name, type, outcome, answer, ttl, storedFor, why }: EntryProps): ReactNode {
  return (
    <li className={own.entry}>
      <p>
        <b className={styles.mono}>{name}</b> {type}
      </p>
      <p>
        <OutcomeSign outcome={outcome} /> <span className={styles.mono}>{answer}</span>
        <span className={own.left}>
          <b>{ttl} s left</b> of {storedFor} s
        </span>
      </p>
      <span className={own.bar} aria-hidden="true">
        <i style={{ width: `${(ttl / storedFor) * 100}%` }} />
      </span>
      <small>{why}</small>
    </li>
  );
}

interface CacheProps {
  readonly of: string;
  readonly addresses: readonly string[];
  /** What it is doing, in a few words. */
  readonly doing: string;
  readonly entries: readonly CacheEntryView[];
  readonly find: string;
}

function Cache({ of, addresses, doing, entries, find }: CacheProps): ReactNode {
  const shown = entries.filter(({ key, answer }) => `${key} ${answer}`.toLowerCase().includes(find));
  const count = `${shown.length === entries.length ? "" : `${shown.length} of `}${entries.length} cached`;
  return (
    <section className={own.replica} aria-label={`Cache of ${of}`}>
      <h3>
        <span>{of}</span>
        <span>
          {addresses.map((address) => (
            <Address key={address} text={address} />
          ))}
        </span>
      </h3>
      <p className={styles.quiet}>
        {doing}
        {entries.length === 0 ? "" : `; ${count}`}
      </p>
      {entries.length === 0 ? (
        <p className={styles.quiet}>Its cache is empty: nothing was asked that may be kept, or its time is over.</p>
      ) : (
        <ul className={styles.rows} aria-label={`Entries of ${of}`}>
          {shown.map(({ key, ...entry }) => (
            <Entry
              key={`${entry.kind} ${key}`}
              {...entry}
              outcome={signOfEntry(entry)}
              why={`${entry.kind}, since ${showMillis(entry.storedAt)}, for ${entry.setBy}`}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

function answersInWords(answers: number): string {
  return answers === 1 ? "1 answer so far" : `${answers} answers so far`;
}

function replicaDoes({ state, answers, revision, behind, waiting }: DnsReplicaView): string {
  const waits = waiting === 0 ? "" : `, ${waiting} waiting for an answer from outside`;
  const late = behind === 0 ? "" : `, ${showSpan(behind)} behind`;
  return `${state}, ${answersInWords(answers)}${waits}; its page is revision ${revision}${late}`;
}

function nodeCacheDoes({ state, answers, connections }: NodeCacheView): string {
  const kept = connections === 1 ? "1 TCP connection" : `${connections} TCP connections`;
  return `NodeLocal DNSCache, ${state}, ${answersInWords(answers)}; keeps ${kept} to CoreDNS`;
}

/** A program that keeps names by itself, such as one on a JVM. */
function ProgramCache({ cache: { pod, names }, find }: { readonly cache: ClientCacheView; readonly find: string }): ReactNode {
  const shown = names.filter(({ name, answer }) => `${name} ${answer}`.toLowerCase().includes(find));
  return (
    <section className={own.replica} aria-label={`Cache of the program in ${pod}`}>
      <h3>The program in {pod}</h3>
      <p className={styles.quiet}>
        Like a program on a JVM, it keeps names for itself, whatever TTL they came with. For a ClusterIP that does no harm; behind a
        headless Service it goes on asking Pods that are gone.
      </p>
      <ul className={styles.rows} aria-label={`Names that the program in ${pod} keeps`}>
        {shown.map(({ name, answer, ttl, storedFor }) => (
          <Entry
            key={name}
            name={name}
            type=""
            outcome={answer === "no such name" ? "NXDOMAIN" : "NOERROR"}
            answer={answer}
            ttl={ttl}
            storedFor={storedFor}
            why={`for ${storedFor} s, the program's own time`}
          />
        ))}
      </ul>
    </section>
  );
}

export function Caches(): ReactNode {
  const replicas = useCalmApp((state) => state.session.moment?.dns?.replicas ?? NONE);
  const nodeCaches = useCalmApp((state) => state.session.moment?.dns?.nodeCaches ?? NO_NODES);
  const programs = useCalmApp((state) => state.session.moment?.dns?.clientCaches ?? NO_PROGRAMS);
  const [find, setFind] = usePane("dns.cached");
  return (
    <>
      <p>
        Each CoreDNS replica has a cache of its own, for answers and for denials; so has a cache on the node. Nothing empties it but time:
        an object that comes or goes changes what the replica knows, not what it has kept.
      </p>
      <FindField label="Find in the caches" placeholder="Find in the caches: a name, a type, NXDOMAIN" find={find} onFind={setFind} />
      {programs.map((cache) => (
        <ProgramCache key={cache.pod} cache={cache} find={find.trim().toLowerCase()} />
      ))}
      {nodeCaches.map((cache) => (
        <Cache
          key={cache.node}
          of={cache.node}
          addresses={cache.addresses}
          doing={nodeCacheDoes(cache)}
          entries={cache.cache}
          find={find.trim().toLowerCase()}
        />
      ))}
      {replicas.map((replica) => (
        <Cache
          key={replica.pod}
          of={replica.pod}
          addresses={[replica.address]}
          doing={replicaDoes(replica)}
          entries={replica.cache}
          find={find.trim().toLowerCase()}
        />
      ))}
    </>
  );
}
