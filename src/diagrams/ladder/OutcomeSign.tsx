/** What a query came to, as a sign: a shape for each, so that the word beside it is not told by colour. */
import type { ReactNode } from "react";
import styles from "./ladder.module.css";

/** `data`, `NODATA`, `NXDOMAIN`; whatever else a server says is a failure; "" while there is no answer. */
export type Outcome = "NOERROR" | "NODATA" | "NXDOMAIN" | "failure" | "";

/** NODATA is NOERROR without a record in its answer section (RFC 2308 §2.2). */
export function outcomeSignOf({ rcode, answers }: { readonly rcode: string; readonly answers: readonly string[] }): Outcome {
  if (rcode === "" || rcode === "NXDOMAIN") return rcode;
  if (rcode !== "NOERROR") return "failure";
  return answers.length === 0 ? "NODATA" : "NOERROR";
}

const SHAPES: Readonly<Record<Outcome, string>> = {
  NOERROR: "M1.5 5.5 4 8l4.5-6",
  NODATA: "M5 1a4 4 0 1 1 0 8a4 4 0 1 1 0-8M3 5h4",
  NXDOMAIN: "M5 1a4 4 0 1 1 0 8a4 4 0 1 1 0-8M2.2 7.8l5.6-5.6",
  failure: "M5 1l4.4 8H.6zM5 4v2.4M5 7.4v.6",
  "": "M1 5h.5M4.7 5h.5M8.5 5H9",
};

export function OutcomeSign({ outcome }: { readonly outcome: Outcome }): ReactNode {
  return (
    <svg className={styles.sign} viewBox="0 0 10 10" aria-hidden="true" data-outcome={outcome}>
      <path d={SHAPES[outcome]} />
    </svg>
  );
}
