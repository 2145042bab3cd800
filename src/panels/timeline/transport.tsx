/** Play and the steps either way: by hop of what is followed, by event of the whole cluster, to the ends. */
import type { ReactNode } from "react";
import { canStepHop, useActions, useApp } from "../../store";

export function Transport(): ReactNode {
  const actions = useActions();
  const playing = useApp((state) => state.playback.playing);
  const back = useApp((state) => canStepHop(state, -1));
  const on = useApp((state) => canStepHop(state, 1));
  return (
    <div className="keys" role="group" aria-label="Transport">
      <Key name="First event" className="key-end" path="M12.5 3.5L6 8l6.5 4.5zM3.5 3.5v9" onPress={actions.goToStart} />
      <Key name="Previous event" path="M11.5 4L7.5 8l4 4M4.5 8h.01" open onPress={() => void actions.stepEvent(-1)} />
      <Key name="Previous hop" path="M10 3L5 8l5 5" open disabled={!back} onPress={() => actions.stepHop(-1)} />
      {playing ? (
        <Key name="Pause" className="key-play" path="M5.5 3.5v9M10.5 3.5v9" onPress={actions.pause} />
      ) : (
        <Key name="Play" className="key-play" path="M5 3l8 5-8 5z" onPress={actions.play} />
      )}
      <Key name="Next hop" path="M6 3l5 5-5 5" open disabled={!on} onPress={() => actions.stepHop(1)} />
      <Key name="Next event" path="M4.5 4l4 4-4 4M11.5 8h.01" open onPress={() => void actions.stepEvent(1)} />
      <Key name="Last event" className="key-end" path="M3.5 3.5L10 8l-6.5 4.5zM12.5 3.5v9" onPress={actions.goToEnd} />
    </div>
  );
}

interface KeyProps {
  readonly name: string;
  readonly path: string;
  readonly open?: boolean;
  readonly disabled?: boolean;
  readonly className?: string;
  readonly onPress: () => void;
}

function Key({ name, path, open = false, disabled = false, className = "", onPress }: KeyProps): ReactNode {
  return (
    <button type="button" className={className} aria-label={name} title={name} disabled={disabled} onClick={onPress}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={path} fill={open ? "none" : "currentColor"} />
      </svg>
    </button>
  );
}
