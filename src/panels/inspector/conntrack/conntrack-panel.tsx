/** Connection tracking of one node: every flow with the way its answers will be translated back, and what is left of its time. */
import { useMemo, type ReactNode } from "react";
import type { ConntrackShow, ConntrackView, PodView, RequestView } from "../../../bridge/protocol";
import { currentHop, nodeShown, useActions, useApp, usePane } from "../../../store";
import { Choose } from "../choose";
import { Empty } from "../empty";
import panel from "../inspector.module.css";
import styles from "./conntrack.module.css";
import { Entry } from "./entry";
import { openersOf, requestsByAddress } from "./openers";
import { FindField } from "../find-field";

const MOST_SHOWN = 60;
const NO_PODS: readonly PodView[] = [];
const NO_REQUESTS: readonly RequestView[] = [];

export function ConntrackPanel(): ReactNode {
  const name = useApp(nodeShown);
  const nodes = useApp((state) => state.session.moment?.nodes);
  const conntrack = useApp((state) => state.session.moment?.conntrack);
  const { selectNode } = useActions();
  const known = conntrack?.node === name ? conntrack : undefined;
  return (
    <div className={panel.panel}>
      <Choose label="Node shown" value={name} options={(nodes ?? []).map((node) => node.name)} onChange={selectNode} />
      <div className={panel.head}>
        <h2>Conntrack of {name}</h2>
        <p>{known === undefined ? "" : inWords(known.entries.length)}</p>
      </div>
      {known === undefined || known.entries.length === 0 ? (
        <Empty title="No connection is tracked">
          The first packet of a connection through this node makes an entry; the rules are asked for that packet alone.
        </Empty>
      ) : (
        <Entries known={known} />
      )}
    </div>
  );
}

function inWords(entries: number): string {
  return entries === 1 ? "1 entry" : `${entries} entries`;
}

function Entries({ known: { entries, text } }: { readonly known: ConntrackView }): ReactNode {
  const [find, setFind] = usePane("conntrack.find");
  const current = useApp((state) => currentHop(state)?.conntrack ?? null);
  const pods = useApp((state) => state.session.moment?.pods ?? NO_PODS);
  const requests = useApp((state) => state.session.moment?.requests ?? NO_REQUESTS);
  const byAddress = useMemo(() => requestsByAddress(pods, requests), [pods, requests]);
  const lines = useMemo(() => text.split("\n"), [text]);
  const wanted = entries.filter((_, index) => (lines[index] ?? "").toLowerCase().includes(find.trim().toLowerCase())).toReversed();
  return (
    <>
      <p className={panel.quiet}>
        The newest first. A packet that passes gives its entry all of its time again (a SYN sent again does not); what runs out goes.
      </p>
      <FindField label="Find in conntrack" placeholder="Find: an address, a port, a state" find={find} onFind={setFind} />
      {find === "" ? null : <output className={panel.quiet}>{`${wanted.length} of ${inWords(entries.length)}`}</output>}
      <ul className={styles.entries} aria-label="Tracked connections">
        {wanted.slice(0, MOST_SHOWN).map((entry) => (
          <Entry
            key={keyOf(entry)}
            entry={entry}
            openers={openersOf(entry, byAddress)}
            isCurrent={current !== null && keyOf(current) === keyOf(entry)}
          />
        ))}
      </ul>
      {wanted.length > MOST_SHOWN ? <p className={panel.quiet}>{wanted.length - MOST_SHOWN} more stand in the text below.</p> : null}
      <h3 className={panel.mono}>conntrack -L</h3>
      <pre className={panel.text}>{text}</pre>
    </>
  );
}

function keyOf({ protocol, created, original: { src, srcPort, dst, dstPort } }: ConntrackShow): string {
  return `${protocol} ${created} ${src} ${srcPort} ${dst} ${dstPort}`;
}
