/** The field that finds, how many were found, and the way from one to the next. */
import type { ReactNode } from "react";
import styles from "./rules.module.css";

export interface FindBarProps {
  readonly find: string;
  readonly onFind: (find: string) => void;
  /** From 0. */
  readonly at: number;
  readonly count: number;
  readonly turn: (by: 1 | -1) => void;
}

export function FindBar({ find, onFind, at, count, turn }: FindBarProps): ReactNode {
  return (
    <div className={styles.findBar} role="search">
      <input
        type="search"
        aria-label="Find in the rules"
        placeholder="Find in the rules"
        value={find}
        onChange={(event) => onFind(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || count === 0) return;
          event.preventDefault();
          turn(event.shiftKey ? -1 : 1);
        }}
      />
      {find === "" ? null : (
        <>
          <output aria-label="Found">{count === 0 ? "none" : `${at + 1} of ${count}`}</output>
          <button type="button" aria-label="Previous found" disabled={count === 0} onClick={() => turn(-1)}>
            ‹
          </button>
          <button type="button" aria-label="Next found" disabled={count === 0} onClick={() => turn(1)}>
            ›
          </button>
        </>
      )}
    </div>
  );
}
