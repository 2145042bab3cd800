/** Collects the hops of one request's packets, with the rules that were in force. Beside the state, never part of it. */
import type { Hop } from "../../node/kernel/hop";
import type { Observer } from "../kernel-context";
import type { HostRules } from "../rulesets";

/** One hop as it was seen. */
export interface SeenHop {
  readonly hop: Hop;
  readonly journey: string;
  readonly event: number;
  /** The node on which its namespace stands. */
  readonly node: string;
  readonly rules: HostRules | null;
}

/** What an observer looks at: one request, or every packet there is. */
export type Watched = number | "everything";

/** Watches one request, or everything. */
export class JourneyObserver implements Observer {
  private seen: SeenHop[] = [];

  constructor(
    private readonly watched: Watched,
    private readonly event: () => number,
    private readonly nodeOf: (host: string) => string,
  ) {}

  /** Whether a journey belongs to what is watched. */
  wants(journey: string): boolean {
    return this.watched === "everything" || journey.startsWith(`request ${this.watched} `);
  }

  /** Keeps a hop. */
  see(hop: Hop, journey: string, rules: HostRules | null): void {
    this.seen.push({ hop, journey, event: this.event(), node: this.nodeOf(hop.host), rules });
  }

  /** What was seen, in the order of seeing. */
  get hops(): readonly SeenHop[] {
    return this.seen;
  }

  /** Forgets what comes after an event count: the world went back. */
  forget(events: number): void {
    this.seen = this.seen.filter((one) => one.event < events);
  }
}
