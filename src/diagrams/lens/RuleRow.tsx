import type { RuleLineView } from "../../bridge/protocol";
import type { LensRow } from "../layout/lens-rows";
import { fitted } from "../layout/text-width";
import ink from "../marks/ink.module.css";
import { Text, type TextStyle } from "../marks/Text";

/** Columns of the walk, from the host's left edge: number, sign, condition, reason or draw, target, right end. */
export const COLUMNS = { heading: 52, number: 66, sign: 73, condition: 90, reason: 280, target: 404, end: 504 } as const;

const DRAW = 68;

interface RowProps {
  readonly x: number;
  readonly y: number;
  readonly lit: boolean;
}

/** A draw on its bar: what part of it would have matched, and where the draw fell. */
function Draw({
  x,
  y,
  draw,
  matched,
}: {
  readonly x: number;
  readonly y: number;
  readonly draw: NonNullable<RuleLineView["draw"]>;
  readonly matched: boolean;
}) {
  const limit = Math.round(DRAW * draw.limit);
  const at = DRAW * draw.value;
  return (
    <g>
      <rect className={matched ? ink["zoneHit"] : ink["zone"]} x={x} y={y - 5} width={limit} height={3} />
      <path className={matched ? ink["rangeOnWash"] : ink["range"]} d={`M${x + limit} ${y - 3.5}H${x + DRAW}`} />
      <path className={ink["draw"]} d={`M${x + at} ${y - 9}V${y + 2}`} />
      <Text x={x + DRAW + 8} y={y} style={matched ? ["mono", "strong"] : ["mono"]}>
        {draw.value.toFixed(3)}
      </Text>
    </g>
  );
}

function Sign({ x, y, state }: { readonly x: number; readonly y: number; readonly state: RuleLineView["state"] }) {
  if (state === "matched") return <path className={ink["tick"]} d={`M${x} ${y - 4}l3 3 6-7`} />;
  if (state === "unmatched") return <path className={ink["tickNo"]} d={`M${x + 1} ${y - 4}h7`} />;
  return null;
}

function Reason({ line, x, y, lit }: RowProps & { readonly line: RuleLineView }) {
  if (!lit) return null;
  if (line.draw !== undefined) return <Draw x={x} y={y} draw={line.draw} matched={line.state === "matched"} />;
  return (
    <Text x={x} y={y} style={line.state === "matched" ? [] : ["quiet"]}>
      {fitted(line.reason, COLUMNS.target - COLUMNS.reason - 8, 11)}
    </Text>
  );
}

function Rule({ row, x, y, lit }: RowProps & { readonly row: Extract<LensRow, { kind: "rule" }> }) {
  const { line } = row;
  const matched = lit && line.state === "matched";
  const reached = line.state !== "not reached";
  const weight: readonly TextStyle[] = matched ? ["strong"] : reached ? [] : ["quiet"];
  const rewrite = reached && line.text.includes(" -j DNAT ") ? `${line.condition} -j DNAT --to-destination ${row.target}` : "";
  const condition = rewrite !== "" ? rewrite : line.condition === "" ? "always" : line.condition;
  const hasTarget = row.target !== "" && rewrite === "";
  const hasReason = line.draw !== undefined || line.reason !== "";
  const room = (hasReason ? COLUMNS.reason : hasTarget ? COLUMNS.target : COLUMNS.end) - COLUMNS.condition - 8;
  return (
    <g>
      {matched && <rect className={ink["wash"]} x={x + 48} y={y - 12} width={456} height={16} rx={2} />}
      {matched && <path className={ink["tick"]} d={`M${x + 36} ${y - 4}H${x + 48}`} />}
      <Text x={x + COLUMNS.number} y={y} style={matched ? ["mono", "strong", "end"] : ["mono", "quiet", "end"]}>
        {line.number}
      </Text>
      {lit && <Sign x={x + COLUMNS.sign} y={y} state={line.state} />}
      <Text x={x + COLUMNS.condition} y={y} style={reached ? ["mono", ...weight] : ["quiet"]}>
        {reached || !lit ? fitted(condition, room, 11, "mono") : "not reached"}
      </Text>
      <Reason line={line} x={x + COLUMNS.reason} y={y} lit={lit} />
      {hasTarget && (
        <Text x={x + COLUMNS.target} y={y} style={matched ? ["mono", "strong"] : ["mono", "quiet"]}>
          {fitted(row.target, COLUMNS.end - COLUMNS.target, 11, "mono")}
        </Text>
      )}
    </g>
  );
}

function Heading({ row, x, y }: { readonly row: Extract<LensRow, { kind: "chain" }>; readonly x: number; readonly y: number }) {
  return (
    <g>
      <Text x={x + COLUMNS.heading} y={y} style={["mono", "strong"]}>
        {fitted(row.chain, COLUMNS.reason - COLUMNS.heading - 8, 11, "mono")}
      </Text>
      {row.draws && (
        <Text x={x + COLUMNS.reason} y={y} style={["quiet"]}>
          drawn, from 0 to 1
        </Text>
      )}
      <Text x={row.draws ? x + COLUMNS.target : x + COLUMNS.end} y={y} style={row.draws ? ["quiet"] : ["quiet", "end"]}>
        {row.note}
      </Text>
    </g>
  );
}

/** One row of a walk. Unlit rows are there and say nothing yet. */
export function RuleRow({ row, x, y, lit }: RowProps & { readonly row: LensRow }) {
  switch (row.kind) {
    case "chain":
      return <Heading row={row} x={x} y={y} />;
    case "rule":
      return <Rule row={row} x={x} y={y} lit={lit} />;
    case "folded":
      return (
        <Text x={x + COLUMNS.condition} y={y} style={["quiet"]}>
          {row.text}
        </Text>
      );
  }
}
