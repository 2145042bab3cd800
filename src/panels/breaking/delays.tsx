/** The delays that make staleness wide enough to see. */
import type { ReactNode } from "react";
import type { Command, DisturbancesView } from "../../bridge/protocol";
import { useActions, useApp } from "../../store";
import { Slider } from "../../widgets/slider";

interface Delay {
  readonly name: string;
  readonly max: number;
  readonly step: number;
  readonly hint: string;
  readonly of: (delays: DisturbancesView) => number;
  readonly command: (milliseconds: number) => Command;
}

const DELAYS: readonly Delay[] = [
  {
    name: "Watch delay",
    max: 5000,
    step: 100,
    hint: "How much later every kube-proxy hears of a change.",
    of: ({ watchDelay }) => watchDelay,
    command: (milliseconds) => ({ do: "watch-delay", milliseconds }),
  },
  {
    name: "Sync period",
    max: 10_000,
    step: 250,
    hint: "minSyncPeriod: from the start of a sync to the start of the next.",
    of: ({ syncPeriod }) => syncPeriod,
    command: (milliseconds) => ({ do: "sync-period", milliseconds }),
  },
  {
    name: "Store delay",
    max: 2000,
    step: 50,
    hint: "How much longer every write to the store takes.",
    of: ({ storeDelay }) => storeDelay,
    command: (milliseconds) => ({ do: "store-delay", milliseconds }),
  },
];

export function showDelay(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${milliseconds / 1000} s`;
}

export function Delays(): ReactNode {
  return (
    <div className="break-sliders">
      {DELAYS.map((delay) => (
        <DelaySlider key={delay.name} delay={delay} />
      ))}
    </div>
  );
}

function DelaySlider({ delay }: { readonly delay: Delay }): ReactNode {
  const { command } = useActions();
  const { name, max, step, hint } = delay;
  const value = useApp(({ session }) => {
    const asked = session.asked[name]?.value;
    if (typeof asked === "number") return asked;
    return session.moment === null ? 0 : delay.of(session.moment.disturbances);
  });
  const change = (next: number): void => void command(delay.command(next), { replaces: name, shows: { control: name, value: next } });
  return (
    <div>
      <Slider name={name} min={0} max={max} step={step} value={value} shown={showDelay(value)} onChange={change} />
      <p>{hint}</p>
    </div>
  );
}
