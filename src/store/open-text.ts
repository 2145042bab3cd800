/** Opens a text: a cluster's manifests, or a recording that "Share" wrote to a file. */
import type { Result } from "../base/result";
import { isFile, readFile } from "../sharing/file";
import type { App } from "./app-store";

export async function openText(
  { actions }: App,
  { name, text }: { readonly name: string; readonly text: string },
): Promise<Result<unknown>> {
  if (!isFile(text))
    return finish(actions, await actions.open({ source: { kind: "file", name, text }, seed: 1, behaviour: 2, journal: [] }));
  const read = readFile(text);
  if (!read.ok) return read;
  const { recording, anchor } = read.value.moment;
  const opened = await actions.open(recording, anchor === null ? undefined : { at: anchor.at, event: anchor.event });
  if (opened.ok && anchor?.followed != null) actions.followAt(anchor.followed, anchor.hop);
  if (opened.ok && anchor?.shown !== undefined) actions.showAgain(anchor.shown);
  for (const remark of read.value.remarks) actions.say("notice", remark);
  return finish(actions, opened);
}

function finish(actions: App["actions"], opened: Result<readonly string[]>): Result<unknown> {
  if (opened.ok) for (const warning of opened.value) actions.say("notice", warning);
  return opened;
}
