/** The last request to the API server about an object, stage by stage, as the trace has it. */
import { useMemo, type ReactNode } from "react";
import type { TraceEvent } from "../../../bridge/protocol";
import { showSpan, useCalmApp, usePane } from "../../../store";
import styles from "./object.module.css";

/** Where a request's stages are looked for, back from the shown moment. */
const FURTHEST = 3000;

/** The stages of the last request about an object up to a moment, then its write and who heard of it. */
export function lastRequest(events: readonly TraceEvent[], object: string, at: number): readonly TraceEvent[] {
  let end = events.length - 1;
  while (end >= 0 && (events[end]?.at ?? 0) > at) end -= 1;
  const stop = Math.max(0, end - FURTHEST);
  for (let index = end; index >= stop; index -= 1) {
    const event = events[index];
    if (event?.stage === undefined || event.object !== object) continue;
    return [...stagesBefore(events, index), event, ...written(events.slice(index + 1, end + 1), event)];
  }
  return [];
}

function stagesBefore(events: readonly TraceEvent[], index: number): readonly TraceEvent[] {
  const stages: TraceEvent[] = [];
  let wanted = events[index]?.trigger ?? -1;
  for (let back = index - 1; back >= 0 && wanted >= 0; back -= 1) {
    const event = events[back];
    if (event?.number !== wanted || event.stage === undefined) continue;
    stages.unshift(event);
    wanted = event.stage.name === "authentication" ? -1 : event.trigger;
  }
  return stages;
}

/** The write that the last stage led to, and the first and last that were told of it. */
function written(later: readonly TraceEvent[], stage: TraceEvent): readonly TraceEvent[] {
  const write = later.find((event) => event.trigger === stage.number && event.wrote !== undefined);
  return write === undefined ? [] : [write];
}

/** How many watchers acted on a write, and when the first and the last of them heard of it. */
function fanOut(events: readonly TraceEvent[], { number, at }: TraceEvent, until: number): string {
  const heard = events.filter((event) => event.kind === "watch" && event.trigger === number && event.at <= until);
  const [first, last] = [heard[0], heard.at(-1)];
  if (first === undefined || last === undefined) return "nobody that acts on it has heard of it yet";
  const who = heard.length === 1 ? "one that acts on it hears of it" : `${heard.length} that act on it hear of it`;
  return `${who}, the first after ${showSpan(first.at - at)}, the last after ${showSpan(last.at - at)}`;
}

export function ApiStages({ object }: { readonly object: string }): ReactNode {
  const [open, setOpen] = usePane("object.stages");
  const events = useCalmApp((state) => state.session.trace.events);
  const at = useCalmApp((state) => state.playback.at);
  const stages = useMemo(() => lastRequest(events, object, at), [events, object, at]);
  const write = stages.find((event) => event.wrote !== undefined);
  const told = write === undefined ? "" : fanOut(events, write, at);
  const [first] = stages;
  if (first === undefined) return null;
  const refused = stages.find(({ stage }) => stage?.passed === false);
  const [method = ""] = first.sentence.split(" of ");
  return (
    <details className={styles.stages} open={open !== ""} onToggle={(event) => setOpen(event.currentTarget.open ? "open" : "")}>
      <summary>
        Last {method} through the API server{refused === undefined ? "" : `: refused at ${refused.stage?.name ?? ""}`}
      </summary>
      <ol>
        {stages.map((event) => (
          <li key={event.number} className={event.stage?.passed === false ? styles.refused : undefined}>
            <span>
              <b>{event.stage?.name ?? "etcd"}</b> {didOf(event)}
            </span>
            <span className={styles.after}>+{showSpan(event.at - first.at)}</span>
          </li>
        ))}
        {told === "" ? null : (
          <li>
            <span>
              <b>watch fan-out</b> {told}
            </span>
          </li>
        )}
      </ol>
    </details>
  );
}

/** The clause of a stage without the request's name, which stands above. */
function didOf({ sentence, stage }: TraceEvent): string {
  if (stage === undefined) return sentence;
  const start = sentence.indexOf(`${stage.name}: `);
  return start < 0 ? sentence : sentence.slice(start + stage.name.length + 2).replace(/\.$/, "");
}
