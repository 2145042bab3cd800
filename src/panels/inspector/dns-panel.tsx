/** Names: look-ups as they go, what each cache holds, each replica's records, and what all of it is configured with. */
import type { ReactNode } from "react";
import { useApp, usePane } from "../../store";
import { AskAsPod } from "./dns/ask-as-pod";
import { Caches } from "./dns/caches";
import { Lookup } from "./dns/lookup";
import { Settings } from "./dns/settings";
import { Zone } from "./dns/zone";
import { Empty } from "./empty";
import styles from "./inspector.module.css";
import { Parts } from "./parts";

const PARTS = [
  ["look-ups", "Look-ups"],
  ["caches", "Caches"],
  ["records", "Records"],
  ["settings", "Settings"],
] as const;

export default function DnsPanel(): ReactNode {
  const corefileIs = useApp((state) => state.session.moment?.dns?.corefileIs);
  const remarks = useApp((state) => state.session.moment?.dns?.remarks);
  const [pane, setPane] = usePane("dns.part");
  const part = PARTS.find(([one]) => one === pane)?.[0] ?? "look-ups";
  return (
    <div className={styles.panel}>
      <div className={styles.head}>
        <h2>DNS</h2>
        <p>cluster.local</p>
      </div>
      <Parts label="Part of the DNS panel" parts={PARTS} shown={part} onShow={(next) => setPane(next === "look-ups" ? "" : next)} />
      {corefileIs === undefined ? (
        <Empty title="The records are on their way">CoreDNS makes them from Services and EndpointSlices.</Empty>
      ) : (
        <p className={styles.quiet}>{[part === "settings" ? "" : corefileIs, ...(remarks ?? [])].join(" ")}</p>
      )}
      {part === "look-ups" ? (
        <>
          <AskAsPod />
          <Lookup />
        </>
      ) : null}
      {part === "caches" ? <Caches /> : null}
      {part === "records" ? <Zone /> : null}
      {part === "settings" ? <Settings /> : null}
    </div>
  );
}
