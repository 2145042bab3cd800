/**
 * What page and worker say to each other. Types only. The page owns the playhead (what is shown), the worker the head
 * (what is computed). The page says what it looks at; the worker sends only that, at most once a frame.
 * Ownership: `look` is latest-wins (a newer one voids an older one that is still being worked on); every `command` is
 * answered by exactly one `done` or `refused`; `ask` by exactly one `answer`.
 */
import type { Problem, Result } from "../base/result";
import type { ObjectRef } from "../cluster/objects";
import type { Command, JournalEntry } from "../world/command";
import type { ResolveAnswer, ResolveQuestion } from "../world/view-types/resolve";
import type {
  CaptureView,
  CausesView,
  LabView,
  ControlsView,
  CostView,
  FlightView,
  JourneyView,
  Looking,
  MessageView,
  MomentView,
  RulesView,
  SpreadQuestion,
  SpreadView,
  ThreeModesQuestion,
  ThreeModesView,
  TriedView,
  SyncView,
  TraceEvent,
} from "../world/view-types";

export type { ClientKind, Command, JournalEntry } from "../world/command";
export type { ObjectRef } from "../cluster/objects";
export type { ConntrackShow, TupleShow } from "../node/kernel/conntrack/show-types";
export type * from "../world/view-types";

/** Where a world comes from. */
export type Source =
  | { readonly kind: "scenario"; readonly id: string }
  | { readonly kind: "file"; readonly name: string; readonly text: string };

/** A whole recording as data: what a link carries. */
export interface RecordingData {
  readonly source: Source;
  readonly seed: number;
  /** Version of the model's behaviour; equal versions give equal hashes. */
  readonly behaviour: number;
  readonly journal: readonly JournalEntry[];
}

/** A branch of time: the one that runs, and those kept when somebody acted in the past. */
export interface BranchView {
  readonly id: string;
  /** `main`, `before scaling your-app at 00:04.310` … */
  readonly name: string;
  readonly head: number;
  readonly events: number;
  readonly current: boolean;
}

/** Page to worker. `id` ties answers to questions. */
export type ToWorker =
  | {
      readonly type: "open";
      readonly id: number;
      readonly recording: RecordingData;
      readonly seekTo?: { readonly event: number; readonly at: number };
    }
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "look"; readonly id: number; readonly looking: Looking }
  /** Takes effect at `at` (the playhead). `shownUntil`: the latest moment that was shown, decides whether this forks. */
  | {
      readonly type: "command";
      readonly id: number;
      readonly at: number;
      readonly event: number;
      readonly shownUntil: number;
      readonly command: Command;
      readonly replaces?: string;
    }
  /** `shownUntil`: the latest moment that was shown of the branch that is left. */
  | { readonly type: "branch"; readonly id: number; readonly to: string; readonly shownUntil: number }
  /** Text of manifests to commands (page forms): parsed and checked in the worker. */
  | { readonly type: "parse"; readonly id: number; readonly name: string; readonly text: string }
  | { readonly type: "ask"; readonly id: number; readonly question: Question };

/** Questions with one answer. */
export type Question =
  | { readonly ask: "recording" }
  | { readonly ask: "event"; readonly number: number }
  /** The nearest event before or after one, for stepping by events of the whole cluster. */
  | { readonly ask: "events"; readonly from: number; readonly count: number }
  | { readonly ask: "object"; readonly ref: ObjectRef }
  /** What the API server would answer to a command, stage by stage: `--dry-run=server`. */
  | { readonly ask: "try"; readonly command: Command }
  /** Where an event comes from and what it led to, as far as the run is computed. */
  | { readonly ask: "causes"; readonly event: number }
  /** Frames of a request on every interface they pass, as far as they are computed. */
  | { readonly ask: "capture"; readonly request: number }
  /** When a node got other rules, as far as it is computed. */
  | { readonly ask: "syncs"; readonly node: string }
  /** The rules of a node as they stood after an event. */
  | { readonly ask: "rules"; readonly node: string; readonly event: number }
  /** Frames of everything between two moments, as far as they are computed; the answer is a capture. */
  | { readonly ask: "stretch"; readonly from: number; readonly to: number }
  /** The network at the shown moment, to be built of Linux network namespaces. */
  | { readonly ask: "lab" }
  /** How the rules of a node spread new connections over a Service's endpoints. Nothing of it happens in the run. */
  | ({ readonly ask: "spread" } & SpreadQuestion)
  /** How many rules a first packet meets, over the number of Services, in the three modes. */
  | { readonly ask: "cost" }
  /** One packet in the three modes of kube-proxy, over copies of the cluster. Nothing of it happens in the run. */
  | ({ readonly ask: "three-modes" } & ThreeModesQuestion)
  /** A name, as a Pod's resolver would look it up at the shown moment. Nothing of it happens in the run. */
  | ({ readonly ask: "resolve" } & ResolveQuestion)
  /** A DNS message from its bytes, two hexadecimal digits each. */
  | { readonly ask: "message"; readonly wire: string };

/** Worker to page. */
export type FromWorker =
  | {
      readonly type: "opened";
      readonly id: number;
      readonly title: string;
      readonly warnings: readonly string[];
      readonly controls: ControlsView;
    }
  | { readonly type: "progress"; readonly id: number; readonly done: number; readonly total: number; readonly what: string }
  /** `journeyKey` names what `journey` holds; where the page has that key already (`Looking.journeyKey`), `journey` is null and the page keeps its own. */
  | {
      readonly type: "moment";
      readonly id: number;
      readonly moment: MomentView;
      readonly journey: JourneyView | null;
      readonly journeyKey: string;
      readonly branches: readonly BranchView[];
      readonly head: number;
      readonly headEvent: number;
    }
  /** Trace of [from, to): recorded events and flights, for timeline and canvas. Replaces what the page had from `from` on. */
  | {
      readonly type: "trace";
      readonly branch: string;
      readonly from: number;
      readonly to: number;
      readonly events: readonly TraceEvent[];
      readonly flights: readonly FlightView[];
    }
  | {
      readonly type: "done";
      readonly id: number;
      readonly branch: string;
      readonly notice: string;
      readonly event: number;
      readonly at: number;
    }
  | { readonly type: "refused"; readonly id: number; readonly problem: Problem }
  | { readonly type: "parsed"; readonly id: number; readonly objects: readonly unknown[]; readonly warnings: readonly string[] }
  | { readonly type: "answer"; readonly id: number; readonly answer: Answer }
  | { readonly type: "failed"; readonly id: number; readonly problem: Problem };

/** Answers to questions. */
export type Answer =
  | { readonly to: "recording"; readonly recording: RecordingData }
  | { readonly to: "event"; readonly event: TraceEvent | null }
  | { readonly to: "events"; readonly events: readonly TraceEvent[] }
  | { readonly to: "object"; readonly yaml: string }
  | { readonly to: "try"; readonly tried: readonly TriedView[] }
  /** null where there is no such event. */
  | { readonly to: "causes"; readonly causes: CausesView | null }
  /** null where there is no such request. */
  | { readonly to: "capture"; readonly capture: CaptureView | null }
  /** The oldest first. */
  | { readonly to: "syncs"; readonly syncs: readonly SyncView[] }
  /** null where there was no such node. */
  | { readonly to: "rules"; readonly rules: RulesView | null }
  /** A Problem where it cannot be built. */
  | { readonly to: "lab"; readonly lab: Result<LabView> }
  | { readonly to: "spread"; readonly spread: Result<SpreadView> }
  | { readonly to: "cost"; readonly cost: CostView }
  | { readonly to: "three-modes"; readonly compared: Result<ThreeModesView> }
  /** The queries and how it ended; a Problem where there is no such Pod. */
  | { readonly to: "resolve"; readonly resolved: Result<ResolveAnswer> }
  | { readonly to: "message"; readonly message: Result<MessageView> };

/** A line to the simulation: the worker's, or the in-process twin's. Both speak the same messages. */
export interface Transport {
  post(message: ToWorker): void;
  listen(receive: (message: FromWorker) => void): void;
  close(): void;
}
