/** What a first packet costs: the rules that the followed request's packets met, and the curve over the number of Services. */
import { useMemo, type ReactNode } from "react";
import type { Answer, CostPoint, CostView, JourneyView, Question, RulesView } from "../../../bridge/protocol";
import { CostCurve } from "../../../diagrams/cost/CostCurve";
import { useApp } from "../../../store";
import { useAnswer } from "../use-answer";
import { BASE_MICROS, MEASURED, microsText, modelMicros, modeName, RULE_NANOS, type Mode } from "./cost-model";
import styles from "./rules.module.css";

const COST: Question = { ask: "cost" };
const pick = (answer: Answer): CostView | null => (answer.to === "cost" ? answer.cost : null);

export default function CostPart({ rules }: { readonly rules: RulesView }): ReactNode {
  const services = useApp(
    (state) => state.session.moment?.services.filter(({ clusterIP }) => clusterIP !== "" && clusterIP !== "None").length ?? 1,
  );
  const { value, problem } = useAnswer(COST, "", pick);
  return (
    <>
      <FirstPackets mode={rules.mode} />
      <h3>Over the number of Services</h3>
      {value === null ? (
        <p role="status">{problem === "" ? "Rule sets of 1 to 2,000 Services are generated and asked…" : problem}</p>
      ) : (
        <Curves cost={value} here={services} />
      )}
      <p className={styles.quiet}>
        The time is a model, not a measurement: {BASE_MICROS} µs of round trip, and in iptables mode {RULE_NANOS} ns for each rule looked at
        in turn (10 to 25 were seen). Circles are medians that KEP-3866 measured in iptables mode. A known connection pays nothing of it.
      </p>
    </>
  );
}

interface FirstPacket {
  readonly title: string;
  readonly rules: number;
}

/** Packets of a journey for which a nat table was asked, with all the rules that they met. */
function firstPackets(journey: JourneyView): readonly FirstPacket[] {
  return journey.packets.flatMap(({ index, title }) => {
    const hops = journey.hops.filter(({ packet }) => packet === index);
    const walks = hops.flatMap((hop) => (hop.after.outer === null ? hop.walks : []));
    const isFirst = walks.some(({ table, chain }) => table === "nat" || chain.startsWith("nat-"));
    return isFirst ? [{ title, rules: walks.reduce((sum, { passed }) => sum + passed, 0) }] : [];
  });
}

function FirstPackets({ mode }: { readonly mode: Mode }): ReactNode {
  const journey = useApp((state) => state.session.journey);
  const packets = useMemo(() => (journey === null ? [] : firstPackets(journey)), [journey]);
  if (journey === null) return <p className={styles.quietTop}>Follow a request, and what its first packets met stands here.</p>;
  return (
    <>
      <table className={styles.spread}>
        <caption className={styles.caption}>First packets of {journey.title}, on all nodes</caption>
        <thead>
          <tr>
            <th scope="col">Packet</th>
            <th scope="col">Rules</th>
            <th scope="col">By the model</th>
          </tr>
        </thead>
        <tbody>
          {packets.map(({ title, rules }, index) => (
            <tr key={index}>
              <th scope="row">{title}</th>
              <td>{rules}</td>
              <td>{microsText(modelMicros(mode, rules))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

type Place = "first" | "middle" | "last";

/** A value at any number of Services: between two points on the straight line from one to the other. */
function between(points: readonly CostPoint[], place: Place): (services: number) => number {
  return (services) => {
    const after = points.findIndex((point) => point.services >= services);
    const [a, b] = [points[Math.max(0, after - 1)], points[after] ?? points.at(-1)];
    if (a === undefined || b === undefined) return 0;
    if (a.services === b.services) return b[place];
    return a[place] + ((b[place] - a[place]) * (services - a.services)) / (b.services - a.services);
  };
}

function Curves({ cost: { points, endpointsEach }, here }: { readonly cost: CostView; readonly here: number }): ReactNode {
  const own = (mode: Mode): readonly CostPoint[] => points.filter((point) => point.mode === mode);
  const iptables = own("iptables");
  const generatedTo = iptables.findLast(({ isGenerated }) => isGenerated)?.services ?? 1;
  const time = (place: Place) => (services: number) => modelMicros("iptables", between(iptables, place)(services));
  return (
    <>
      <div className={styles.diagram}>
        <CostCurve
          iptables={{ first: time("first"), middle: time("middle"), last: time("last") }}
          flat={modelMicros("nftables", 0)}
          generatedTo={generatedTo}
          measured={MEASURED}
          here={here}
        />
      </div>
      <p className={styles.quiet}>
        Solid: rule sets that kube-proxy's sync generated here, {endpointsEach} endpoints each; dotted: the line through them. The climb is
        straight, one rule a Service: it bends because the axis is logarithmic. The mark on it is this cluster's {here} Services.
      </p>
      <table className={styles.spread}>
        <caption className={styles.caption}>Rules that a first packet meets on its client's node</caption>
        <thead>
          <tr>
            <th scope="col">Services</th>
            <th scope="col">iptables, middle</th>
            <th scope="col">last</th>
            <th scope="col">time, middle</th>
            <th scope="col">{modeName("nftables")}</th>
            <th scope="col">{modeName("ipvs")}</th>
          </tr>
        </thead>
        <tbody>
          {iptables.map(({ services, middle, last }) => (
            <tr key={services}>
              <th scope="row">{services.toLocaleString("en")}</th>
              <td>{show(middle)}</td>
              <td>{show(last)}</td>
              <td>{microsText(modelMicros("iptables", middle))}</td>
              <td>{show(between(own("nftables"), "middle")(services))}</td>
              <td>{show(between(own("ipvs"), "middle")(services))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function show(rules: number): string {
  return Math.round(rules).toLocaleString("en");
}
