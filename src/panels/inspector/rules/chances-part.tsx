/** How the node's rules spread new connections: probabilities and their running product beside the hits, and 10,000 tried at once. */
import { useMemo, type ReactNode } from "react";
import type { Result } from "../../../base/result";
import { problemLine } from "../../../base/result";
import type { Answer, Question, RulesView, SpreadEndpoint, SpreadView } from "../../../bridge/protocol";
import { useApp, usePane } from "../../../store";
import { Address } from "../../address/address";
import { Choose } from "../choose";
import { Empty } from "../empty";
import { useAnswer } from "../use-answer";
import { chanceOfAtLeast, chiSquareOf } from "./chi-square";
import { percent } from "./shares";
import { usePort, type PortChoice } from "./use-port";
import styles from "./rules.module.css";

const CONNECTIONS = 10_000;

const pick = (answer: Answer): Result<SpreadView> | null => (answer.to === "spread" ? answer.spread : null);

export default function ChancesPart({ rules }: { readonly rules: RulesView }): ReactNode {
  return rules.mode === "ipvs" ? <NoDraws /> : <Draws rules={rules} />;
}

function NoDraws(): ReactNode {
  return (
    <Empty title="In IPVS mode no rule draws">
      A virtual server's scheduler chooses: with rr, kube-proxy's own choice, the real servers take their turns.
    </Empty>
  );
}

function Draws({ rules }: { readonly rules: RulesView }): ReactNode {
  const { chosen, names, choose } = usePort();
  const [seed, setSeed] = usePane("rules.seed");
  if (chosen === null) return <Empty title="No Service has a ClusterIP">“New Service” makes one, and the rules choose for it.</Empty>;
  return (
    <>
      <div className={styles.topChoice}>
        <Choose label="Service port" value={chosen.name} options={names} onChange={choose} />
      </div>
      <Spread rules={rules} port={chosen} seed={Number(seed) || 0} />
      <p className={styles.takeAway}>
        <button type="button" onClick={() => setSeed(`${(Number(seed) || 0) + 1}`)}>
          Fast-forward 10,000 connections
        </button>
        {seed === "" ? null : (
          <button type="button" onClick={() => setSeed("")}>
            Clear
          </button>
        )}
      </p>
      <p className={styles.quiet}>
        Tried on the rules that stand, with draws of their own{seed === "" ? "" : ` (seed ${seed})`}: the cluster does not notice, and no
        counter moves.
        {rules.mode === "nftables" ? " Hits are ours: kube-proxy's nftables rules carry no counters." : ""}
      </p>
    </>
  );
}

function Spread({ rules, port, seed }: { readonly rules: RulesView; readonly port: PortChoice; readonly seed: number }): ReactNode {
  const { node, syncedAt, mode, text } = rules;
  const branch = useApp((state) => state.session.moment?.stamp.branch ?? "");
  const { service, port: number, protocol } = port;
  const question = useMemo(
    (): Question => ({ ask: "spread", node, service, port: number, protocol, connections: seed === 0 ? 0 : CONNECTIONS, seed }),
    [node, service, number, protocol, seed],
  );
  const { value, problem, isWaiting } = useAnswer(question, `${branch} ${syncedAt} ${mode} ${text.length}`, pick);
  if (value === null) return <p className={styles.quiet}>{problem === "" ? `Asking the rules of ${node}…` : problem}</p>;
  if (!value.ok) return <p className={styles.quiet}>{problemLine(value.problem)}</p>;
  const { endpoints } = value.value;
  if (endpoints.length === 0)
    return <Empty title="No endpoint to choose">No rule of {node} sends a packet for this port to an endpoint.</Empty>;
  return (
    <section aria-label="Spread" aria-busy={isWaiting}>
      <SpreadTable spread={value.value} counters={rules.counters} />
      {value.value.connections === 0 ? null : <Verdict spread={value.value} />}
    </section>
  );
}

function SpreadTable({
  spread: { endpoints, connections },
  counters,
}: {
  readonly spread: SpreadView;
  readonly counters: RulesView["counters"];
}): ReactNode {
  const most = Math.max(...endpoints.map(({ gets, got }) => Math.max(gets * connections, got)), 1);
  return (
    <table className={styles.spread}>
      <caption className="sr">What each endpoint gets of new connections</caption>
      <thead>
        <tr>
          <th scope="col">Endpoint</th>
          <th scope="col">Its draw</th>
          <th scope="col">Come here</th>
          <th scope="col">It gets</th>
          <th scope="col">Hits</th>
        </tr>
      </thead>
      <tbody>
        {endpoints.map((one) => (
          <EndpointRows key={one.endpoint} of={one} hits={counters[one.countedAt] ?? 0} connections={connections} most={most} />
        ))}
      </tbody>
    </table>
  );
}

function EndpointRows({
  of: { endpoint, pod, probability, reaches, gets, got },
  hits,
  connections,
  most,
}: {
  readonly of: SpreadEndpoint;
  readonly hits: number;
  readonly connections: number;
  readonly most: number;
}): ReactNode {
  const expected = gets * connections;
  return (
    <>
      <tr>
        <th scope="row">
          <Address text={endpoint} />
          <small>{pod.slice(pod.indexOf("/") + 1)}</small>
        </th>
        <td>{probability === "" ? "the rest" : probability.replace(/^(0\.\d{4})\d+$/, "$1…")}</td>
        <td>{percent(reaches)}</td>
        <td>{percent(gets)}</td>
        <td>{hits}</td>
      </tr>
      {connections === 0 ? null : (
        <tr className={styles.tried}>
          <td colSpan={5}>
            <span>
              {got} of {connections.toLocaleString("en")}, {Math.round(expected)} expected
            </span>
            <i aria-hidden="true" style={{ "--got": got / most, "--expected": expected / most }} />
          </td>
        </tr>
      )}
    </>
  );
}

/** How uneven it fell out, and whether a fair draw does that. */
function Verdict({
  spread: { endpoints, connections, elsewhere, remembered, rules, clients },
}: {
  readonly spread: SpreadView;
}): ReactNode {
  const each = (rules / connections).toFixed(1);
  const cost = `${each} rules were looked at for each, on average.`;
  if (remembered > 0) {
    return (
      <p role="status">
        Session affinity: {clients} clients drew once each, and {remembered} connections went where their client had been before. {cost}
      </p>
    );
  }
  const chiSquare = chiSquareOf(endpoints.map(({ gets, got }) => ({ expected: gets * (connections - elsewhere), got })));
  const degrees = endpoints.length - 1;
  if (degrees === 0) return <p role="status">There is one endpoint, so nothing is drawn. {cost}</p>;
  return (
    <p role="status">
      χ² is {chiSquare.toFixed(2)} with {degrees} {degrees === 1 ? "degree" : "degrees"} of freedom: a fair draw is as uneven as this, or
      more, in {percent(chanceOfAtLeast(chiSquare, degrees))} of runs.{elsewhere > 0 ? ` ${elsewhere} went to no endpoint.` : ""} {cost}
    </p>
  );
}
