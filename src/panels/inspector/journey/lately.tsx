/** The newest requests while none is followed: what is happening, and each one a way into its journey. */
import { useId, type ReactNode } from "react";
import type { RequestView } from "../../../bridge/protocol";
import { showSpan, useActions, useApp, useCalmApp } from "../../../store";
import { Sentence } from "../../address/sentence";
import { MissedLink } from "../../missed";
import styles from "./lately.module.css";

const NONE: readonly RequestView[] = [];
const SHOWN = 6;

const bare = (name: string): string => name.split("/").at(-1) ?? name;

function outcome({ endedAt, startedAt, sentence, verdict }: RequestView): string {
  if (endedAt === null) return "under way";
  return sentence === "" ? verdict : `${sentence.replace(/\.$/, "")}, after ${showSpan(endedAt - startedAt)}.`;
}

function Row({ request }: { readonly request: RequestView }): ReactNode {
  const { follow } = useActions();
  const isWell = request.endedAt === null || request.verdict === "answered";
  return (
    <li className={styles.row}>
      <span className={styles.id}>{request.id}</span>
      <div>
        <button type="button" className={styles.open} onClick={() => follow(request.id, request.startedAt)}>
          {bare(request.client)} to {request.to.replace(/^http:\/\//, "").replace(/\/$/, "")}
        </button>
        <p className={isWell ? styles.well : styles.failed}>
          <Sentence text={outcome(request)} />
        </p>
        {request.missed === null ? null : (
          <p className={styles.missed}>
            <MissedLink missed={request.missed} />
          </p>
        )}
      </div>
    </li>
  );
}

export function Lately(): ReactNode {
  const id = useId();
  const requests = useCalmApp((state) => state.session.moment?.requests ?? NONE);
  const hasMoment = useApp((state) => state.session.moment !== null);
  if (!hasMoment || requests.length === 0) return null;
  const failures = requests.filter(({ endedAt, verdict }) => endedAt !== null && verdict !== "answered");
  const failed = failures.length;
  const newest = requests.slice(0, SHOWN);
  // What failed stays in sight though others come after it.
  const last = failures.slice(0, 1).filter((request) => !newest.includes(request));
  const missed = requests.filter((request) => request.missed !== null).length;
  return (
    <section aria-labelledby={id} className={styles.lately}>
      <h2 id={id}>Lately</h2>
      {failed === 0 ? null : (
        <p className={styles.failures}>
          {failed} of the last {requests.length} requests failed{missed === 0 ? "" : `, ${missed} of them by a change that had not arrived`}
          .
        </p>
      )}
      <ol>
        {[...last, ...newest.slice(0, SHOWN - last.length)].map((request) => (
          <Row key={request.id} request={request} />
        ))}
      </ol>
    </section>
  );
}
