import { useEffect, useMemo } from "react";
import type { FlightView, JourneyView, MomentView, TraceEvent } from "../../bridge/protocol";
import { PacketCanvas, type FrameSource } from "../canvas/PacketCanvas";
import { attentionOf, type Attention } from "../layout/attention";
import { packetPath } from "../layout/packet-path";
import { stageLayout, type StageLayout } from "../layout/stage-layout";
import type { Playhead } from "../layout/telling";
import { networksOf } from "../marks/network";
import { ControlPlane } from "./ControlPlane";
import { Host } from "./hosts";
import { NodeNetwork, PodNetwork, Wires } from "./NodeNetwork";
import type { Scene } from "./scene";
import { selectedAddress, type OnSelect, type Selection } from "./selection";
import { ServiceNetwork } from "./ServiceNetwork";
import { Trail } from "./Trail";
import styles from "./stage.module.css";

export interface StageProps {
  readonly moment: MomentView;
  /** The followed request, null where none. */
  readonly journey: JourneyView | null;
  readonly playhead: Playhead;
  readonly selection: Selection | null;
  readonly onSelect: OnSelect;
  readonly events: readonly TraceEvent[];
  readonly flights: readonly FlightView[];
  readonly theme: "light" | "dark";
  readonly reducedMotion: boolean;
  /** Where the canvas reads the moving playhead, outside React. Absent: it stands still at `playhead`. */
  readonly frames?: FrameSource;
  /** Told after each step which stretch of the height one must see. */
  readonly onAttention?: (attention: Attention) => void;
}

/** Addresses that the told packet carries or has carried up to the playhead. */
function carriedBy(layout: StageLayout): ReadonlySet<string> {
  const hops = layout.told?.hops.slice(0, layout.told.now + 1) ?? [];
  return new Set(hops.flatMap((hop) => [hop.before.dst, hop.before.src, hop.after.dst, hop.after.src]));
}

function describe(scene: Scene, journey: JourneyView | null): string {
  const hop = scene.layout.told?.hop;
  if (journey === null || hop === undefined)
    return `${scene.moment.pods.length} Pods on ${scene.moment.nodes.length} nodes; nothing is followed.`;
  return `${scene.layout.told?.packet.title ?? ""}. ${hop.node}, ${hop.place}: ${hop.sentence}`;
}

/** The stage: control plane, the service network that is not there, hosts, and the wire between them. */
export function Stage(props: StageProps) {
  const { moment, journey, playhead } = props;
  const { hopIndex, firstHop = hopIndex, level } = playhead;
  const layout = useMemo(
    () => stageLayout({ moment, journey, playhead: { at: moment.stamp.at, hopIndex, firstHop, level } }),
    [moment, journey, hopIndex, firstHop, level],
  );
  const path = useMemo(() => packetPath(layout), [layout]);
  const { onAttention } = props;
  useEffect(() => {
    const attention = attentionOf(layout, path);
    if (attention !== null) onAttention?.(attention);
  }, [layout, path, onAttention]);
  const networkOf = useMemo(() => networksOf(moment), [moment]);
  const carried = useMemo(() => carriedBy(layout), [layout]);
  const { events, onSelect } = props;
  const selected = selectedAddress(props.selection);
  const scene = useMemo<Scene>(
    () => ({ moment, layout, path, networkOf, carried, events, at: moment.stamp.at, onSelect, selected }),
    [moment, layout, path, networkOf, carried, events, onSelect, selected],
  );
  const progress = props.reducedMotion ? 1 : (playhead.progress ?? 1);
  return (
    <div className={styles["stage"]} style={{ height: layout.height }}>
      <svg
        width={layout.width}
        height={layout.height}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        role="group"
        aria-label="Stage"
        aria-describedby="stage-words"
      >
        <desc id="stage-words">{describe(scene, journey)}</desc>
        <ControlPlane scene={scene} />
        <ServiceNetwork scene={scene} />
        <PodNetwork scene={scene} />
        <Wires scene={scene} />
        {layout.hosts.map((host) => (
          <Host key={host.key} host={host} scene={scene} progress={host.form === "open" ? progress : 1} />
        ))}
        <Trail scene={scene} />
        <NodeNetwork scene={scene} />
      </svg>
      <PacketCanvas
        layout={layout}
        path={path}
        playhead={playhead}
        flights={props.flights}
        theme={props.theme}
        reducedMotion={props.reducedMotion}
        frames={props.frames}
      />
    </div>
  );
}
