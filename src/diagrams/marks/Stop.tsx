import type { Point } from "../layout/geometry";
import { classes } from "./classes";
import ink from "./ink.module.css";

export type StopShape = "hook" | "route" | "device";

/** A station: ○ a netfilter hook, ◇ a routing decision, □ a device. Ink once the packet has been there. */
export function Stop({
  at,
  shape,
  been = false,
  small = false,
}: {
  readonly at: Point;
  readonly shape: StopShape;
  readonly been?: boolean;
  readonly small?: boolean;
}) {
  const className = classes(ink["stop"], been && ink["been"]);
  const { x, y } = at;
  switch (shape) {
    case "hook":
      return <circle className={className} cx={x} cy={y} r={small ? 3.5 : 4.5} />;
    case "route": {
      const r = small ? 5 : 7;
      return <path className={className} d={`M${x} ${y - r}l${r} ${r}-${r} ${r}-${r}-${r}z`} />;
    }
    case "device":
      return <rect className={className} x={x - 5} y={y - 5} width={10} height={10} rx={2} />;
  }
}
