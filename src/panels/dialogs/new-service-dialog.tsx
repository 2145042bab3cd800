/** A short form that POSTs one Service through the API server's pipeline. */
import type { FormEvent, ReactNode } from "react";
import { failAt, ok, type Result } from "../../base/result";
import type { Command } from "../../bridge/protocol";
import { draftKey, useActions, useApp, type DialogRequest } from "../../store";
import { Button } from "../../widgets/button";
import { Dialog } from "../../widgets/dialog";
import { Tried } from "./tried";
import { usePosting, type Posting } from "./use-posting";
import { YamlField } from "./yaml-field";

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
        <YamlField dialog={dialog} text={text} problem={submit.problem}>
          It is POSTed to the API server, which authenticates, authorises, admits, gives it a ClusterIP and stores it.
        </YamlField>
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
