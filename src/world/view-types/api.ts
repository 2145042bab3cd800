/** Objects with their revisions, requests that are tried, and the causes of events. */
import type { ApiStage } from "../../cluster/api-server";
import type { ObjectRef } from "../../cluster/objects";
import type { TraceEvent } from "../view-types";

/** One rung of a ladder of causes. */
export interface CauseStep {
  readonly event: TraceEvent;
  /** The event that it follows from, -1 for the first. */
  readonly from: number;
  /** How many rungs it is away from the first. */
  readonly depth: number;
  /** It was scheduled by it, or took up what it wrote. */
  readonly by: "trigger" | "revision";
}

/** Where an event comes from and what it led to. */
export interface CausesView {
  readonly event: TraceEvent;
  /** The command that began it; null where nobody's command did. */
  readonly began: number | null;
  /** From the beginning to the event, without it. */
  readonly back: readonly CauseStep[];
  readonly effects: readonly CauseStep[];
  /** Effects that are not listed. */
  readonly more: number;
}

/** One request to the API server that was tried without being made. */
export interface TriedView {
  /** `POST of Service shop/web` */
  readonly request: string;
  readonly passed: readonly { readonly stage: ApiStage; readonly did: string }[];
  /** What refuses it, as kubectl prints it; null where nothing does. */
  readonly refused: { readonly stage: ApiStage; readonly text: string } | null;
}

/** One write of an object. */
export interface ObjectRevision {
  readonly revision: number;
  readonly at: number;
  readonly event: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
}

/** One object as `kubectl get -o yaml` prints it. */
export interface ObjectView {
  readonly ref: ObjectRef;
  readonly yaml: string;
  readonly revision: number;
  readonly exists: boolean;
  /** Its text at the revision before; "" where there is none. */
  readonly before: string;
  /** Its last writes, the newest first. */
  readonly revisions: readonly ObjectRevision[];
}
