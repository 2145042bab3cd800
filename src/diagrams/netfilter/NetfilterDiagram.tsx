/**
 * The hooks of one host in their order, each with its stages by priority, and a packet's own way through them: solid where
 * it has been, dotted where it goes on. Made from the hops of its journey.
 */
import type { ReactNode } from "react";
import type { HopView } from "../../bridge/protocol";
import { NETFILTER_WIDTH, netfilterLayout, railsOf, ROW, wayBetween, type NetfilterLayout, type Placed } from "../layout/netfilter-layout";
import type { Point } from "../layout/geometry";
import { classes } from "../marks/classes";
import ink from "../marks/ink.module.css";
import { Line } from "../marks/lines";
import { Stop, type StopShape } from "../marks/Stop";
import { Text, type TextStyle } from "../marks/Text";
import { HOOKS, linesOf, priorityText, stagesOf, type BaseChain, type HookName, type HookStage } from "./stages";
import { visitsOf, type Station, type Visit } from "./visits";
import { stageInWords, visitInWords } from "./words";

export interface NetfilterDiagramProps {
  readonly host: string;
  /** The shown packet's hops on this host; none where no packet is followed. */
  readonly hops: readonly HopView[];
  /** Number of the shown hop, -1 where none is. */
  readonly current: number;
  /** What hangs on the hooks besides iptables' tables. */
  readonly bases: readonly BaseChain[];
  readonly onHop: (hop: number) => void;
}

const SHAPES: Readonly<Record<Station, StopShape>> = {
  in: "device",
  PREROUTING: "hook",
  bridge: "device",
  routing: "route",
  FORWARD: "hook",
  INPUT: "hook",
  local: "device",
  OUTPUT: "hook",
  POSTROUTING: "hook",
  out: "device",
};

const STATIONS: readonly Station[] = ["in", "PREROUTING", "bridge", "routing", "FORWARD", "INPUT", "local", "OUTPUT", "POSTROUTING", "out"];

export function NetfilterDiagram({ host, hops, current, bases, onHop }: NetfilterDiagramProps): ReactNode {
  const visits = visitsOf(hops);
  const stages = (hook: HookName): readonly HookStage[] => stagesOf(hook, bases);
  const lines = (hook: HookName): number => stages(hook).reduce((sum, stage) => sum + linesOf(hook, stage), 0);
  const layout = netfilterLayout({
    PREROUTING: lines("PREROUTING"),
    INPUT: lines("INPUT"),
    FORWARD: lines("FORWARD"),
    OUTPUT: lines("OUTPUT"),
    POSTROUTING: lines("POSTROUTING"),
  });
  const shown = visits.findLastIndex((visit) => visit.hop.index <= current);
  return (
    <svg
      viewBox={`0 0 ${NETFILTER_WIDTH} ${layout.height}`}
      width={NETFILTER_WIDTH}
      height={layout.height}
      role="group"
      aria-label={`Netfilter hooks of ${host}`}
    >
      {railsOf(layout).map((points, index) => (
        <Line key={index} kind="wire" points={points} radius={6} />
      ))}
      <Way layout={layout} visits={visits} shown={shown} />
      {STATIONS.map((station) => {
        const here = visits.flatMap((visit, index) => (visit.station === station ? [{ visit, index }] : []));
        const told = here.findLast(({ index }) => index <= shown) ?? here[0];
        const hook = HOOKS.find((one) => one === station);
        return (
          <StationOf
            key={station}
            station={station}
            placed={layout.places[station]}
            stages={hook === undefined ? [] : stages(hook)}
            visit={told?.visit ?? null}
            numbers={here.map(({ index }) => index + 1)}
            state={told === undefined ? "dark" : told.index === shown ? "now" : told.index < shown ? "been" : "ahead"}
            onHop={onHop}
          />
        );
      })}
    </svg>
  );
}

/** Solid up to the visit that is shown, dotted from there. */
function Way({
  layout,
  visits,
  shown,
}: {
  readonly layout: NetfilterLayout;
  readonly visits: readonly Visit[];
  readonly shown: number;
}): ReactNode {
  return visits.map((visit, index) => {
    const before = visits[index - 1];
    if (before === undefined || before.station === "out" || (before.station === "local" && visit.station === "in")) return null;
    return (
      <Line
        key={visit.hop.index}
        kind={index <= shown ? "trail" : "ahead"}
        points={wayBetween(layout, before.station, visit.station, visit.pass)}
        radius={6}
      />
    );
  });
}

interface StationProps {
  readonly station: Station;
  readonly placed: Placed;
  readonly stages: readonly HookStage[];
  readonly visit: Visit | null;
  /** Its places among the visits, from 1. */
  readonly numbers: readonly number[];
  readonly state: "dark" | "been" | "now" | "ahead";
  readonly onHop: (hop: number) => void;
}

function StationOf({ station, placed, stages, visit, numbers, state, onHop }: StationProps): ReactNode {
  const { at, text, box } = placed;
  const body = (
    <>
      {state === "now" ? <rect className={ink["wash"]} {...box} rx={2} /> : null}
      <Text x={text.x} y={text.y} style={["mono", state === "dark" ? "quiet" : "strong"]}>
        {nameOf(station, visit)}
      </Text>
      <Text x={box.x + box.width - 4} y={text.y} style={["quiet", "figures", "end"]}>
        {numbers.length === 0 ? "" : `${visit?.hop.bridged === true ? "bridged, " : ""}${numbers.join(", ")}`}
      </Text>
      {linesBefore(station, stages).map(({ stage, before, lines }) => (
        <StageLine
          key={stage.name}
          stage={stage}
          visit={visit}
          x={text.x}
          y={text.y + (before + 1) * ROW}
          end={{ x: box.x + box.width - 4, y: text.y + (before + lines) * ROW }}
        />
      ))}
      <Stop at={at} shape={SHAPES[station]} been={state === "been" || state === "now"} />
      {state === "now" ? <circle className={ink["packet"]} cx={at.x} cy={at.y} r={6} /> : null}
    </>
  );
  if (visit === null) return <g data-station={station}>{body}</g>;
  const go = (): void => onHop(visit.hop.index);
  // The words are drawn beside the button and not in it: its name says more than they do.
  return (
    <g data-station={station}>
      <g aria-hidden="true">{body}</g>
      <g
        role="button"
        tabIndex={0}
        aria-label={visitInWords(visit)}
        aria-current={state === "now" ? "step" : undefined}
        className={classes(ink["clickable"])}
        onClick={go}
        onKeyDown={(event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          go();
        }}
      >
        <rect {...box} fill="transparent" />
      </g>
    </g>
  );
}

/** Stages with the number of lines above each. */
function linesBefore(
  station: Station,
  stages: readonly HookStage[],
): readonly { readonly stage: HookStage; readonly before: number; readonly lines: number }[] {
  const hook = HOOKS.find((one) => one === station);
  let before = 0;
  return stages.map((stage) => {
    const lines = hook === undefined ? 1 : linesOf(hook, stage);
    before += lines;
    return { stage, before: before - lines, lines };
  });
}

/** A longer name leaves no room for its priority in half the width. */
const LONG_NAME = 16;

/** One stage: its name, its priority, and how many rules it asked. */
function StageLine({
  stage: { name, priority },
  visit,
  x,
  y,
  end,
}: {
  readonly stage: HookStage;
  readonly visit: Visit | null;
  readonly x: number;
  readonly y: number;
  /** Where its words end. */
  readonly end: Point;
}): ReactNode {
  const asked = visit?.asked.find(({ stage }) => stage === name);
  const style: readonly TextStyle[] = asked === undefined ? ["quiet", "mono"] : ["mono"];
  const isLong = end.y > y && name.length > LONG_NAME;
  return (
    <>
      <Text x={x} y={y} style={style}>
        {isLong ? name : `${name} ${priorityText(priority)}`}
      </Text>
      {isLong ? (
        <Text x={x} y={end.y} style={style}>
          {priorityText(priority)}
        </Text>
      ) : null}
      <Text x={end.x} y={end.y} style={["end", "figures"]}>
        {visit === null ? "" : stageInWords(name, visit)}
      </Text>
    </>
  );
}

function nameOf(station: Station, visit: Visit | null): string {
  switch (station) {
    case "in":
      return visit === null ? "in" : visit.hop.iface;
    case "out":
      return visit === null ? "out" : visit.hop.iface;
    case "bridge":
      return "cni0";
    case "routing":
      return "routing";
    case "local":
      return visit === null || visit.hop.step === "socket"
        ? "sockets"
        : visit.hop.step === "encap"
          ? "flannel.1 wraps"
          : "flannel.1 unwraps";
    default:
      return station;
  }
}
