/** Everything that can be broken, folded by what it is of: a node, a Pod, a watch; delays; how an app ends. Loaded when opened. */
import { useEffect, useId, type ReactNode } from "react";
import type { MomentView } from "../../bridge/protocol";
import { useActions, useApp } from "../../store";
import type { BreakAct } from "./acts";
import { nodeActs, podActs, troubles, watchActs } from "./acts";
import { Delays } from "./delays";
import { Ending } from "./ending";
import "./breaking.css";

/** `shown`: its parts are there, after having been loaded. */
export default function Breaking({ shown }: { readonly shown: () => void }): ReactNode {
  const moment = useApp((state) => state.session.moment);
  useEffect(shown, [shown]);
  if (moment === null) return null;
  return (
    <div className="breaking">
      <Broken moment={moment} />
      <Part id="node" title="A node">
        <Nodes moment={moment} />
      </Part>
      <Part id="pod" title="A Pod">
        <Pods moment={moment} />
      </Part>
      <Part id="watch" title="A watch">
        <Watches moment={moment} />
      </Part>
      <Part id="delays" title="Delays">
        <Delays />
      </Part>
      <Part id="ending" title="How an app ends">
        <Ending endings={moment.disturbances.endings} />
      </Part>
    </div>
  );
}

interface OfMoment {
  readonly moment: MomentView;
}

/** One part at a time is open. */
function Part({ id, title, children }: { readonly id: string; readonly title: string; readonly children: ReactNode }): ReactNode {
  const open = useApp((state) => (state.selection.panes["break"] ?? "node") === id);
  const { setPane } = useActions();
  const body = useId();
  return (
    <section className="break-part">
      <h3>
        <button type="button" aria-expanded={open} aria-controls={body} onClick={() => setPane("break", open ? "none" : id)}>
          {title}
        </button>
      </h3>
      <div id={body} hidden={!open}>
        {open ? children : null}
      </div>
    </section>
  );
}

/** What is broken now, each with what mends it. */
function Broken({ moment }: OfMoment): ReactNode {
  const { command } = useActions();
  const all = troubles(moment);
  if (all.length === 0) return null;
  return (
    <ul className="break-list" aria-label="Broken now">
      {all.map(({ words, mend }) => (
        <li key={mend.name}>
          <span>{words}</span>
          <button type="button" className="break-mend" aria-label={`Mend: ${mend.name}`} onClick={() => void command(mend.command)}>
            Mend
          </button>
        </li>
      ))}
    </ul>
  );
}

function Acts({ acts }: { readonly acts: readonly BreakAct[] }): ReactNode {
  return (
    <ul className="break-acts">
      {acts.map((act) => (
        <Act key={act.words} act={act} />
      ))}
    </ul>
  );
}

function Act({ act }: { readonly act: BreakAct }): ReactNode {
  const { command } = useActions();
  const id = useId();
  return (
    <li>
      <button type="button" aria-label={act.name} aria-describedby={id} onClick={() => void command(act.command)}>
        {act.words}
      </button>
      <p id={id}>{act.hint}</p>
    </li>
  );
}

function Choice({
  label,
  options,
  value,
  onChange,
}: {
  readonly label: string;
  readonly options: readonly string[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  return (
    <select className="break-choice" aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {options.map((option) => (
        <option key={option}>{option}</option>
      ))}
    </select>
  );
}

/** The chosen one where it is still there, else the first. */
function useChosen(pane: string, options: readonly string[]): readonly [string, (value: string) => void] {
  const chosen = useApp((state) => state.selection.panes[pane] ?? "");
  const { setPane } = useActions();
  return [options.includes(chosen) ? chosen : (options[0] ?? ""), (value) => setPane(pane, value)];
}

function Nodes({ moment }: OfMoment): ReactNode {
  const { nodes } = moment;
  const options = [...nodes.filter(({ controlPlane }) => !controlPlane), ...nodes.filter(({ controlPlane }) => controlPlane)].map(
    ({ name }) => name,
  );
  const [chosen, choose] = useChosen("break.node", options);
  const node = nodes.find(({ name }) => name === chosen);
  if (node === undefined) return <p>No node.</p>;
  return (
    <>
      <Choice label="Node to break" options={options} value={chosen} onChange={choose} />
      <Acts acts={nodeActs(moment, node)} />
    </>
  );
}

function Pods({ moment }: OfMoment): ReactNode {
  const here = moment.pods.filter(({ state }) => state !== "Pending" && state !== "Completed" && state !== "Failed");
  const inOrder = [
    ...here.filter(({ namespace }) => namespace !== "kube-system"),
    ...here.filter(({ namespace }) => namespace === "kube-system"),
  ];
  const options = inOrder.map(({ name }) => name);
  const [chosen, choose] = useChosen("break.pod", options);
  const pod = inOrder.find(({ name }) => name === chosen);
  if (pod === undefined) return <p>No Pod runs.</p>;
  return (
    <>
      <Choice label="Pod to break" options={options} value={chosen} onChange={choose} />
      <Acts acts={podActs(moment, pod)} />
    </>
  );
}

function Watches({ moment }: OfMoment): ReactNode {
  const readers = moment.readers.map(({ reader }) => reader);
  const options = [
    ...readers.filter((reader) => reader.startsWith("kube-proxy")),
    ...readers.filter((reader) => !reader.startsWith("kube-proxy")),
  ];
  const [chosen, choose] = useChosen("break.watch", options);
  if (chosen === "") return <p>Nobody watches.</p>;
  return (
    <>
      <Choice label="Reader to cut" options={options} value={chosen} onChange={choose} />
      <Acts acts={watchActs(moment, chosen)} />
    </>
  );
}
