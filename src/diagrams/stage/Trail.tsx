import { memo } from "react";
import { spotAt } from "../layout/geometry";
import { trailOf } from "../layout/packet-path";
import { Line, VerdictMark } from "../marks/lines";
import { Text } from "../marks/Text";
import type { Scene } from "./scene";

/** The trail is the past, dots are the recorded future. The beat's own stretch and the packet are on the canvas. */
export const Trail = memo(function Trail({ scene }: { readonly scene: Scene }) {
  const { layout, path } = scene;
  const told = layout.told;
  if (told === null || path.points.length < 2) return null;
  const { behind, ahead } = trailOf(layout, path);
  const end = spotAt(path.points, path.length);
  const over = told.now === told.hops.length - 1;
  const lost = told.fate === "dropped" || told.fate === "rejected";
  const opened = layout.lens !== null && layout.lens.hop.index === told.hops.at(-1)?.index;
  return (
    <g data-part="trail">
      <Line kind="ahead" points={ahead} />
      <Line kind="trail" points={behind} />
      {over && lost && !opened && (
        <g>
          <VerdictMark at={{ x: end.x - 22, y: end.y }} verdict={told.fate === "dropped" ? "dropped" : "rejected"} />
          <Text x={end.x + 16} y={end.y + 4} style={["bad"]}>
            {told.fate}
          </Text>
        </g>
      )}
    </g>
  );
});
