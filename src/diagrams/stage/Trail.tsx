import { memo } from "react";
import { spotAt } from "../layout/geometry";
import { trailOf } from "../layout/packet-path";
import { Line, VerdictMark } from "../marks/lines";
import { Text } from "../marks/Text";
import type { StageLayout } from "../layout/stage-layout";
import type { Scene } from "./scene";

/** Beside its hook's name, where the told error has no sentence. */
const BESIDE_HOOK = 114;

/** ⤺ stays at the hook that refused the packet while the ICMP error goes home. */
function Refusal({ layout }: { readonly layout: StageLayout }) {
  const hop = layout.refusal;
  const host = layout.hosts.find((each) => each.key === hop?.host);
  if (hop === null || hop.hook === "" || host === undefined || host.form === "folded") return null;
  const { x, y } = host.stations[hop.hook];
  return (
    <g data-mark="refusal">
      <VerdictMark at={{ x: x + BESIDE_HOOK, y }} verdict="rejected" />
      <Text x={x + BESIDE_HOOK + 14} y={y + 4} style={["bad"]}>
        rejected
      </Text>
    </g>
  );
}

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
      <Refusal layout={layout} />
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
