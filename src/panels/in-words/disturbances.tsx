/** What is broken, the delays in force, Pods with probes or restarts, and how apps end. */
import type { ReactNode } from "react";
import type { DisturbancesView } from "../../bridge/protocol";
import { showMillis, useCalmApp } from "../../store";
import { Table, type Column } from "../../widgets/table";
import { troubles } from "../breaking/acts";

type Ending = DisturbancesView["endings"][number];
type Troubled = DisturbancesView["pods"][number];

const NO_PODS: readonly Troubled[] = [];
const NO_ENDINGS: readonly Ending[] = [];

const PODS: readonly Column<Troubled>[] = [
  { head: "Pod", cell: ({ pod }) => pod },
  {
    head: "Probes",
    cell: ({ probes, failing }) => probes.map((probe) => `${probe}${failing.includes(probe) ? " (made to fail)" : ""}`).join(", "),
  },
  { head: "Restarts", cell: ({ restarts }) => restarts, figures: true },
  { head: "Starts again at", cell: ({ waitsUntil }) => (waitsUntil === null ? "" : showMillis(waitsUntil)) },
  {
    head: "Program",
    cell: ({ frozen, crashes }) =>
      [frozen ? "stands still" : "", crashes ? "crashes after each start" : ""].filter((word) => word !== "").join(", "),
  },
];

const ENDINGS: readonly Column<Ending>[] = [
  { head: "Deployment", cell: ({ deployment }) => deployment },
  { head: "Probe period", cell: ({ probePeriodSeconds }) => (probePeriodSeconds === null ? "no probe" : `${probePeriodSeconds} s`) },
  { head: "preStop", cell: ({ preStopSeconds }) => `${preStopSeconds} s` },
  { head: "Grace", cell: ({ graceSeconds }) => `${graceSeconds} s` },
  { head: "Shutdown time", cell: ({ shutdownSeconds }) => `${shutdownSeconds} s` },
  { head: "On SIGTERM", cell: ({ onTerm }) => onTerm },
];

export function Disturbances(): ReactNode {
  const moment = useCalmApp((state) => state.session.moment);
  const delays = moment?.disturbances;
  const requests = moment?.requests ?? [];
  const failed = requests.filter(({ endedAt, verdict }) => endedAt !== null && verdict !== "answered").length;
  const missed = requests.filter((request) => request.missed !== null).length;
  const broken = moment === null ? [] : troubles(moment).map(({ words }) => words);
  return (
    <>
      <section aria-label="What is broken">
        <h3>What is broken</h3>
        <p className="nothing">{broken.length === 0 ? "Nothing." : `${broken.join("; ")}.`}</p>
        <p className="nothing">
          {failed} of the last {requests.length} requests failed, {missed} of them by a change that had not arrived.
        </p>
        {delays === undefined ? null : (
          <p className="nothing">
            Delays: kube-proxies hear of changes {delays.watchDelay} ms later than usual, their syncs begin at least {delays.syncPeriod} ms
            apart, the store takes {delays.storeDelay} ms longer than usual.
          </p>
        )}
      </section>
      <Table
        name="Probes and restarts"
        columns={PODS}
        rows={delays?.pods ?? NO_PODS}
        rowKey={(one) => one.pod}
        empty="No Pod has a probe, and none was restarted."
      />
      <Table
        name="How apps end"
        columns={ENDINGS}
        rows={delays?.endings ?? NO_ENDINGS}
        rowKey={(one) => one.deployment}
        empty="No Deployment outside kube-system."
      />
    </>
  );
}
