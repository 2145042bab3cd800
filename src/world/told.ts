/** What a handled event says of itself: the part of its record that the handler knows. */
import type { Kind, ObjectRef } from "../cluster/objects";
import { showRef } from "../cluster/objects";
import type { Write } from "../cluster/store-types";
import type { Consumed, TraceEvent } from "./view-types";

/** Lane, object and sentence of an event, and on what it acted. Number, moment and trigger are the loop's. */
export interface Told {
  /** Kind in a word or two, as the transcript has it. */
  readonly kind: string;
  readonly lane: string;
  readonly object: string;
  readonly sentence: string;
  readonly consumed?: readonly Consumed[];
  readonly read?: Readonly<Partial<Record<Kind, number>>>;
  readonly wrote?: Consumed;
  readonly span?: number;
  /** Of a kubelet's event: the stage that its Pod enters. */
  readonly podStage?: string;
  readonly request?: number;
  readonly stage?: NonNullable<TraceEvent["stage"]>;
}

/** Lanes that are no host. */
export const LANE = { you: "you", api: "API server", controllers: "controllers" } as const;

/** A write as something that was taken up. */
export function consumedOf(write: Write): Consumed {
  return { kind: write.kind, name: nameOf(write), revision: write.revision };
}

/** `the deployment controller`; the scheduler is called by its own name. */
export function controllerText(name: string): string {
  return name === "scheduler" ? "the scheduler" : `the ${name} controller`;
}

/** A sentence's first word. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `1 worker`, `3 workers`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `ns/name`, or a bare name where there is no namespace. */
export function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

/** `Kind ns/name`. */
export function objectOf(ref: ObjectRef): string {
  return showRef(ref);
}
