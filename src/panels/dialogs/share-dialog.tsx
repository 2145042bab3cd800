/** A link to this moment: shown, copied, and set as the address. Where it would be too long a file takes its place. */
import { useEffect, useId, useState, type ReactNode } from "react";
import { useApp, useAppItself } from "../../store";
import { FILE_NAME, LONGEST_LINK, makeFile, makeLink, sharedMoment, type SharedMoment } from "../../store/sharing";
import { Button } from "../../widgets/button";
import { Dialog } from "../../widgets/dialog";
import { download } from "../download";
import { ProblemLine } from "./problem";

interface Made {
  readonly moment: SharedMoment;
  readonly hash: string;
  readonly link: string;
}

export function ShareDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const id = useId();
  const app = useAppItself();
  const [copied, setCopied] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const isComplete = useApp((state) => (state.session.moment?.stateHash ?? "") !== "");

  useEffect(() => {
    if (!isComplete) return;
    let current = true;
    void make(app).then((result) => {
      if (!current) return;
      if (typeof result === "string") return setProblem(result);
      setMade(result);
      if (result.hash.length > LONGEST_LINK) return;
      history.replaceState(null, "", result.hash);
      void copy(result.link).then(setCopied);
    });
    return () => {
      current = false;
    };
  }, [app, isComplete]);

  async function copyAgain(link: string): Promise<void> {
    const done = await copy(link);
    setCopied(done);
    setProblem(done ? null : "The browser does not let a page copy. Select the link and copy it by hand.");
  }

  const tooLong = made !== null && made.hash.length > LONGEST_LINK;
  return (
    <Dialog title="Share this moment" onClose={onClose}>
      {tooLong ? (
        <TooLong made={made} />
      ) : (
        <div className="field">
          <label htmlFor={id}>Link</label>
          <textarea
            id={id}
            className="share-link"
            readOnly
            rows={5}
            value={made?.link ?? ""}
            onFocus={(event) => event.currentTarget.select()}
          />
          <p className="hint">It opens at the same event, with the same state, and holds all that was done. Nothing is sent anywhere.</p>
        </div>
      )}
      <ProblemLine id={`${id}-problem`} text={problem} />
      <p role="status">{copied ? "The link is copied, and stands in the address bar." : ""}</p>
      <div className="dialog-acts">
        {made !== null && !tooLong && <Button onClick={() => void copyAgain(made.link)}>Copy</Button>}
        <Button main onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  );
}

function TooLong({ made }: { readonly made: Made }): ReactNode {
  return (
    <>
      <p>
        As a link this recording would be {made.hash.length.toLocaleString("en")} characters long, more than most places take (
        {LONGEST_LINK.toLocaleString("en")}), since it carries your cluster's file. Share it as a file: “Open YAML” opens it at this moment.
      </p>
      <div>
        <Button onClick={() => download({ name: FILE_NAME, type: "application/json", content: makeFile(made.moment) })}>
          Download {FILE_NAME}
        </Button>
      </div>
    </>
  );
}

async function make(app: ReturnType<typeof useAppItself>): Promise<Made | string> {
  const moment = await sharedMoment(app);
  if (!moment.ok) return moment.problem.message;
  const hash = makeLink(moment.value);
  return { moment: moment.value, hash, link: `${location.href.split("#")[0] ?? ""}${hash}` };
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
