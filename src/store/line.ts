/** The line to the simulation: gives messages their ids and ties answers to questions. */
import type { FromWorker, ToWorker, Transport } from "../bridge/protocol";

type WithoutId<T> = T extends { readonly type: "cancel" } ? never : T extends ToWorker ? Omit<T, "id"> : never;

/** A message before it has its id. */
export type Message = WithoutId<ToWorker>;

/** What ends a question: its answer, or why there is none. */
export type Reply = Extract<FromWorker, { type: "opened" | "done" | "refused" | "parsed" | "answer" | "failed" }>;

export class Line {
  private transport: Transport;
  private lastId = 0;
  private readonly waiting = new Map<number, (reply: Reply) => void>();

  constructor(
    private readonly connect: () => Transport,
    private readonly receive: (message: FromWorker, wasAsked: boolean) => void,
  ) {
    this.transport = this.join();
  }

  /** Says something; the id names it in what comes back. */
  post(message: Message): number {
    const id = (this.lastId += 1);
    this.transport.post(withId(message, id));
    return id;
  }

  /** Stops the work of an earlier message. */
  cancel(id: number): void {
    this.transport.post({ type: "cancel", id });
  }

  /** Asks something and waits for the one reply. */
  ask(message: Message): { readonly id: number; readonly reply: Promise<Reply> } {
    const id = (this.lastId += 1);
    const reply = new Promise<Reply>((resolve) => this.waiting.set(id, resolve));
    this.transport.post(withId(message, id));
    return { id, reply };
  }

  /** Leaves a simulation that failed and joins a new one. */
  reconnect(): void {
    this.transport.close();
    this.waiting.clear();
    this.transport = this.join();
  }

  close(): void {
    this.transport.close();
  }

  private join(): Transport {
    const transport = this.connect();
    transport.listen((message) => {
      if (transport === this.transport || this.transport === undefined) this.take(message);
    });
    return transport;
  }

  private take(message: FromWorker): void {
    const waiting = "id" in message ? this.waiting.get(message.id) : undefined;
    this.receive(message, waiting !== undefined);
    if (waiting === undefined || !isReply(message)) return;
    this.waiting.delete(message.id);
    waiting(message);
  }
}

function isReply(message: FromWorker): message is Reply {
  return message.type !== "progress" && message.type !== "moment" && message.type !== "trace";
}

function withId(message: Message, id: number): ToWorker {
  return { ...message, id };
}
