/** What can be done to a workload's rollout: out with another image, back, paused, in another way. */
import { useId, useState, type ReactNode } from "react";
import type { Command, RolloutView } from "../../../bridge/protocol";
import { useActions, usePane } from "../../../store";
import styles from "../inspector.module.css";
import { kubectlOf } from "../../../store/kubectl";
import { nextImage } from "./next-image";
import own from "./rollout.module.css";

type RollOut = Extract<Command, { do: "roll-out" }>;
type Kind = RollOut["kind"];

/** The kind as commands have it. */
export function kindOf({ ref }: RolloutView): Kind {
  return ref.kind === "StatefulSet" ? "StatefulSet" : "Deployment";
}

/** `ns/name`. */
export function fullName({ ref }: RolloutView): string {
  return `${ref.namespace}/${ref.name}`;
}

export function RolloutActs({ view }: { readonly view: RolloutView }): ReactNode {
  const { command } = useActions();
  const [image, setImage] = useState<string | null>(null);
  const [variable, setVariable] = useState("");
  const id = useId();
  const { name } = view.ref;
  const kind = kindOf(view);
  const full = fullName(view);
  const first = view.containers[0];
  const proposed = nextImage(first?.image ?? "");
  const wanted: RollOut = { do: "roll-out", kind, name: full, ...templateOf(image ?? proposed, first?.image ?? "", variable) };
  const back: Command = { do: "roll-back", kind, name: full };
  const pause: Command = view.paused ? { do: "resume-rollout", name: full } : { do: "pause-rollout", name: full };
  const rollOut = async (): Promise<void> => {
    const done = await command(wanted);
    if (!done.ok) return;
    setImage(null);
    setVariable("");
  };
  return (
    <>
      <form
        className={own.form}
        onSubmit={(event) => {
          event.preventDefault();
          void rollOut();
        }}
      >
        <label htmlFor={`${id} image`}>Image of {first?.name ?? "the container"}</label>
        <input id={`${id} image`} value={image ?? proposed} spellCheck={false} onChange={(event) => setImage(event.currentTarget.value)} />
        <label htmlFor={`${id} variable`}>Variable</label>
        <input
          id={`${id} variable`}
          value={variable}
          placeholder="NAME=value, if one changes"
          spellCheck={false}
          onChange={(event) => setVariable(event.currentTarget.value)}
        />
        <button type="submit" className="sr" tabIndex={-1} aria-hidden="true" />
      </form>
      <p className={styles.actions}>
        <button type="button" onClick={() => void rollOut()}>
          Roll out {name}
        </button>
        <button type="button" onClick={() => void command(back)}>
          Roll back {name}
        </button>
        {kind === "Deployment" ? (
          <button type="button" onClick={() => void command(pause)}>
            {view.paused ? "Resume" : "Pause"} rollout of {name}
          </button>
        ) : null}
        <button type="button" onClick={() => void command({ do: "roll-out", kind, name: full, restart: true })}>
          Restart {name}
        </button>
      </p>
      <Kubectl
        lines={[
          kubectlOf(wanted, { container: first?.name ?? "" }),
          kubectlOf(back),
          ...(kind === "Deployment" && (pause.do === "pause-rollout" || pause.do === "resume-rollout") ? [kubectlOf(pause)] : []),
          kubectlOf({ do: "roll-out", kind, name: full, restart: true }),
        ]}
      />
    </>
  );
}

/** What is new: an image other than the one that runs, and a variable where one was written as NAME=value. */
function templateOf(image: string, runs: string, variable: string): Pick<RollOut, "image" | "env"> {
  const [, key = "", value = ""] = /^\s*([A-Za-z_][\w.-]*)=(.*)$/.exec(variable) ?? [];
  return {
    ...(image.trim() === "" || image.trim() === runs ? {} : { image: image.trim() }),
    ...(key === "" ? {} : { env: { [key]: value } }),
  };
}

function Kubectl({ lines }: { readonly lines: readonly string[] }): ReactNode {
  const [open, setOpen] = usePane("object.kubectl");
  return (
    <details className={own.kubectl} open={open !== ""} onToggle={(event) => setOpen(event.currentTarget.open ? "open" : "")}>
      <summary>The same with kubectl</summary>
      <pre>{lines.filter((line) => line !== "").join("\n")}</pre>
    </details>
  );
}
