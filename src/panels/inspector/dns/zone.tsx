/** The zone's records, those that hold what is typed, each beside the denial that some cache still holds for it. */
import type { ReactNode } from "react";
import type { CacheEntryView, DnsReplicaView } from "../../../bridge/protocol";
import { OutcomeSign } from "../../../diagrams/ladder/OutcomeSign";
import { useCalmApp, usePane } from "../../../store";
import styles from "../inspector.module.css";
import { signOfEntry } from "./caches";
import own from "./dns.module.css";

/** A record in its fields, as the zone file writes it. */
interface RecordText {
  readonly line: string;
  readonly name: string;
  readonly ttl: string;
  readonly type: string;
  readonly data: string;
}

export function recordOf(line: string): RecordText {
  const [name = "", ttl = "", , type = "", ...data] = line.split(" ");
  return { line, name, ttl, type, data: data.join(" ") };
}

interface Kept {
  readonly pod: string;
  readonly entry: CacheEntryView;
}

/** What caches hold for a name and type that is not the record: denials of what exists. */
function denials(replicas: readonly DnsReplicaView[], { name, type }: RecordText): readonly Kept[] {
  return replicas.flatMap(({ pod, cache }) =>
    cache
      .filter((entry) => entry.kind === "denial" && entry.type === type && entry.name.toLowerCase() === name.toLowerCase())
      .map((entry) => ({ pod, entry })),
  );
}

const NONE: readonly string[] = [];
const NOBODY: readonly DnsReplicaView[] = [];

function Record({ record, replicas }: { readonly record: RecordText; readonly replicas: readonly DnsReplicaView[] }): ReactNode {
  const { name, ttl, type, data } = record;
  return (
    <li className={own.record}>
      <code>{name}</code>
      <code>
        <span>{ttl}</span> <b>{type}</b> {data}
      </code>
      {denials(replicas, record).map(({ pod, entry }) => (
        <p key={pod} className={own.denied}>
          <OutcomeSign outcome={signOfEntry(entry)} /> but {pod} has cached {entry.answer}, for {entry.ttl} s more
        </p>
      ))}
    </li>
  );
}

export function Zone(): ReactNode {
  const records = useCalmApp((state) => state.session.moment?.dns?.records ?? NONE);
  const replicas = useCalmApp((state) => state.session.moment?.dns?.replicas ?? NOBODY);
  const [find, setFind] = usePane("dns.find");
  const wanted = find.trim().toLowerCase();
  const found = records.filter((record) => record.toLowerCase().includes(wanted));
  return (
    <section aria-label="Records of the zone">
      <h3>Records</h3>
      <input
        className={styles.find}
        type="search"
        aria-label="Find in the records"
        placeholder="Find in the records"
        value={find}
        onChange={(event) => setFind(event.target.value)}
      />
      <p className={styles.quiet} role="status">
        {wanted === "" ? `${records.length} records` : `${found.length} of ${records.length} records`}
      </p>
      <ul className={styles.rows} aria-label="Records">
        {found.map((line) => (
          <Record key={line} record={recordOf(line)} replicas={replicas} />
        ))}
      </ul>
    </section>
  );
}
