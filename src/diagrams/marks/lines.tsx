import { roundedPath, type Point } from "../layout/geometry";
import { classes } from "./classes";
import ink from "./ink.module.css";

type LineKind = "wire" | "thin" | "trail" | "ahead" | "hair" | "control" | "gap";

/** A line by its kind. Everything done is solid ink, everything ahead dotted ink, everything else grey. */
export function Line({
  points,
  kind,
  radius = 8,
}: {
  readonly points: readonly Point[];
  readonly kind: LineKind;
  readonly radius?: number;
}) {
  if (points.length < 2) return null;
  return <path data-mark="line" className={classes(ink[kind])} d={roundedPath(points, radius)} />;
}

/** The arrow between an old value and a new one. */
export function BecomesArrow({ x, y }: { readonly x: number; readonly y: number }) {
  return <path className={ink["arrow"]} d={`M${x} ${y}h18m-5-4.5l5 4.5-5 4.5`} />;
}

/** ✕ where a packet was dropped, ⤺ where it was turned back. Their words stand beside them. */
export function VerdictMark({ at, verdict }: { readonly at: Point; readonly verdict: "dropped" | "rejected" }) {
  const { x, y } = at;
  const d =
    verdict === "dropped"
      ? `M${x - 6} ${y - 6}l12 12m0-12l-12 12`
      : `M${x - 7} ${y - 4}h8a5 5 0 0 1 0 10h-6M${x - 3} ${y - 8}l-4.5 4 4.5 4`;
  return <path className={ink["verdict"]} d={d} />;
}
