/** The IPv4 and transport header as bytes, those that this hop changed lit. */
import type { ReactNode } from "react";
import type { HopView } from "../../../bridge/protocol";
import styles from "./journey.module.css";

const ROW = 20;

/** Bytes of a hexadecimal text, two digits each. */
export function bytesOf(hex: string): readonly string[] {
  return hex.replaceAll(/[^0-9a-f]/gi, "").match(/../g) ?? [];
}

export function HeaderBytes({ hop }: { readonly hop: HopView }): ReactNode {
  const before = bytesOf(hop.before.bytes);
  const after = bytesOf(hop.after.bytes);
  if (after.length === 0) return null;
  const rows: readonly (readonly [string, number])[] = [
    ["IP", 0],
    [hop.after.protocol, ROW],
  ];
  const changed = after.map((byte, index) => before.length > 0 && byte !== before[index]);
  return (
    <figure className={styles.bytes} aria-label="Header bytes">
      {rows.map(([name, from]) => (
        <div key={name} className={styles.byteRow}>
          <b>{name}</b>
          {after.slice(from, from + ROW).map((byte, index) => (
            <i key={`${from + index}`} className={changed[from + index] === true ? styles.changed : undefined}>
              {byte}
            </i>
          ))}
        </div>
      ))}
      <figcaption className={styles.caption}>
        <span>Without options and data</span>
        <span>{changed.some(Boolean) ? `${changed.filter(Boolean).length} bytes changed` : "nothing changed here"}</span>
      </figcaption>
    </figure>
  );
}
