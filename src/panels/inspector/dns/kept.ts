/** What caches hold beside the zone's records: denials of what exists, and answers that are not what it says now. */
import type { CacheEntryView, DnsReplicaView } from "../../../bridge/protocol";

/** A record in its fields, as the zone file writes it. */
export interface RecordText {
  readonly line: string;
  readonly name: string;
  readonly ttl: string;
  readonly type: string;
  readonly data: string;
}

/** Reads `name ttl IN type data`. */
export function recordOf(line: string): RecordText {
  const [name = "", ttl = "", , type = "", ...data] = line.split(" ");
  return { line, name, ttl, type, data: data.join(" ") };
}

/** An entry of a cache that differs from a record of the same name and type. */
export interface Differs {
  readonly pod: string;
  readonly entry: CacheEntryView;
}

function says({ records }: CacheEntryView, record: RecordText): boolean {
  return records.map(recordOf).some(({ type, data }) => type === record.type && data === record.data);
}

/** A cache on a name's way, by the name of its Pod. */
export type KeptBy = Pick<DnsReplicaView, "pod" | "cache">;

/** The entries that tell a client something else than the record. */
export function differing(caches: readonly KeptBy[], record: RecordText): readonly Differs[] {
  const name = record.name.toLowerCase();
  return caches.flatMap(({ pod, cache }) =>
    cache
      .filter((entry) => entry.type === record.type && entry.name.toLowerCase() === name)
      .filter((entry) => entry.kind === "denial" || !says(entry, record))
      .map((entry) => ({ pod, entry })),
  );
}

/** What such an entry does, in a sentence. */
export function differsInWords({ pod, entry: { kind, answer, ttl } }: Differs): string {
  const what = kind === "denial" ? `has cached ${answer}` : `has cached another answer, ${answer}`;
  return `but ${pod} ${what}, for ${ttl} s more`;
}
