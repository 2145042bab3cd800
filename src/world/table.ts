/**
 * Hot state as rows: a row is immutable and is replaced when it changes, so a copy of the table is a copy of its Map
 * and a row's fingerprint is made once.
 */
import type { Fingerprint } from "../base/hash";
import { fingerprintOnce } from "../base/hash";

/** What a copy of a table holds. */
export type TableCheckpoint<Row> = ReadonlyMap<string, Row>;

/** Rows by key, in the order in which their keys came. */
export class Table<Row> {
  private rows = new Map<string, Row>();

  /** How many rows there are. */
  get size(): number {
    return this.rows.size;
  }

  /** The row of a key. */
  get(key: string): Row | undefined {
    return this.rows.get(key);
  }

  /** Whether there is a row of that key. */
  has(key: string): boolean {
    return this.rows.has(key);
  }

  /** Puts a row in, or another in its place. */
  set(key: string, row: Row): void {
    this.rows.set(key, row);
  }

  /** Takes a row out. */
  delete(key: string): void {
    this.rows.delete(key);
  }

  /** All rows, in the order of their keys' coming. */
  all(): readonly Row[] {
    return [...this.rows.values()];
  }

  /** All keys, in the order of their coming. */
  keys(): readonly string[] {
    return [...this.rows.keys()];
  }

  /** A copy; rows are shared. */
  checkpoint(): TableCheckpoint<Row> {
    return new Map(this.rows);
  }

  /** Goes to a copy. */
  restore(checkpoint: TableCheckpoint<Row>): void {
    this.rows = new Map(checkpoint);
  }

  /** Mixes every row in. */
  hash(into: Fingerprint): void {
    into.number(this.rows.size);
    for (const [key, row] of this.rows) {
      into.text(key);
      into.text(fingerprintOnce(row));
    }
  }
}
