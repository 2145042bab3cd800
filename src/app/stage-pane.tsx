/** The stage with what it draws, or on a narrow window its strip. Motion is read by the canvas itself, once a frame. */
import { useCallback, useMemo, useRef, type ReactNode, type RefObject } from "react";
import { Stage, Strip, type Attention, type Frame, type OnSelect, type Playhead, type Selection } from "../diagrams";
import { beatProgress, reducedMotion, useActions, useApp, useAppItself, useAppParts, type AppState, type SelectionState } from "../store";
import { useDark } from "./use-dark";
import { keepStretchInView } from "../widgets/keep-in-view";
import { usePaneScale } from "./use-pane-scale";
import type { Width } from "./use-width";

/** Rows of a walk light one by one: so many steps a beat. */
const STEPS = 15;

export function StagePane({ width }: { readonly width: Width }): ReactNode {
  const hasMoment = useApp((state) => state.session.moment !== null);
  const pane = useRef<HTMLDivElement>(null);
  const scale = usePaneScale(pane, width === "wide");
  return (
    <div ref={pane} className="stage-fit" style={{ zoom: scale }}>
      {hasMoment ? (
        width === "narrow" ? (
          <NarrowStrip />
        ) : (
          <FullStage pane={pane} scale={scale} />
        )
      ) : (
        <p className="stage-empty">The cluster is being set up.</p>
      )}
    </div>
  );
}

interface FullStageProps {
  readonly pane: RefObject<HTMLDivElement | null>;
  readonly scale: number;
}

function FullStage({ pane, scale }: FullStageProps): ReactNode {
  const moment = useApp((state) => state.session.moment);
  const { journey, events, flights, selection, reduced } = useAppParts(partsOf);
  const playhead = usePlayhead();
  const onSelect = useSelect();
  const frames = useFrames();
  const dark = useDark();
  const onAttention = useCallback((attention: Attention) => keepInSight(pane, scale, attention), [pane, scale]);
  const selected = useMemo(() => selectionOf(selection), [selection]);
  if (moment === null) return null;
  return (
    <Stage
      moment={moment}
      journey={journey}
      playhead={playhead}
      selection={selected}
      onSelect={onSelect}
      events={events}
      flights={flights}
      theme={dark ? "dark" : "light"}
      reducedMotion={reduced}
      frames={frames}
      onAttention={onAttention}
    />
  );
}

/** Where the stage is higher than its pane, the packet is kept in sight; the page itself stays where it is. */
function keepInSight({ current: inside }: RefObject<HTMLElement | null>, scale: number, { top, bottom }: Attention): void {
  const box = inside === null ? null : inside.parentElement;
  if (box !== null) keepStretchInView(box, { top: top * scale, bottom: bottom * scale });
}

function NarrowStrip(): ReactNode {
  const moment = useApp((state) => state.session.moment);
  const { journey } = useAppParts(partsOf);
  const playhead = usePlayhead();
  return moment === null ? null : <Strip moment={moment} journey={journey} playhead={playhead} />;
}

function usePlayhead(): Playhead {
  const head = useAppParts(headOf);
  return useMemo(
    () => ({
      at: head.at,
      hopIndex: head.lastHop,
      level: head.level,
      ...(head.firstHop < 0 ? {} : { firstHop: head.firstHop }),
      progress: head.progress,
    }),
    [head.at, head.lastHop, head.firstHop, head.level, head.progress],
  );
}

/** What the stage is drawn from. Cluster time is the painted moment's, so that all panes show the same. */
function partsOf(state: AppState) {
  const { session, selection, view } = state;
  const journey = session.journey?.request === selection.followed ? session.journey : null;
  return { journey, selection, events: session.trace.events, flights: session.trace.flights, reduced: reducedMotion(view) };
}

function headOf({ session, playback }: AppState) {
  const beat = playback.beats[playback.beat];
  const walks = (session.journey?.hops[playback.hop]?.walks.length ?? 0) > 0;
  const progress = walks ? Math.round(beatProgress(playback) * STEPS) / STEPS : 1;
  return {
    at: session.moment?.stamp.at ?? 0,
    firstHop: beat?.firstHop ?? -1,
    lastHop: beat === undefined ? -1 : beat.firstHop + beat.hops - 1,
    level: beat?.level ?? "stations",
    progress,
  };
}

function useFrames(): () => Frame {
  const { store } = useAppItself();
  return useCallback(() => {
    const { playback } = store.getState();
    return { at: playback.at, progress: beatProgress(playback), speed: playback.speed };
  }, [store]);
}

/** What is clicked is lit everywhere; while no packet is followed the inspector opens on it too. */
function useSelect(): OnSelect {
  const { store } = useAppItself();
  const { selectAddress, selectObject, setTab } = useActions();
  return useCallback(
    (selection) => {
      if (selection.kind === "address") return selectAddress(selection.address.split(":")[0] ?? selection.address);
      const kind = KIND[selection.kind];
      selectObject({ kind, namespace: selection.kind === "node" ? "" : selection.namespace, name: selection.name });
      if (store.getState().selection.followed === null) setTab(TAB[selection.kind]);
    },
    [store, selectAddress, selectObject, setTab],
  );
}

const KIND = { pod: "Pod", node: "Node", service: "Service" } as const;
const TAB = { pod: "object", node: "node", service: "service" } as const;

function selectionOf({ address, object }: SelectionState): Selection | null {
  if (address !== null) return { kind: "address", address };
  switch (object?.kind) {
    case "Pod":
      return { kind: "pod", namespace: object.namespace, name: object.name };
    case "Service":
      return { kind: "service", namespace: object.namespace, name: object.name };
    case "Node":
      return { kind: "node", name: object.name };
    default:
      return null;
  }
}
