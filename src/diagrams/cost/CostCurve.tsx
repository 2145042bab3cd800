/**
 * What a first packet costs over the number of Services: iptables' straight climb (a curve on a logarithmic axis), the two
 * flat modes, and beside them medians that were measured elsewhere. The table beneath it on the page says the same.
 */
import type { ReactNode } from "react";
import { COST_HEIGHT, COST_WIDTH, costScales, lineOver, MOST_SERVICES, PLOT, TICKS_X } from "../layout/cost-layout";
import type { Point } from "../layout/geometry";
import ink from "../marks/ink.module.css";
import { Text } from "../marks/Text";
import styles from "./cost.module.css";

export interface CostCurveProps {
  /** Microseconds by the number of Services, in iptables mode: to the first Service of the list, the middle one, the last. */
  readonly iptables: Readonly<Record<"first" | "middle" | "last", (services: number) => number>>;
  /** Microseconds of the modes that look Services up. */
  readonly flat: number;
  /** Up to how many Services rule sets were generated; beyond them the line goes on dotted. */
  readonly generatedTo: number;
  /** Medians that were measured, microseconds. */
  readonly measured: readonly { readonly services: number; readonly micros: number }[];
  /** Services of the cluster that is shown. */
  readonly here: number;
}

function path(points: readonly Point[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

export function CostCurve({ iptables, flat, generatedTo, measured, here }: CostCurveProps): ReactNode {
  const scales = costScales(iptables.last(MOST_SERVICES));
  const over = (from: number, to: number, of: (services: number) => number): readonly Point[] => lineOver(scales, from, to, of);
  const band = [...over(1, MOST_SERVICES, iptables.last), ...over(1, MOST_SERVICES, iptables.first).toReversed()];
  const label = (of: (services: number) => number): number => scales.y(of(MOST_SERVICES)) - 4;
  return (
    <svg
      viewBox={`0 0 ${COST_WIDTH} ${COST_HEIGHT}`}
      width={COST_WIDTH}
      height={COST_HEIGHT}
      role="img"
      aria-label={inWords(iptables, flat)}
    >
      {scales.ticksY.map((micros) => (
        <g key={micros}>
          <path className={ink["hair"]} d={`M${PLOT.left} ${scales.y(micros)}H${PLOT.right}`} />
          <Text x={PLOT.left - 5} y={scales.y(micros) + 4} style={["quiet", "figures", "end"]}>
            {micros}
          </Text>
        </g>
      ))}
      <Text x={PLOT.left} y={10} style={["quiet"]}>
        µs of a first packet's round trip
      </Text>
      {TICKS_X.map(([services, name]) => (
        <Text key={name} x={scales.x(services)} y={PLOT.bottom + 14} style={["quiet", "figures", "centre"]}>
          {name}
        </Text>
      ))}
      <Text x={PLOT.right} y={PLOT.bottom + 28} style={["quiet", "end"]}>
        Services, to 30,000
      </Text>
      <path className={styles["band"]} d={`${path(band)}Z`} />
      <path className={styles["iptables"]} d={path(over(1, generatedTo, iptables.middle))} />
      <path className={styles["beyond"]} d={path(over(generatedTo, MOST_SERVICES, iptables.middle))} />
      <path className={styles["flat"]} d={`M${PLOT.left} ${scales.y(flat)}H${PLOT.right}`} />
      <Text x={PLOT.right - 4} y={label(iptables.last) + 2} style={["end", "quiet"]}>
        last Service
      </Text>
      <Text x={PLOT.right - 30} y={label(iptables.middle) - 6} style={["end", "strong"]}>
        iptables, a Service in the middle
      </Text>
      <Text x={PLOT.left + 6} y={scales.y(flat) - 6} style={["strong"]}>
        nftables, IPVS
      </Text>
      {measured.map(({ services, micros }) => (
        <circle key={services} className={styles["measured"]} cx={scales.x(services)} cy={scales.y(micros)} r={3.5} />
      ))}
      <path className={styles["here"]} d={`M${scales.x(here)} ${PLOT.bottom}v-7`} />
    </svg>
  );
}

function inWords({ first, middle, last }: CostCurveProps["iptables"], flat: number): string {
  const at = (of: (services: number) => number): string => `${Math.round(of(MOST_SERVICES))}`;
  return (
    `Microseconds of a first packet over 1 to 30,000 Services. iptables climbs to ${at(middle)} for a Service in the middle of the list, ` +
    `${at(last)} for the last, and stays at ${at(first)} for the first; nftables and IPVS stay at ${Math.round(flat)}.`
  );
}
