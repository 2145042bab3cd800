/** A short form that POSTs one Service through the API server's pipeline. */
import { useId, type FormEvent, type ReactNode } from "react";
import { failAt, ok, type Result } from "../../base/result";
import type { Command } from "../../bridge/protocol";
import { draftKey, useActions, useApp, type DialogRequest } from "../../store";
import { Button } from "../../widgets/button";
import { Dialog } from "../../widgets/dialog";
import { ProblemLine } from "./problem";
import { Tried } from "./tried";
import { usePosting, type Posting } from "./use-posting";

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
  const { submit, tried, post } = usePosting();
  const text = useApp((state) => state.view.drafts[draftKey(dialog)] ?? TEMPLATE);

  async function create(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!(await post("service.yaml", text, oneService))) return;
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
        <Tried tried={tried} />
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

/** The form is for one Service. */
function oneService(objects: Parameters<Parameters<Posting["post"]>[2]>[0]): Result<Command> {
  const [object, ...others] = objects;
  if (object?.kind !== "Service") return failAt("expected one Service: a document with kind: Service");
  if (others.length > 0) return failAt(`expected one Service, found ${others.length + 1} objects: leave one`);
  return ok({ do: "create", object });
}
