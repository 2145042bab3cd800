/**
 * The cluster store: a log of writes, and the objects at any revision of it. Source: etcd mvcc (one key space, one
 * counter over all kinds). Compaction is left out: every revision stays readable.
 *
 *   log      1 ADDED Pod a · 2 ADDED Service s · 3 MODIFIED Pod a · 4 DELETED Pod a
 *   view(3)  Pod a (as of 3), Service s (as of 2)
 *
 * A write knows the one before it, so a checkpoint is one pointer, and restoring works back, forward and across forks.
 * Lists are caches, keyed by the last write of their kind; they are outside the state and its hash.
 */
import { assert, ensure } from "../base/assert";
import { fingerprint } from "../base/hash";
import { upperBound } from "../base/order";
import type { SimTime } from "../engine/time";
import { ListCache } from "./list-cache";
import type { Kind, KubeObject, ObjectOfKind } from "./objects";
import { KINDS, refOf } from "./objects";
import type { ClusterView, Revision, Write } from "./store-types";

/** One link of the log; its makers and readers are in this file. */
export interface LogEntry {
  readonly write: Write;
  readonly before: LogEntry | null;
  /** Hash of the log up to here, made when first asked for. */
  hash: string | undefined;
}

/** A place in the log. Holds everything before it alive. */
export interface StoreCheckpoint {
  readonly head: Revision;
  readonly last: LogEntry | null;
}

/** What a write is made from; revision and resourceVersion are the store's to give. */
export interface NewWrite {
  readonly type: Write["type"];
  readonly kind: Kind;
  readonly object: KubeObject;
  readonly at: SimTime;
  /** Number of the event that writes, -1 at the start of the run. */
  readonly event: number;
}

const HASH_OF_NOTHING = fingerprint("empty store");

function keyOf(namespace: string, name: string): string {
  return `${namespace}\u0000${name}`;
}

function revisionOfWrite(write: Write): Revision {
  return write.revision;
}

function stamped(object: KubeObject, revision: Revision): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: `${revision}` } };
}

function isOfKind<K extends Kind>(object: KubeObject | undefined, kind: K): object is ObjectOfKind[K] {
  return object?.kind === kind;
}

function areOfKind<K extends Kind>(objects: readonly KubeObject[], kind: K): objects is readonly ObjectOfKind[K][] {
  return objects.length === 0 || objects[0]?.kind === kind;
}

/** Writes of one kind: all of them, and each object's own. */
class KindLog {
  readonly writes: Write[] = [];
  readonly histories = new Map<string, Write[]>();
  readonly lists = new ListCache();

  push(write: Write): void {
    this.writes.push(write);
    const key = keyOf(write.namespace, write.name);
    const history = this.histories.get(key);
    if (history === undefined) this.histories.set(key, [write]);
    else history.push(write);
  }

  pop(write: Write): void {
    const key = keyOf(write.namespace, write.name);
    const history = ensure(this.histories.get(key), "history of a write");
    assert(this.writes.pop() === write && history.pop() === write, "writes are undone newest first");
    if (history.length === 0) this.histories.delete(key);
  }

  at(namespace: string, name: string, revision: Revision): Write | undefined {
    const history = this.histories.get(keyOf(namespace, name));
    if (history === undefined) return undefined;
    const last = history[history.length - 1];
    if (last !== undefined && last.revision <= revision) return last;
    return history[upperBound(history, revision, revisionOfWrite) - 1];
  }
}

/** The store. Written by `write` alone, at the head. */
export class Store {
  private last: LogEntry | null = null;
  private readonly log: Write[] = [];
  private readonly kinds = new Map<Kind, KindLog>(KINDS.map((kind) => [kind, new KindLog()]));

  /** Revision of the last write; 0 while empty. */
  get head(): Revision {
    return this.log.length;
  }

  /** Revision of the last write at or before a moment; 0 where there is none. */
  headAt(at: SimTime): Revision {
    return upperBound(this.log, at, (write) => write.at);
  }

  /** Appends a write. ADDED needs the name to be free, the others need the object to be there: else it is our mistake. */
  write({ type, kind, object, at, event }: NewWrite): Write {
    const { namespace, name } = refOf(object);
    const before = this.kindLog(kind).at(namespace, name, this.head);
    const stands = before !== undefined && before.type !== "DELETED";
    assert(stands === (type !== "ADDED"), `${type} of ${kind} ${namespace}/${name}`);
    const revision = this.head + 1;
    const write: Write = {
      revision,
      at,
      type,
      kind,
      namespace,
      name,
      event,
      object: stamped(object, revision),
      previous: before?.revision ?? 0,
    };
    this.append({ write, before: this.last, hash: undefined });
    return write;
  }

  private append(entry: LogEntry): void {
    this.last = entry;
    this.log.push(entry.write);
    this.kindLog(entry.write.kind).push(entry.write);
  }

  private kindLog(kind: Kind): KindLog {
    return ensure(this.kinds.get(kind), "a known kind");
  }

  /** All writes of a kind, oldest first. Grows in place: read it, do not keep it. */
  writesOf(kind: Kind): readonly Write[] {
    return this.kindLog(kind).writes;
  }

  /** Writes of a kind with revisions in (after, upTo], oldest first. */
  writesBetween(kind: Kind, after: Revision, upTo: Revision): readonly Write[] {
    const writes = this.writesOf(kind);
    return writes.slice(upperBound(writes, after, revisionOfWrite), upperBound(writes, upTo, revisionOfWrite));
  }

  /** The write of a revision, undefined where there is none (yet). */
  writeAt(revision: Revision): Write | undefined {
    return this.log[revision - 1];
  }

  /** All writes of one object, oldest first; of all objects that had this name. */
  historyOf(kind: Kind, namespace: string, name: string): readonly Write[] {
    return this.kindLog(kind).histories.get(keyOf(namespace, name)) ?? [];
  }

  /** The objects as of a revision, or of one revision for each kind. O(1); reading costs. */
  view(revisions: Revision | Readonly<Record<Kind, Revision>>): ClusterView {
    const revisionOf = typeof revisions === "number" ? () => revisions : (kind: Kind) => revisions[kind];
    return {
      revisionOf,
      get: (kind, namespace, name) => {
        const write = this.kindLog(kind).at(namespace, name, revisionOf(kind));
        const object = write?.type === "DELETED" ? undefined : write?.object;
        return isOfKind(object, kind) ? object : undefined;
      },
      list: (kind) => {
        const { lists, writes } = this.kindLog(kind);
        const objects = lists.listAt(writes, upperBound(writes, revisionOf(kind), revisionOfWrite));
        assert(areOfKind(objects, kind), `a list of ${kind} holds nothing else`);
        return objects;
      },
    };
  }

  /** The newest view; does not move on with later writes. */
  latest(): ClusterView {
    return this.view(this.head);
  }

  /** Where the log stands now. */
  checkpoint(): StoreCheckpoint {
    return { head: this.head, last: this.last };
  }

  /**
   * Makes the log the one that ended at the checkpoint: later writes go, writes cut off since then come back.
   * Answers the last revision that stayed in place; what was derived from later ones must be made anew.
   */
  restore(checkpoint: StoreCheckpoint): Revision {
    const back: LogEntry[] = [];
    let entry = checkpoint.last;
    while (entry !== null && this.log[entry.write.revision - 1] !== entry.write) {
      back.push(entry);
      entry = entry.before;
    }
    const kept = entry?.write.revision ?? 0;
    while (this.head > kept) this.undo();
    for (const lost of back.toReversed()) this.append(lost);
    return kept;
  }

  private undo(): void {
    const write = ensure(this.log.pop(), "a write to undo");
    this.kindLog(write.kind).pop(write);
    this.last = ensure(this.last, "a log entry to undo").before;
  }

  /** Fingerprint of the whole log. Each write is mixed in once, when first asked; after that O(1). */
  hash(): string {
    const unhashed: LogEntry[] = [];
    let entry = this.last;
    while (entry !== null && entry.hash === undefined) {
      unhashed.push(entry);
      entry = entry.before;
    }
    let hash = entry?.hash ?? HASH_OF_NOTHING;
    for (const next of unhashed.toReversed()) {
      hash = fingerprint([hash, next.write]);
      next.hash = hash;
    }
    return hash;
  }
}
