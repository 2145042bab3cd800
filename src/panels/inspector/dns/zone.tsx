/** The zone's records, those that hold what is typed. */
import { useState } from "react";
import type { ReactNode } from "react";
import styles from "../inspector.module.css";

export function Zone({ records }: { readonly records: readonly string[] }): ReactNode {
  const [find, setFind] = useState("");
  const wanted = find.trim().toLowerCase();
  const found = records.filter((record) => record.toLowerCase().includes(wanted));
  return (
    <section>
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
      <pre className={styles.text} aria-label="Records of the zone">
        {found.join("\n")}
      </pre>
    </section>
  );
}
