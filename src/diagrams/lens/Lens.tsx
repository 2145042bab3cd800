import type { HopView } from "../../bridge/protocol";
import type { HostLayout } from "../layout/host-layout";
import { revealAt } from "../layout/reveal";
import type { LensLayout } from "../layout/lens-layout";
import type { Told } from "../layout/telling";
import ink from "../marks/ink.module.css";
import type { NetworkOf } from "../marks/network";
import { Text } from "../marks/Text";
import { HOOKS, IPVS_PLACES, priorityText, stagesOf } from "../netfilter/stages";
import { Rewrite } from "./Rewrite";
import { COLUMNS, RuleRow } from "./RuleRow";
import { stationWords } from "../stage/words";

/** As many stages as have room in a line. */
const MOST_STAGES = 4;

/** What a hook does in turn, by name and priority; with IPVS up to it, since it takes the packet before what comes later. */
function stagesInLine(hop: HopView, isIpvs: boolean): readonly (readonly [string, string])[] {
  const hook = HOOKS.find((one) => one === hop.hook);
  if (hook === undefined) return [];
  const all = stagesOf(hook, isIpvs ? IPVS_PLACES : []);
  const met = isIpvs ? all.slice(0, all.findIndex(({ name }) => name === "ipvs") + 1) : all;
  // mangle holds no rule of kube-proxy's.
  const shown = met.length > MOST_STAGES ? met.filter(({ name }) => name !== "mangle") : met;
  return shown.slice(-MOST_STAGES).map(({ name, priority }) => [name, priorityText(priority)]);
}

/** The tables that a hook asks, by priority; the one that decided in weight. */
export function Priorities({ hop, x, y }: { readonly hop: HopView; readonly x: number; readonly y: number }) {
  const isIpvs = hop.place.endsWith(", ipvs");
  const decided = isIpvs ? "ipvs" : (hop.walks.at(-1)?.table ?? (hop.changes.length > 0 ? "nat" : ""));
  const isNft = decided === "kube-proxy";
  const asked = hop.hook === "INPUT" || hop.hook === "FORWARD" ? "filter" : "nat";
  const tables = stagesInLine(hop, isIpvs).map((entry) => (isNft && entry[0] === asked ? (["nft", entry[1]] as const) : entry));
  const starts = [COLUMNS.target, 320, 212, 142];
  return (
    <g>
      {tables.toReversed().map(([table, priority], n) => (
        <Text
          key={table}
          x={x + (starts[n] ?? 0)}
          y={y}
          style={table === (isNft ? "nft" : decided) ? ["mono", "strong"] : ["mono", "quiet"]}
        >
          {`${table} ${priority}`}
        </Text>
      ))}
    </g>
  );
}

function tuple(from: {
  readonly src: string;
  readonly srcPort: number;
  readonly dst: string;
  readonly dstPort: number;
}): readonly [string, string] {
  return [`${from.src}:${from.srcPort}`, `${from.dst}:${from.dstPort}`];
}

function Flow({ x, y, ends }: { readonly x: number; readonly y: number; readonly ends: readonly [string, string] }) {
  return (
    <text x={x} y={y} className={`${ink["text"]} ${ink["mono"]}`}>
      {ends[0]} <tspan className={ink["quiet"]}>to</tspan> {ends[1]}
    </text>
  );
}

/** The conntrack entry that the hook made or found. */
function Conntrack({ hop, x, y, masked }: { readonly hop: HopView; readonly x: number; readonly y: number; readonly masked: boolean }) {
  const entry = hop.conntrack;
  if (entry === null || masked) return null;
  const known = entry.confirmed ? "known" : "not confirmed yet";
  return (
    <g>
      <Text x={x + COLUMNS.heading} y={y} style={["mono", "strong"]}>
        conntrack
      </Text>
      <Flow x={x + 124} y={y} ends={tuple(entry.original)} />
      <Text x={x + COLUMNS.end} y={y} style={["mono", "end"]}>
        {entry.state ?? (entry.unreplied ? "UNREPLIED" : "")}
      </Text>
      <Text x={x + COLUMNS.heading} y={y + 15} style={["quiet"]}>
        its reply
      </Text>
      <Flow x={x + 124} y={y + 15} ends={tuple(entry.reply)} />
      <Text x={x + COLUMNS.end} y={y + 15} style={["quiet", "end"]}>
        {known}
      </Text>
    </g>
  );
}

interface LensProps {
  readonly host: HostLayout;
  readonly lens: LensLayout;
  readonly told: Told;
  readonly progress: number;
  readonly networkOf: NetworkOf;
}

/** The opened kernel: chains as headings, rules as rows, the rewrite, the entry that remembers it. */
export function Lens({ host, lens, told, progress, networkOf }: LensProps) {
  const reveal = revealAt(lens, told, progress);
  const { x } = host.box;
  return (
    <g data-part="lens">
      {reveal.begun && lens.rows.map(({ row, y }, n) => <RuleRow key={row.key} row={row} x={x} y={y + 3} lit={n < reveal.rows} />)}
      {reveal.begun && lens.rows.length === 0 && (
        <Text x={x + COLUMNS.heading} y={lens.band.y - 9}>
          {stationWords(lens.hop, 440)}
        </Text>
      )}
      {reveal.struck && <rect className={ink["wash"]} {...lens.band} />}
      {reveal.begun && <Rewrite hop={lens.hop} at={lens.marker} end={x + COLUMNS.end} networkOf={networkOf} reveal={reveal} />}
      <Conntrack hop={lens.hop} x={x} y={lens.conntrackY} masked={!reveal.rewritten} />
      {!reveal.begun && <Unasked hop={lens.hop} x={x} y={lens.marker.y} />}
    </g>
  );
}

function Unasked({ hop, x, y }: { readonly hop: HopView; readonly x: number; readonly y: number }) {
  const words =
    hop.walks.length > 0 ? "Its rules are asked when the packet comes." : "No rule is asked here: conntrack knows the connection.";
  return (
    <Text x={x + COLUMNS.heading} y={y} style={["quiet"]}>
      {words}
    </Text>
  );
}
