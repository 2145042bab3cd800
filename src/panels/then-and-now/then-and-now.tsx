/** A small note beside a thing: what one often reads about it, and what is so today. */
import type { ReactNode } from "react";
import type { NoteId } from "./notes";
import { NOTES } from "./notes";
import styles from "./then-and-now.module.css";

export function ThenAndNow({ id }: { readonly id: NoteId }): ReactNode {
  const note = NOTES[id];
  return (
    <details className={styles.note} data-note={id}>
      <summary>Then and now</summary>
      <dl>
        <dt>Then</dt>
        <dd>{note.often}</dd>
        <dt>Now</dt>
        <dd>{note.today}</dd>
        <dt>Since</dt>
        <dd>{note.since}</dd>
      </dl>
    </details>
  );
}
