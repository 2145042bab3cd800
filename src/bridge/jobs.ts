/**
 * The order in which a session works. One job at a time, in slices; a newer look voids older ones, and anything else
 * that comes while a look is worked on goes first, since a look can be done again.
 */

/** Work of one message. A generator, so that it can be stopped between two steps. */
export interface Job {
  readonly id: number;
  readonly kind: "open" | "look" | "command" | "branch" | "parse" | "ask";
  run(): Generator<unknown, void, void>;
}

/** What a queue runs with. */
export interface JobsOptions {
  readonly later: (task: () => void) => void;
  /** Milliseconds of any clock. */
  readonly clock: () => number;
  /** How long a slice lasts, milliseconds. */
  readonly slice: number;
  /** A job threw: our mistake. */
  readonly failed: (job: Job, error: unknown) => void;
  /** Called between two slices of a job. */
  readonly progress: (job: Job, value: unknown) => void;
}

/** Jobs waiting and the one being worked on. */
export class Jobs {
  private waiting: Job[] = [];
  private current: { readonly job: Job; readonly work: Generator<unknown, void, void> } | null = null;
  private isAwake = false;

  constructor(private readonly options: JobsOptions) {}

  /** Adds a job. */
  add(job: Job): void {
    if (job.kind === "look") this.dropLooks();
    else this.setLookAside();
    const firstLook = this.waiting.findIndex((one) => one.kind === "look");
    if (job.kind === "look" || firstLook < 0) this.waiting.push(job);
    else this.waiting.splice(firstLook, 0, job);
    this.wake();
  }

  private dropLooks(): void {
    this.waiting = this.waiting.filter((job) => job.kind !== "look");
    if (this.current?.job.kind === "look") this.current = null;
  }

  private setLookAside(): void {
    if (this.current?.job.kind !== "look") return;
    this.waiting.push(this.current.job);
    this.current = null;
  }

  /** Stops a job; a command that has begun is carried through. True where one was stopped. */
  cancel(id: number): boolean {
    const before = this.waiting.length;
    this.waiting = this.waiting.filter((job) => job.id !== id);
    const current = this.current?.job;
    if (current?.id !== id || current.kind === "command" || current.kind === "branch") return this.waiting.length < before;
    this.current = null;
    return true;
  }

  /** Stops everything. */
  clear(): void {
    this.waiting = [];
    this.current = null;
  }

  private wake(): void {
    if (this.isAwake) return;
    this.isAwake = true;
    this.options.later(() => this.turn());
  }

  private turn(): void {
    this.isAwake = false;
    const end = this.options.clock() + this.options.slice;
    while (this.options.clock() < end) {
      if (!this.begin()) return;
      this.work(end);
    }
    this.wake();
  }

  private begin(): boolean {
    if (this.current !== null) return true;
    const job = this.waiting.shift();
    if (job === undefined) return false;
    this.current = { job, work: job.run() };
    return true;
  }

  private work(end: number): void {
    const { current } = this;
    if (current === null) return;
    try {
      for (;;) {
        const turn = current.work.next();
        if (this.current !== current) return;
        if (turn.done === true) {
          this.current = null;
          return;
        }
        if (this.options.clock() < end) continue;
        this.options.progress(current.job, turn.value);
        return;
      }
    } catch (error) {
      if (this.current === current) this.current = null;
      this.options.failed(current.job, error);
    }
  }
}
