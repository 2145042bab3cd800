/** Opens another cluster: pasted, dropped or chosen as a file. What stood before stays where that fails. */
import { useId, useState, type DragEvent, type FormEvent, type ReactNode } from "react";
import { draftKey, useActions, useApp, useAppItself, type DialogRequest } from "../../store";
import { openText } from "../../store/sharing";
import { Button } from "../../widgets/button";
import { Dialog } from "../../widgets/dialog";
import { ProblemLine } from "./problem";
import { useSubmit } from "./use-submit";

/** Larger files are not read. */
const LARGEST = 64 * 1024 * 1024;

/** Text beyond this stays out of the textbox: it would only slow it down. */
const LARGEST_SHOWN = 200_000;

interface Chosen {
  readonly name: string;
  readonly text: string;
}

function tooLargeInWords({ name, size }: File): string {
  return `${name} has ${Math.round(size / 1024 / 1024)} MB. Kubewalk reads files of up to 64 MB: split it, or leave out what is not needed.`;
}

export function OpenYamlDialog({ dialog, onClose }: { readonly dialog: DialogRequest; readonly onClose: () => void }): ReactNode {
  const id = useId();
  const app = useAppItself();
  const { setDraft, cancel } = useActions();
  const submit = useSubmit();
  const typed = useApp((state) => state.view.drafts[draftKey(dialog)] ?? "");
  const progress = useApp((state) => state.session.progress);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [over, setOver] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);

  async function take(file: File | undefined): Promise<void> {
    setOver(false);
    if (file === undefined) return;
    submit.show(null);
    const tooLarge = file.size > LARGEST ? tooLargeInWords(file) : null;
    setRefusal(tooLarge);
    if (tooLarge !== null) return submit.show(tooLarge);
    const text = await file.text();
    setChosen({ name: file.name, text });
    setDraft(dialog, text.length <= LARGEST_SHOWN ? text : "");
  }

  async function open(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (refusal !== null) return submit.show(refusal);
    const large = chosen !== null && chosen.text.length > LARGEST_SHOWN && typed === "";
    const what = large ? chosen : { name: chosen?.name ?? "pasted.yaml", text: typed };
    if (await submit.run(() => openText(app, what))) onClose();
  }

  function leave(): void {
    if (submit.busy) cancel();
    onClose();
  }

  const large = chosen !== null && chosen.text.length > LARGEST_SHOWN && typed === "";
  return (
    <Dialog title="Open YAML" onClose={leave} wide>
      <form
        className={over ? "field drop-here" : "field"}
        onSubmit={(event) => void open(event)}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event: DragEvent) => {
          event.preventDefault();
          void take(event.dataTransfer.files[0]);
        }}
      >
        <label htmlFor={id}>YAML</label>
        <textarea
          id={id}
          value={typed}
          spellCheck={false}
          placeholder={large ? `${chosen.name} is ready to be opened.` : "Paste manifests here, or drop a file."}
          aria-invalid={submit.problem !== null}
          aria-describedby={submit.problem === null ? `${id}-hint` : `${id}-problem`}
          onChange={(event) => {
            setRefusal(null);
            setDraft(dialog, event.currentTarget.value);
          }}
        />
        <div className="file-row">
          <label htmlFor={`${id}-file`}>File</label>
          <input
            id={`${id}-file`}
            type="file"
            accept=".yaml,.yml,.json,text/*"
            onChange={(event) => void take(event.currentTarget.files?.[0])}
          />
        </div>
        <p className="hint" id={`${id}-hint`}>
          Ordinary manifests: Nodes, Deployments, Pods, Services. Nothing leaves this browser. The cluster that runs now stays until the new
          one is read.
        </p>
        <ProblemLine id={`${id}-problem`} text={submit.problem} />
        {submit.busy && <Reading done={progress?.done ?? 0} total={progress?.total ?? 0} />}
        <div className="dialog-acts">
          <Button onClick={leave}>Cancel</Button>
          <Button main type="submit" disabled={submit.busy}>
            Open
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Reading({ done, total }: { readonly done: number; readonly total: number }): ReactNode {
  const share = total > 0 ? done / total : null;
  return (
    <p className="reading" role="status">
      <progress aria-label="Reading" {...(share === null ? {} : { value: share, max: 1 })} />
      Reading{share === null ? "" : `, ${Math.round(share * 100)} %`}
    </p>
  );
}
