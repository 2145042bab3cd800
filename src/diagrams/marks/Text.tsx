import type { ReactNode } from "react";
import { classes } from "./classes";
import ink from "./ink.module.css";

/** How a text is set: `quiet`, `mono`, `end` … are the ink's own class names. */
export type TextStyle = "quiet" | "strong" | "heading" | "name" | "mono" | "figures" | "end" | "centre" | "bad" | "podText";

/** A text on the stage, at its baseline. */
export function Text({
  x,
  y,
  style = [],
  children,
}: {
  readonly x: number;
  readonly y: number;
  readonly style?: readonly TextStyle[];
  readonly children: ReactNode;
}) {
  return (
    <text x={x} y={y} className={classes(ink["text"], ...style.map((name) => ink[name]))}>
      {children}
    </text>
  );
}
