/** A branch of time: its commands, its trace and its checkpoints. */
import type { SimTime } from "../engine/time";
import { START } from "../engine/time";
import { gerundOfDnsSetting } from "../world/dns-settings";
import { gerundOfDisturbance } from "../world/fault-words";
import type { Command, JournalEntry } from "../world/command";
import type { Mark } from "./checkpoints";
import { Checkpoints } from "./checkpoints";
import { Trace } from "./trace";

/** A command in the journal. Commands with one `key` at one moment replace each other (a slider that is dragged). */
export interface Entry extends JournalEntry {
  readonly key?: string;
}

/** One branch. `computedTo`: everything up to this moment is in the trace. */
export class Branch {
  computedTo: SimTime = START;
  readonly trace: Trace;
  readonly checkpoints: Checkpoints;

  constructor(
    readonly id: string,
    public name: string,
    public journal: readonly Entry[],
    kept: { readonly trace: Trace; readonly checkpoints: Checkpoints },
  ) {
    this.trace = kept.trace;
    this.checkpoints = kept.checkpoints;
  }

  /** A branch at the start of a run. */
  static begin(start: Mark, journal: readonly JournalEntry[]): Branch {
    return new Branch("b1", "main", journal.slice(), { trace: new Trace(), checkpoints: new Checkpoints(start) });
  }

  /** A branch that is the same so far. */
  fork(id: string): Branch {
    const copy = new Branch(id, this.name, this.journal, { trace: this.trace.copy(), checkpoints: this.checkpoints.copy() });
    copy.computedTo = this.computedTo;
    return copy;
  }

  /** Forgets what was computed beyond a moment. Its commands stay, so that going on computes the same again. */
  cut(at: SimTime): void {
    if (at >= this.computedTo) return;
    const events = (this.trace.lastBefore(at)?.number ?? -1) + 1;
    this.trace.truncate(events);
    this.checkpoints.truncate(events, this.journal.filter((entry) => entry.at <= at).length);
    this.computedTo = at;
  }
}

/** What a command does, for a branch's name: `scaling your-app`. */
export function gerund(command: Command): string {
  const name = "name" in command ? command.name.slice(command.name.indexOf("/") + 1) : "";
  switch (command.do) {
    case "scale":
      return `scaling ${name}`;
    case "roll-out":
      return `rolling out ${name}`;
    case "roll-back":
      return `rolling back ${name}`;
    case "pause-rollout":
      return `pausing the rollout of ${name}`;
    case "resume-rollout":
      return `resuming the rollout of ${name}`;
    case "strategy":
      return `changing how ${name} rolls out`;
    case "delete":
      return `deleting ${name}`;
    case "relabel":
      return `relabelling ${name}`;
    case "select":
      return `changing the selector of ${name}`;
    case "create":
      return `creating ${command.object.metadata.name}`;
    case "apply":
      return `applying ${command.objects.length} objects`;
    case "request":
      return "sending a request";
    case "lookup":
      return `looking up ${command.name}`;
    case "corefile":
    case "node-local-dns":
      return gerundOfDnsSetting(command);
    case "traffic":
      return `setting ${command.perSecond} requests a second`;
    case "client":
      return `choosing the ${command.client} client`;
    case "proxy-mode":
      return `choosing ${command.mode} mode`;
    case "user":
      return `asking as ${command.user}`;
    case "nodes":
      return `setting ${command.count} nodes`;
    default:
      return gerundOfDisturbance(command);
  }
}
