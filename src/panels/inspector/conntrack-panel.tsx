/** Connection tracking of one node: every flow with the way its answers will be translated back. */
import type { ReactNode } from "react";
import type { ConntrackShow, TupleShow } from "../../bridge/protocol";
import { nodeShown, useActions, useApp } from "../../store";
import { Address } from "../address/address";
import { Choose } from "./choose";
import { Empty } from "./empty";
import styles from "./inspector.module.css";

function end(address: string, port: number): string {
  return port === 0 ? address : `${address}:${port}`;
}

function Tuple({ tuple }: { readonly tuple: TupleShow }): ReactNode {
  return (
    <>
      <Address text={end(tuple.src, tuple.srcPort)} />
      <span className={styles.quiet}>to</span>
      <Address text={end(tuple.dst, tuple.dstPort)} />
    </>
  );
}

function flagsOf(entry: ConntrackShow): string {
  const flags = [
    entry.state,
    entry.unreplied ? "unreplied" : undefined,
    entry.assured ? "assured" : undefined,
    entry.confirmed ? undefined : "not confirmed yet",
  ];
  return flags.filter((flag) => flag !== undefined).join(", ");
}

function Entry({ entry }: { readonly entry: ConntrackShow }): ReactNode {
  return (
    <li>
      <b>{entry.protocol}</b>
      <span>{flagsOf(entry)}</span>
      <span className={styles.end}>{entry.timeout} s left</span>
      <span style={{ flexBasis: "100%", display: "flex", flexWrap: "wrap", gap: "2px 6px", alignItems: "center" }}>
        <Tuple tuple={entry.original} />
      </span>
      <span style={{ flexBasis: "100%", display: "flex", flexWrap: "wrap", gap: "2px 6px", alignItems: "center" }}>
        <span className={styles.quiet}>answer</span>
        <Tuple tuple={entry.reply} />
      </span>
    </li>
  );
}

const MOST_SHOWN = 60;

export function ConntrackPanel(): ReactNode {
  const name = useApp(nodeShown);
  const nodes = useApp((state) => state.session.moment?.nodes);
  const conntrack = useApp((state) => state.session.moment?.conntrack);
  const { selectNode } = useActions();
  const known = conntrack?.node === name ? conntrack : undefined;
  return (
    <div className={styles.panel}>
      <Choose label="Node shown" value={name} options={(nodes ?? []).map((node) => node.name)} onChange={selectNode} />
      <div className={styles.head}>
        <h2>Conntrack of {name}</h2>
        <p>{known === undefined ? "" : `${known.entries.length} entries`}</p>
      </div>
      {known === undefined || known.entries.length === 0 ? (
        <Empty title="No connection is tracked">
          The first packet of a connection through this node makes an entry; the rules are asked for that packet alone.
        </Empty>
      ) : (
        <>
          <ul className={styles.rows}>
            {known.entries.slice(0, MOST_SHOWN).map((entry, index) => (
              <Entry key={`${index} ${entry.original.src}:${entry.original.srcPort}`} entry={entry} />
            ))}
          </ul>
          {known.entries.length > MOST_SHOWN ? (
            <p className={styles.quiet}>{known.entries.length - MOST_SHOWN} more stand in the text below.</p>
          ) : null}
          <h3 className={styles.mono}>conntrack -L</h3>
          <pre className={styles.text}>{known.text}</pre>
        </>
      )}
    </div>
  );
}
