/** Opens a shared moment and checks that it is the same moment here. */
import { problemLine } from "../base/result";
import type { RecordingData } from "../bridge/protocol";
import { readLink } from "../sharing/link";
import type { Anchor, ReadMoment } from "../sharing/schema";
import type { App } from "../store";

/** Opens a link; false where nothing of it could be read: why was said. */
export async function openLink(app: App, hash: string): Promise<boolean> {
  const read = readLink(hash);
  if (read.ok) return openShared(app, read.value);
  app.actions.say("error", `This link cannot be opened: ${problemLine(read.problem)}. This is the start page.`);
  return false;
}

/** Opens what a link or a file held; false where the simulation refused it. */
async function openShared(app: App, { moment, remarks }: ReadMoment): Promise<boolean> {
  const { actions } = app;
  const { recording, anchor } = moment;
  const opened = await actions.open(recording, anchor === null ? undefined : { at: anchor.at, event: anchor.event });
  if (!opened.ok) {
    actions.say("error", `This link cannot be opened: ${problemLine(opened.problem)}. This is the start page.`);
    return false;
  }
  for (const sentence of [...remarks, ...opened.value]) actions.say("notice", sentence);
  if (anchor === null) return true;
  if (!(await isSameModel(app, recording))) actions.seek(anchor.at);
  standAt(app, anchor);
  return true;
}

/** Another version of the model numbers its events otherwise: then the nearest moment of cluster time is shown. */
async function isSameModel({ actions }: App, { behaviour }: RecordingData): Promise<boolean> {
  const answer = await actions.ask({ ask: "recording" });
  return answer.ok && answer.value.to === "recording" && answer.value.recording.behaviour === behaviour;
}

/** Follows what was followed, at its hop, and says so where the state is another than it was. */
function standAt({ store, actions }: App, anchor: Anchor): void {
  if (anchor.followed !== null) actions.followAt(anchor.followed, anchor.hop);
  if (anchor.shown !== undefined) actions.showAgain(anchor.shown);
  const stop = store.subscribe(({ session }) => {
    const moment = session.moment;
    if (moment === null || moment.stateHash === "" || moment.stamp.event !== anchor.event) return;
    stop();
    if (anchor.hash === "" || moment.stateHash.startsWith(anchor.hash)) return;
    actions.say("notice", `The model has changed since this link was made: ${anchor.object} at this moment is another than it was then.`);
  });
}
