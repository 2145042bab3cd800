/** A short form that POSTs one Service through the API server's pipeline. */
import { useId, type FormEvent, type ReactNode } from "react";
import type { Result } from "../../base/result";
import { draftKey, useActions, useApp, type Actions, type DialogRequest } from "../../store";
import { isObject } from "../../store/sharing";
import { Button } from "../../widgets/button";
import { Dialog } from "../../widgets/dialog";
import { ProblemLine } from "./problem";
import { useSubmit } from "./use-submit";

const TEMPLATE = `apiVersion: v1
kind: Service
metadata:
  name: new-svc
  namespace: shop
spec:
  selector:
    app: your-app
  ports:
    - name: http
      port: 80
      targetPort: http
`;

export function NewServiceDialog({ dialog, onClose }: { readonly dialog: DialogRequest; readonly onClose: () => void }): ReactNode {
  const id = useId();
  const actions = useActions();
  const submit = useSubmit();
  const text = useApp((state) => state.view.drafts[draftKey(dialog)] ?? TEMPLATE);

  async function create(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!(await submit.run(() => post(actions, text)))) return;
    actions.setDraft(dialog, null);
    onClose();
  }

  return (
    <Dialog title="New Service" onClose={onClose}>
      <form className="field" onSubmit={(event) => void create(event)}>
        <label htmlFor={id}>YAML</label>
        <textarea
          id={id}
          value={text}
          spellCheck={false}
          aria-invalid={submit.problem !== null}
          aria-describedby={submit.problem === null ? `${id}-hint` : `${id}-problem`}
          onChange={(event) => actions.setDraft(dialog, event.currentTarget.value)}
        />
        <p className="hint" id={`${id}-hint`}>
          It is POSTed to the API server, which authenticates, authorises, admits, gives it a ClusterIP and stores it.
        </p>
        <ProblemLine id={`${id}-problem`} text={submit.problem} />
        <div className="dialog-acts">
          <Button onClick={onClose}>Cancel</Button>
          <Button main type="submit" disabled={submit.busy}>
            Create
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

async function post(actions: Actions, text: string): Promise<Result<unknown>> {
  const parsed = await actions.parse("service.yaml", text);
  if (!parsed.ok) return parsed;
  const [object, ...others] = parsed.value.objects;
  if (!isObject(object) || object.kind !== "Service")
    return { ok: false, problem: { message: "expected one Service: a document with kind: Service" } };
  if (others.length > 0) return { ok: false, problem: { message: `expected one Service, found ${others.length + 1} objects: leave one` } };
  for (const warning of parsed.value.warnings) actions.say("notice", warning);
  return actions.command({ do: "create", object }, { quiet: true });
}
