/** One packet in the three modes of kube-proxy side by side: where it goes, how many rules it meets, where it is rewritten. */
import { Fragment, useMemo, type ReactNode } from "react";
import type { Result } from "../../../base/result";
import { problemLine } from "../../../base/result";
import type { Answer, ModeColumn, Question, RulesView, ThreeModesView } from "../../../bridge/protocol";
import { visitsOf } from "../../../diagrams/netfilter/visits";
import { visitInWords } from "../../../diagrams/netfilter/words";
import { eventShown, showSpan, useApp, usePane } from "../../../store";
import { Choose } from "../choose";
import { Empty } from "../empty";
import { useAnswer } from "../use-answer";
import { microsText, modelMicros, modeName, RULE_NANOS } from "./cost-model";
import { modeRows, type ModeCell, type ModeRow } from "./mode-rows";
import { usePort, type PortChoice } from "./use-port";
import styles from "./rules.module.css";

const pick = (answer: Answer): Result<ThreeModesView> | null => (answer.to === "three-modes" ? answer.compared : null);

export default function ModesPart({ rules }: { readonly rules: RulesView }): ReactNode {
  const { chosen, names, choose } = usePort("TCP");
  const event = useApp(eventShown);
  const [asked, setAsked] = usePane("rules.modes");
  if (chosen === null) return <Empty title="No Service has a ClusterIP and a TCP port">“New Service” makes one.</Empty>;
  return (
    <>
      <div className={styles.topChoice}>
        <Choose label="Service port" value={chosen.name} options={names} onChange={choose} />
      </div>
      <p className={styles.quiet}>
        The cluster as it stands is copied three times, each copy settles in one mode ({modeName(rules.mode)} stands here now), and the same
        first packet is sent. The run does not notice.
      </p>
      <p className={styles.takeAway}>
        <button type="button" onClick={() => setAsked(`${event}`)}>
          Send it in all three modes
        </button>
      </p>
      {asked === "" ? null : <Compared port={chosen} asked={asked} />}
    </>
  );
}

function Compared({ port, asked }: { readonly port: PortChoice; readonly asked: string }): ReactNode {
  const branch = useApp((state) => state.session.moment?.stamp.branch ?? "");
  const client = useApp((state) => state.session.journey?.client);
  const { service, port: number } = port;
  const question = useMemo(
    (): Question => ({ ask: "three-modes", service, port: number, ...(client === undefined ? {} : { from: client }) }),
    [service, number, client],
  );
  const { value, problem, isWaiting } = useAnswer(question, `${branch} ${asked}`, pick);
  if (value === null || isWaiting) return <p role="status">{problem === "" ? "Three copies of the cluster settle…" : problem}</p>;
  if (!value.ok) return <p role="alert">{problemLine(value.problem)}</p>;
  return <Table view={value.value} />;
}

function Table({ view: { from, to, columns } }: { readonly view: ThreeModesView }): ReactNode {
  const rows = useMemo(() => modeRows(columns), [columns]);
  const endpoint = columns[0]?.endpoint ?? "";
  return (
    <section aria-label="Three modes">
      <p>
        {from.slice(from.indexOf("/") + 1)} to {to}
        {endpoint === "" ? ": no endpoint in any mode." : `, rewritten to ${endpoint} in each.`}
      </p>
      <table className={styles.spread}>
        <caption className="sr">One packet in three modes</caption>
        <thead>
          <tr>
            <th scope="col">Station</th>
            {columns.map(({ mode }) => (
              <th key={mode} scope="col">
                {modeName(mode)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <StationRow key={row.key} row={row} isFirst={row.host !== rows[index - 1]?.host} />
          ))}
          <SumRow name="Rules in all" columns={columns} show={({ rules }) => `${rules}`} />
          <SumRow name="Time, by the model" columns={columns} show={({ mode, rules }) => microsText(modelMicros(mode, rules))} />
          <SumRow
            name="Change of mode took"
            columns={columns}
            show={({ settledAfter }) => (settledAfter === 0 ? "none" : showSpan(settledAfter))}
          />
        </tbody>
      </table>
      <p className={styles.quiet}>
        The time is a model of the round trip: 14 µs, and in iptables mode {RULE_NANOS} ns for each rule looked at. Only first packets pay
        it.
      </p>
      {columns.map((column) => (
        <Told key={column.mode} column={column} />
      ))}
    </section>
  );
}

function StationRow({ row: { host, name, cells }, isFirst }: { readonly row: ModeRow; readonly isFirst: boolean }): ReactNode {
  return (
    <>
      {isFirst ? (
        <tr className={styles.hostRow}>
          <th scope="rowgroup" colSpan={cells.length + 1}>
            {host}
          </th>
        </tr>
      ) : null}
      <tr>
        <th scope="row">{name}</th>
        {cells.map((cell, index) => (
          <td key={index}>{cell === null ? "–" : <Cell cell={cell} />}</td>
        ))}
      </tr>
    </>
  );
}

function Cell({ cell: { rules, rewrite } }: { readonly cell: ModeCell }): ReactNode {
  const words = rules === 0 ? "" : rules === 1 ? "1 rule" : `${rules} rules`;
  return (
    <>
      {words === "" && rewrite === "" ? "passed" : words}
      {rewrite === "" ? null : (
        <>
          {words === "" ? null : <br />}
          <b>rewrites</b>
        </>
      )}
    </>
  );
}

function SumRow({
  name,
  columns,
  show,
}: {
  readonly name: string;
  readonly columns: readonly ModeColumn[];
  readonly show: (column: ModeColumn) => string;
}): ReactNode {
  return (
    <tr className={styles.sumRow}>
      <th scope="row">{name}</th>
      {columns.map((column) => (
        <td key={column.mode}>{show(column)}</td>
      ))}
    </tr>
  );
}

/** A mode's own way, hop by hop, with the rules that matched. */
function Told({ column: { mode, hops, sentence } }: { readonly column: ModeColumn }): ReactNode {
  const hosts = [...new Set(hops.filter(({ pod }) => pod === "").map(({ host }) => host))];
  return (
    <details className={styles.told}>
      <summary>In {modeName(mode)} mode, step by step</summary>
      {hosts.map((host) => (
        <Fragment key={host}>
          <h3>{host}</h3>
          <ol className={styles.visits}>
            {visitsOf(hops.filter((hop) => hop.host === host)).map((visit, index) => (
              <li key={visit.hop.index}>
                <b>{index + 1}</b>
                <div>
                  {visitInWords(visit)}
                  {visit.hop.rules.map((rule) => (
                    <code key={`${rule.table} ${rule.chain} ${rule.number}`} className={styles.code}>
                      {rule.text}
                    </code>
                  ))}
                </div>
              </li>
            ))}
          </ol>
        </Fragment>
      ))}
      <p>{sentence}</p>
    </details>
  );
}
