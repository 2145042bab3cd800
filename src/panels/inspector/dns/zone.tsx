/** The zone's records as a replica has them, those that hold what is typed, each beside what some cache says instead. */
import type { ReactNode } from "react";
import type { DnsReplicaView, NodeCacheView } from "../../../bridge/protocol";
import { OutcomeSign } from "../../../diagrams/ladder/OutcomeSign";
import { showSpan, useCalmApp, usePane } from "../../../store";
import { Choose } from "../choose";
import styles from "../inspector.module.css";
import { signOfEntry } from "./caches";
import own from "./dns.module.css";
import type { RecordText } from "./kept";
import { differing, differsInWords, recordOf, type KeptBy } from "./kept";
import { FindField } from "../find-field";

const NONE: readonly string[] = [];
const NOBODY: readonly DnsReplicaView[] = [];
const ON_NO_NODE: readonly NodeCacheView[] = [];

/** More than that nobody reads: the search box makes them fewer. */
const MOST = 300;

const NEWEST = "the store, as it is now";

function replicaInWords({ pod, revision, behind }: DnsReplicaView): string {
  return `${pod}, revision ${revision}${behind === 0 ? "" : `, ${showSpan(behind)} behind`}`;
}

/** Each replica answers from its own page of the store. */
function PageChoice({ replicas }: { readonly replicas: readonly DnsReplicaView[] }): ReactNode {
  const [page, setPage] = usePane("dns.page");
  const words = new Map(replicas.map((replica) => [replica.pod, replicaInWords(replica)]));
  return (
    <Choose
      label="Page of"
      value={words.get(page) ?? NEWEST}
      options={[NEWEST, ...words.values()]}
      onChange={(chosen) => setPage([...words].find(([, said]) => said === chosen)?.[0] ?? "")}
    />
  );
}

function Named({ records, caches }: { readonly records: readonly RecordText[]; readonly caches: readonly KeptBy[] }): ReactNode {
  const differs = new Map(
    records.flatMap((record) => differing(caches, record)).map((one) => [`${one.pod} ${one.entry.kind} ${one.entry.key}`, one]),
  );
  return (
    <li className={own.record}>
      <code>{records[0]?.name}</code>
      {records.map(({ line, ttl, type, data }) => (
        <code key={line}>
          <span>{ttl}</span> <b>{type}</b> {data}
        </code>
      ))}
      {[...differs].map(([key, one]) => (
        <p key={key} className={own.denied}>
          <OutcomeSign outcome={signOfEntry(one.entry)} /> {differsInWords(one)}
        </p>
      ))}
    </li>
  );
}

/** Records of one name together, in the order of the zone. */
function byName(lines: readonly string[]): readonly (readonly [name: string, records: readonly RecordText[]])[] {
  const names = new Map<string, RecordText[]>();
  for (const record of lines.map(recordOf)) names.set(record.name, [...(names.get(record.name) ?? []), record]);
  return [...names];
}

function countInWords(found: number, all: number): string {
  const count = found === all ? `${all} records` : `${found} of ${all} records`;
  return found > MOST ? `${count}, the first ${MOST} shown` : count;
}

export function Zone(): ReactNode {
  const records = useCalmApp((state) => state.session.moment?.dns?.records ?? NONE);
  const replicas = useCalmApp((state) => state.session.moment?.dns?.replicas ?? NOBODY);
  const onNodes = useCalmApp((state) => state.session.moment?.dns?.nodeCaches ?? ON_NO_NODE);
  const caches: readonly KeptBy[] = [...onNodes, ...replicas];
  const at = useCalmApp((state) => state.session.moment?.dns?.recordsAt ?? 0);
  const [find, setFind] = usePane("dns.find");
  const wanted = find.trim().toLowerCase();
  const found = records.filter((record) => record.toLowerCase().includes(wanted));
  return (
    <section aria-label="Records of the zone">
      <PageChoice replicas={replicas} />
      <FindField label="Find in the records" placeholder="Find in the records: a name, a type, an address" find={find} onFind={setFind} />
      <p className={styles.quiet} role="status">
        {countInWords(found.length, records.length)}, made from revision {at}
      </p>
      <ul className={styles.rows} aria-label="Records">
        {byName(found.slice(0, MOST)).map(([name, named]) => (
          <Named key={name} records={named} caches={caches} />
        ))}
      </ul>
      <p className={styles.quiet}>
        CoreDNS keeps no such list: it answers each question anew from Services and EndpointSlices. Reverse names, Pod records and
        dns-version are answered too and not listed.
      </p>
    </section>
  );
}
