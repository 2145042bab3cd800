/** What a hop changed in the header: the old value struck, the new one beside it. */
import type { ReactNode } from "react";
import type { FieldChange, HopView } from "../../../bridge/protocol";
import { Address } from "../../address/address";
import styles from "./journey.module.css";

interface Row {
  readonly field: string;
  readonly old: string;
  readonly new: string;
  readonly isAddress: boolean;
}

/** An address and its port that changed together are one row; the rest is a row a field. */
export function changeRows(hop: HopView): readonly Row[] {
  const has = (field: FieldChange["field"]): boolean => hop.changes.some((change) => change.field === field);
  const rows: Row[] = [];
  for (const [side, address, port] of [
    ["destination", "dst", "dstPort"],
    ["source", "src", "srcPort"],
  ] as const) {
    if (!has(side) && !has(`${side} port`)) continue;
    const text = (header: HopView["before"]): string => (header[port] === 0 ? header[address] : `${header[address]}:${header[port]}`);
    rows.push({ field: side, old: text(hop.before), new: text(hop.after), isAddress: true });
  }
  for (const change of hop.changes) {
    if (change.field.startsWith("destination") && !change.field.endsWith("MAC")) continue;
    if (change.field.startsWith("source") && !change.field.endsWith("MAC")) continue;
    rows.push({ field: change.field, old: change.old, new: change.new, isAddress: false });
  }
  return rows;
}

function Value({ row, side }: { readonly row: Row; readonly side: "old" | "new" }): ReactNode {
  const text = row[side] === "" ? "none" : row[side];
  if (row.isAddress) return <Address text={text} tone={side === "old" ? "was" : "now"} />;
  return side === "old" ? <s className={styles.mono}>{text}</s> : <mark className={styles.mono}>{text}</mark>;
}

export function Changes({ hop }: { readonly hop: HopView }): ReactNode {
  const rows = changeRows(hop);
  if (rows.length === 0) return null;
  return (
    <dl className={styles.changes}>
      {rows.map((row) => (
        <div key={row.field} className={styles.change}>
          <dt>{row.field}</dt>
          <dd>
            <Value row={row} side="old" />
            <svg className={styles.arrow} viewBox="0 0 14 8" aria-hidden="true">
              <path d="M0 4h12M9 1l3 3-3 3" />
            </svg>
            <span className={styles.hidden}> becomes </span>
            <Value row={row} side="new" />
          </dd>
        </div>
      ))}
    </dl>
  );
}
