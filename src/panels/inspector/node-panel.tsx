/** A node from inside: its address range, interfaces, routes, neighbours, and how old its rules are. */
import type { ReactNode } from "react";
import type { NodeView, RangeView } from "../../bridge/protocol";
import { nodeShown, showMillis, showSpan, useActions, useApp } from "../../store";
import { Address } from "../address/address";
import { ThenAndNow } from "../then-and-now/then-and-now";
import { Choose } from "./choose";
import { Empty } from "./empty";
import styles from "./inspector.module.css";

/** Who holds the addresses of a range that was filled. */
const LEAKED = "leaked reservation";

function Range({ range }: { readonly range: RangeView }): ReactNode {
  const used = range.used.length;
  const leaked = range.used.filter(({ by }) => by === LEAKED).length;
  return (
    <section>
      <h3>Pod addresses</h3>
      <dl className={styles.facts}>
        <dt>Range</dt>
        <dd className={styles.mono}>{range.range}</dd>
        <dt>Gateway</dt>
        <dd>
          <Address text={range.gateway} />
        </dd>
        <dt>Used</dt>
        <dd>{used}</dd>
        <dt>Free</dt>
        <dd>{range.free}</dd>
        <dt>Last reserved</dt>
        <dd>{range.lastReserved === "" ? "none yet" : <Address text={range.lastReserved} />}</dd>
      </dl>
      <div className={styles.meter} role="img" aria-label={`${used} of ${used + range.free} addresses used`}>
        <span style={{ width: `${(100 * used) / Math.max(1, used + range.free)}%` }} />
      </div>
      <p className={styles.quiet}>
        The next Pod gets the first free address after the last reserved one, so a freed address rests until the range has gone round.
      </p>
      <ul className={styles.rows} aria-label="Used addresses">
        {range.used
          .filter(({ by }) => by !== LEAKED)
          .map((one) => (
            <li key={one.address}>
              <Address text={one.address} />
              <span>{one.by}</span>
            </li>
          ))}
        {leaked === 0 ? null : <li>{leaked} more, held by leaked reservations</li>}
      </ul>
    </section>
  );
}

function Proxy({ node }: { readonly node: NodeView }): ReactNode {
  const { proxy } = node;
  const at = useApp((state) => state.session.moment?.stamp.at ?? 0);
  return (
    <section>
      <h3>kubelet and kube-proxy</h3>
      <dl className={styles.facts}>
        <dt>Lease renewed</dt>
        <dd>{showSpan(Math.max(0, at - node.leaseRenewedAt))} ago by its kubelet; after 50 s of silence the Node is written off</dd>
        <dt>Last sync</dt>
        <dd className={styles.mono}>{showMillis(proxy.syncedAt)}</dd>
        <dt>Acts on</dt>
        <dd>
          Services of revision {proxy.serviceRevision}, EndpointSlices of revision {proxy.sliceRevision}
        </dd>
        <dt>Age of its rules</dt>
        <dd>{showSpan(Math.max(0, at - proxy.syncedAt))}</dd>
        <dt>Runs</dt>
        <dd>
          {node.off
            ? "no: the machine is off"
            : proxy.stopped
              ? "no: its rules stay as they are"
              : proxy.syncing
                ? "yes, it syncs now"
                : "yes"}
        </dd>
        <dt>Behind</dt>
        <dd>{proxy.behind === 0 ? "nothing" : `${showSpan(proxy.behind)}, since the oldest change that is not in its rules`}</dd>
      </dl>
    </section>
  );
}

function Interfaces({ node }: { readonly node: NodeView }): ReactNode {
  return (
    <section>
      <h3>Interfaces</h3>
      <ul className={styles.rows}>
        {node.interfaces.map((one) => (
          <li key={one.name}>
            <b className={styles.mono}>{one.name}</b>
            <span>{one.role}</span>
            <span className={`${styles.mono} ${styles.end}`}>{one.mac}</span>
            {one.addresses.map((address) => (
              <span key={address} className={styles.mono}>
                {address}
              </span>
            ))}
          </li>
        ))}
      </ul>
      <ThenAndNow id="cbr0" />
      <ThenAndNow id="overlay" />
    </section>
  );
}

function Text({ title, text }: { readonly title: string; readonly text: string }): ReactNode {
  return (
    <section>
      <h3 className={styles.mono}>{title}</h3>
      <pre className={styles.text}>{text === "" ? "nothing" : text}</pre>
    </section>
  );
}

export function NodePanel(): ReactNode {
  const name = useApp(nodeShown);
  const nodes = useApp((state) => state.session.moment?.nodes);
  const { selectNode } = useActions();
  const node = nodes?.find((one) => one.name === name);
  if (nodes === undefined || node === undefined)
    return <Empty title="No node">A cluster file with a Node, or with a Pod that names one, fills this.</Empty>;
  const remarks = [node.zone, ...(node.unschedulable ? ["cordoned"] : []), ...node.taints].filter((word) => word !== "");
  return (
    <div className={styles.panel}>
      <Choose label="Node shown" value={node.name} options={nodes.map((one) => one.name)} onChange={selectNode} />
      <div className={styles.head}>
        <h2>{node.name}</h2>
        <p>{node.ready ? "Ready" : "NotReady"}</p>
      </div>
      <p>
        <Address text={node.address} /> <span className={styles.quiet}>{remarks.join(", ")}</span>
      </p>
      <Range range={node.podRange} />
      <Proxy node={node} />
      <Interfaces node={node} />
      <Text title="ip route" text={node.routes} />
      <Text title="ip neigh" text={node.neighbours} />
      <Text title="bridge fdb" text={node.fdb} />
    </div>
  );
}
