/** How an app's Pods end and are probed. A Pod keeps what it was made with, so a change rolls the Deployment out: at release, not while dragging. */
import { useState, type ReactNode } from "react";
import type { Command, DisturbancesView } from "../../bridge/protocol";
import { useActions, useApp } from "../../store";
import { Slider } from "../../widgets/slider";

type EndingOf = DisturbancesView["endings"][number];
type Settings = Extract<Command, { do: "pod-settings" }>;

interface Setting {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly of: (ending: EndingOf) => number | null;
  readonly change: (seconds: number) => Partial<Settings>;
}

const SETTINGS: readonly Setting[] = [
  {
    name: "Probe period",
    min: 1,
    max: 30,
    of: ({ probePeriodSeconds }) => probePeriodSeconds,
    change: (probePeriodSeconds) => ({ probePeriodSeconds }),
  },
  { name: "preStop", min: 0, max: 20, of: ({ preStopSeconds }) => preStopSeconds, change: (preStopSeconds) => ({ preStopSeconds }) },
  { name: "Grace", min: 1, max: 60, of: ({ graceSeconds }) => graceSeconds, change: (graceSeconds) => ({ graceSeconds }) },
  {
    name: "Shutdown time",
    min: 0,
    max: 20,
    of: ({ shutdownSeconds }) => shutdownSeconds,
    change: (shutdownSeconds) => ({ shutdownSeconds }),
  },
];

const ON_TERM: readonly { readonly way: EndingOf["onTerm"]; readonly hint: string }[] = [
  { way: "close", hint: "listener closes" },
  { way: "drain", hint: "serves on" },
  { way: "ignore", hint: "until SIGKILL" },
];

export function Ending({ endings }: { readonly endings: readonly EndingOf[] }): ReactNode {
  const chosen = useApp((state) => state.selection.panes["break.app"] ?? "");
  const { setPane } = useActions();
  const ending = endings.find(({ deployment }) => deployment === chosen) ?? endings.at(-1);
  if (ending === undefined) return <p>No Deployment.</p>;
  return (
    <>
      <select
        className="break-choice"
        aria-label="App"
        value={ending.deployment}
        onChange={(event) => setPane("break.app", event.target.value)}
      >
        {endings.map(({ deployment }) => (
          <option key={deployment}>{deployment}</option>
        ))}
      </select>
      <p>
        A Pod keeps what it was made with: each change rolls the app out. In YAML: annotations kubewalk/on-sigterm,
        kubewalk/shutdown-seconds.
      </p>
      <div className="break-sliders">
        {SETTINGS.map((setting) => (
          <EndingSlider key={`${ending.deployment} ${setting.name}`} ending={ending} setting={setting} />
        ))}
      </div>
      <OnTerm ending={ending} />
    </>
  );
}

function useSettings({ deployment }: EndingOf): (change: Partial<Settings>) => void {
  const { command } = useActions();
  return (change) => void command({ do: "pod-settings", name: deployment, ...change });
}

function EndingSlider({ ending, setting }: { readonly ending: EndingOf; readonly setting: Setting }): ReactNode {
  const settle = useSettings(ending);
  const [dragged, setDragged] = useState<number | null>(null);
  const stands = setting.of(ending);
  const value = dragged ?? stands ?? setting.min;
  const shown = dragged === null && stands === null ? "no probe" : `${value} s`;
  const release = (next: number): void => {
    setDragged(null);
    if (next !== stands) settle(setting.change(next));
  };
  return (
    <Slider name={setting.name} min={setting.min} max={setting.max} value={value} shown={shown} onChange={setDragged} onRelease={release} />
  );
}

function OnTerm({ ending }: { readonly ending: EndingOf }): ReactNode {
  const settle = useSettings(ending);
  return (
    <fieldset className="choice">
      <legend>On SIGTERM</legend>
      {ON_TERM.map(({ way, hint }) => (
        <label key={way}>
          <input
            type="radio"
            name="on-term"
            value={way}
            aria-label={way}
            checked={ending.onTerm === way}
            onChange={() => settle({ onTerm: way })}
          />
          {way}
          <span className="hint">{hint}</span>
        </label>
      ))}
    </fieldset>
  );
}
