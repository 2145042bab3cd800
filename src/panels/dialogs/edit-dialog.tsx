/** Edits the labels of an object, or the selector of a Service, as `a=b,c=d`. */
import { useId, type FormEvent, type ReactNode } from "react";
import type { Command } from "../../bridge/protocol";
import { draftKey, useActions, useApp, type AppState, type DialogRequest } from "../../store";
import { Button } from "../../widgets/button";
import { Dialog } from "../../widgets/dialog";
import { labelsText, readLabels } from "../labels-text";
import { ProblemLine } from "./problem";
import { useSubmit } from "./use-submit";

type EditRequest = Extract<DialogRequest, { kind: "edit-labels" | "edit-selector" }>;

export function EditDialog({ dialog, onClose }: { readonly dialog: EditRequest; readonly onClose: () => void }): ReactNode {
  const id = useId();
  const { command, setDraft } = useActions();
  const submit = useSubmit();
  const text = useApp((state) => state.view.drafts[draftKey(dialog)] ?? labelsText(standing(state, dialog)));
  const isSelector = dialog.kind === "edit-selector";
  const { ref } = dialog;

  async function apply(event: FormEvent): Promise<void> {
    event.preventDefault();
    const labels = readLabels(text);
    if (!labels.ok) return submit.show(`${labels.problem.at ?? ""}: ${labels.problem.message}`);
    const name = ref.namespace === "" ? ref.name : `${ref.namespace}/${ref.name}`;
    const act: Command = isSelector
      ? { do: "select", name, selector: labels.value }
      : { do: "relabel", kind: ref.kind, name, labels: labels.value };
    if (!(await submit.run(() => command(act, { quiet: true })))) return;
    setDraft(dialog, null);
    onClose();
  }

  return (
    <Dialog title={`${isSelector ? "Selector" : "Labels"} of ${ref.name}`} onClose={onClose}>
      <form className="field" onSubmit={(event) => void apply(event)}>
        <label htmlFor={id}>{isSelector ? "Selector" : "Labels"}</label>
        <input
          id={id}
          type="text"
          value={text}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={submit.problem !== null}
          aria-describedby={submit.problem === null ? `${id}-hint` : `${id}-problem`}
          onChange={(event) => setDraft(dialog, event.currentTarget.value)}
        />
        <p className="hint" id={`${id}-hint`}>
          {isSelector
            ? "Pods that carry all of these stand behind the Service."
            : "A Service whose selector matches these has the Pod behind it."}{" "}
          Written as key=value, parted by commas.
        </p>
        <ProblemLine id={`${id}-problem`} text={submit.problem} />
        <div className="dialog-acts">
          <Button onClick={onClose}>Cancel</Button>
          <Button main type="submit" disabled={submit.busy}>
            Apply
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function standing(state: AppState, { kind, ref }: EditRequest): Readonly<Record<string, string>> {
  const moment = state.session.moment;
  const isIt = (one: { readonly namespace: string; readonly name: string }): boolean =>
    one.name === ref.name && one.namespace === ref.namespace;
  if (kind === "edit-selector") return moment?.services.find(isIt)?.selector ?? {};
  return moment?.pods.find(isIt)?.labels ?? {};
}
