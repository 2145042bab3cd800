/** How a workload rolls out: the kind of update, how many Pods too many and too few, or from which ordinal up. */
import { useId, type ReactNode } from "react";
import type { Command, RolloutView } from "../../../bridge/protocol";
import { useActions, useApp } from "../../../store";
import { Slider } from "../../../widgets/slider";
import { fullName, kindOf } from "./rollout-acts";
import own from "./rollout.module.css";

type Strategy = Extract<Command, { do: "strategy" }>;
type PodCount = NonNullable<Strategy["maxSurge"]>;

export function RolloutStrategy({ view }: { readonly view: RolloutView }): ReactNode {
  const kind = kindOf(view);
  return (
    <>
      {kind === "Deployment" ? <UpdateType view={view} /> : null}
      <div className={own.sliders}>
        {kind === "StatefulSet" ? (
          <>
            <Replicas view={view} />
            <Partition view={view} />
          </>
        ) : view.strategy.type === "RollingUpdate" ? (
          <>
            <Count view={view} field="maxSurge" name="Max surge" pods={view.strategy.surge} />
            <Count view={view} field="maxUnavailable" name="Max unavailable" pods={view.strategy.unavailable} />
          </>
        ) : null}
      </div>
    </>
  );
}

const TYPES: readonly (readonly [type: NonNullable<Strategy["type"]>, words: string])[] = [
  ["RollingUpdate", "Rolling update"],
  ["Recreate", "Recreate"],
];

function UpdateType({ view }: { readonly view: RolloutView }): ReactNode {
  const { command } = useActions();
  const group = useId();
  const control = `strategy ${fullName(view)}`;
  const asked = useApp(({ session }) => session.asked[control]?.value);
  return (
    <fieldset className={own.kinds}>
      <legend className="sr">Strategy of {view.ref.name}</legend>
      {TYPES.map(([type, words]) => (
        <label key={type}>
          <input
            type="radio"
            name={group}
            checked={(asked ?? view.strategy.type) === type}
            onChange={() =>
              void command({ do: "strategy", kind: "Deployment", name: fullName(view), type }, { shows: { control, value: type } })
            }
          />
          {words}
        </label>
      ))}
    </fieldset>
  );
}

interface CountProps {
  readonly view: RolloutView;
  readonly field: "maxSurge" | "maxUnavailable";
  readonly name: string;
  /** What it comes to now, in Pods. */
  readonly pods: number;
}

/** A share in steps of 5 %, or a number of Pods where the spec has one. */
function Count({ view, field, name, pods }: CountProps): ReactNode {
  const { command } = useActions();
  const control = `${field} ${fullName(view)}`;
  const stands = view.strategy[field];
  const asked = useApp(({ session }) => session.asked[control]?.value);
  const isShare = typeof stands === "string";
  const value = typeof asked === "number" ? asked : Number.parseInt(`${stands}`, 10);
  const change = (next: number): void => {
    const count: PodCount = isShare ? `${next}%` : next;
    void command(
      { do: "strategy", kind: "Deployment", name: fullName(view), [field]: count },
      { replaces: control, shows: { control, value: next } },
    );
  };
  const inPods = `${pods} ${pods === 1 ? "Pod" : "Pods"}`;
  return (
    <Slider
      name={name}
      min={0}
      max={isShare ? 100 : Math.max(10, value)}
      step={isShare ? 5 : 1}
      value={value}
      shown={isShare ? `${value} %, ${inPods}` : inPods}
      onChange={change}
    />
  );
}

function Replicas({ view }: { readonly view: RolloutView }): ReactNode {
  const { command } = useActions();
  const control = `replicas ${fullName(view)}`;
  const asked = useApp(({ session }) => session.asked[control]?.value);
  const value = typeof asked === "number" ? asked : view.replicas;
  const scale = (replicas: number): void => {
    const act: Command = { do: "scale", kind: "StatefulSet", name: fullName(view), replicas };
    void command(act, { replaces: control, shows: { control, value: replicas } });
  };
  return <Slider name={`Replicas of ${view.ref.name}`} min={0} max={Math.max(20, value)} value={value} onChange={scale} />;
}

function Partition({ view }: { readonly view: RolloutView }): ReactNode {
  const { command } = useActions();
  const control = `partition ${fullName(view)}`;
  const asked = useApp(({ session }) => session.asked[control]?.value);
  const value = typeof asked === "number" ? asked : view.strategy.partition;
  const change = (partition: number): void => {
    const act: Command = { do: "strategy", kind: "StatefulSet", name: fullName(view), partition };
    void command(act, { replaces: control, shows: { control, value: partition } });
  };
  return (
    <Slider
      name="Partition"
      min={0}
      max={Math.max(view.replicas, value, 1)}
      value={value}
      shown={value === 0 ? "all Pods" : `from ${view.ref.name}-${value} up`}
      onChange={change}
    />
  );
}
