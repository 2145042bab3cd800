/** An object's text at one of its revisions, with what changed since the one before. */
import { useId, useMemo, type ReactNode } from "react";
import type { ObjectView } from "../../../bridge/protocol";
import { showCluster, useActions, usePane } from "../../../store";
import panel from "../inspector.module.css";
import { lineDiff } from "./line-diff";
import styles from "./object.module.css";

const SAID = { "+": "added: ", "-": "removed: ", " ": "" } as const;

export function Revisions({ object }: { readonly object: ObjectView }): ReactNode {
  const id = useId();
  const [chosen, choose] = usePane("object.revision");
  const [asked, setAsked] = usePane("object.changes");
  const { setPane, setTab } = useActions();
  const why = (event: number): void => {
    setPane("causes.event", `${event}`);
    setTab("causes");
  };
  const shows = object.before !== "" && asked !== "off";
  const lines = useMemo(() => (shows ? lineDiff(object.before, object.yaml) : []), [shows, object.before, object.yaml]);
  const here = object.revisions.find(({ revision }) => revision === object.revision);
  return (
    <section aria-label="YAML">
      <p className={panel.choose}>
        <label htmlFor={id}>Revision shown</label>
        <select id={id} value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="">newest</option>
          {object.revisions.map(({ revision, at, type }) => (
            <option key={revision} value={`${revision}`}>
              {revision} · {at === 0 ? "from the start" : showCluster(at)} · {type.toLowerCase()}
            </option>
          ))}
        </select>
      </p>
      <p className={styles.row}>
        {object.before === "" ? (
          <span className={panel.quiet}>It is new at this revision.</span>
        ) : (
          <label className={styles.check}>
            <input type="checkbox" checked={asked !== "off"} onChange={(event) => setAsked(event.currentTarget.checked ? "" : "off")} />
            Changes since the revision before
          </label>
        )}
        {here === undefined || here.event < 0 ? null : (
          <button type="button" onClick={() => why(here.event)}>
            Causes of revision {here.revision}
          </button>
        )}
      </p>
      {shows ? <Diff lines={lines} /> : <pre className={panel.text}>{object.yaml}</pre>}
    </section>
  );
}

function Diff({ lines }: { readonly lines: ReturnType<typeof lineDiff> }): ReactNode {
  return (
    <pre className={panel.text}>
      {lines.map(({ sign, text }, index) => (
        // A line of a text has no name but its place.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index} className={sign === " " ? styles.line : sign === "+" ? styles.added : styles.removed}>
          <span className="sr">{SAID[sign]}</span>
          {text}
          {"\n"}
        </span>
      ))}
    </pre>
  );
}
