/** Objects to create or change in the running cluster, as `kubectl apply -f` takes them. */
import type { FormEvent, ReactNode } from "react";
import { draftKey, useActions, useApp, type DialogRequest } from "../../store";
import { Button } from "../../widgets/button";
import { Dialog } from "../../widgets/dialog";
import { Tried } from "./tried";
import { usePosting } from "./use-posting";
import { YamlField } from "./yaml-field";

export function ApplyYamlDialog({ dialog, onClose }: { readonly dialog: DialogRequest; readonly onClose: () => void }): ReactNode {
  const { setDraft } = useActions();
  const { submit, tried, post } = usePosting();
  const text = useApp((state) => state.view.drafts[draftKey(dialog)] ?? "");
  const user = useApp((state) => state.session.moment?.user ?? "");

  async function apply(event: FormEvent): Promise<void> {
    event.preventDefault();
    const given = await post("applied.yaml", text, (objects) => ({ ok: true, value: { do: "apply", objects } }));
    if (!given) return;
    setDraft(dialog, null);
    onClose();
  }

  return (
    <Dialog title="Apply YAML" onClose={onClose} wide>
      <form className="field" onSubmit={(event) => void apply(event)}>
        <YamlField dialog={dialog} text={text} problem={submit.problem} placeholder="Objects of this cluster, new or changed.">
          What is not there is POSTed, what is there is PATCHed, one after another, as {user}. An object that says a resourceVersion is
          changed only if it still has it.
        </YamlField>
        <Tried tried={tried} />
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
