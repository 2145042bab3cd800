import type { Box } from "../layout/geometry";
import type { PodSign } from "../layout/counts";
import ink from "./ink.module.css";

/** A Pod's state as a sign: ● ready, ○ not ready, ◐ terminating, ✕ failed. Its word stands beside it or in its title. */
export function PodMark({
  x,
  y,
  sign,
  size = 4,
}: {
  readonly x: number;
  readonly y: number;
  readonly sign: PodSign;
  readonly size?: number;
}) {
  switch (sign) {
    case "ready":
      return <circle className={ink["podFill"]} cx={x} cy={y} r={size} />;
    case "not ready":
      return <circle className={ink["podRing"]} cx={x} cy={y} r={size - 0.5} />;
    case "terminating":
      return (
        <g>
          <circle className={ink["podRing"]} cx={x} cy={y} r={size - 0.5} />
          <path className={ink["podFill"]} d={`M${x} ${y - size}A${size} ${size} 0 0 0 ${x} ${y + size}Z`} />
        </g>
      );
    case "failed":
      return (
        <path
          className={ink["failRing"]}
          d={`M${x - size + 0.5} ${y - size + 0.5}l${2 * size - 1} ${2 * size - 1}m0 ${1 - 2 * size}l${1 - 2 * size} ${2 * size - 1}`}
        />
      );
  }
}

/** The same sign as a cell among many. */
export function PodCell({ box, sign }: { readonly box: Box; readonly sign: PodSign }) {
  const { x, y, width, height } = box;
  switch (sign) {
    case "ready":
      return <rect className={ink["podFill"]} x={x} y={y} width={width} height={height} rx={2} />;
    case "not ready":
      return <rect className={ink["podRing"]} x={x + 0.75} y={y + 0.75} width={width - 1.5} height={height - 1.5} rx={2} />;
    case "terminating":
      return (
        <g>
          <rect className={ink["podRing"]} x={x + 0.75} y={y + 0.75} width={width - 1.5} height={height - 1.5} rx={2} />
          <path className={ink["podFill"]} d={`M${x} ${y}H${x + width}L${x} ${y + height}Z`} />
        </g>
      );
    case "failed":
      return (
        <path className={ink["failRing"]} d={`M${x + 1} ${y + 1}l${width - 2} ${height - 2}m0 ${2 - height}l${2 - width} ${height - 2}`} />
      );
  }
}
