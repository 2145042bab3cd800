/** Which moment is shown: event, cluster time, the store's revision, the fingerprint of all state, kube-proxy's mode. */
import type { ReactNode } from "react";
import { showCluster, useApp, useCalmApp } from "../../store";

export function ThisMoment(): ReactNode {
  const moment = useCalmApp((state) => state.session.moment);
  const branch = useApp(({ session }) => session.branches.find((one) => one.id === session.moment?.stamp.branch)?.name ?? "");
  const facts: readonly (readonly [string, string])[] =
    moment === null
      ? []
      : [
          ["Event", `${moment.stamp.event}`],
          ["Cluster time", showCluster(moment.stamp.at)],
          ["Revision", `${moment.revision}`],
          ["State hash", moment.stateHash === "" ? "while paused" : moment.stateHash],
          ["Proxy mode", moment.proxyMode],
          ["Asked as", moment.user],
          ["Branch", branch],
        ];
  return (
    <section aria-label="This moment">
      <h3>This moment</h3>
      <dl className="moment-facts">
        {facts.map(([name, value]) => (
          <Fact key={name} name={name} value={value} />
        ))}
      </dl>
      <p className="nothing">{moment?.lastEvent?.sentence ?? ""}</p>
    </section>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }): ReactNode {
  const id = `moment-${name.replace(" ", "-").toLowerCase()}`;
  return (
    <>
      <dt id={id}>{name}</dt>
      <dd aria-labelledby={id}>{value}</dd>
    </>
  );
}
