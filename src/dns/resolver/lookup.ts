/**
 * What every stub resolver has in common here: a lookup is plain data that moves on by inputs.
 * Whoever drives it owns sockets and timers: it sends what a step says, arms one timer, feeds back what comes.
 */
import type { Micros } from "../../engine/time";
import { readAddress } from "../message/ipv6";
import { absolute, sameName } from "../message/name";
import type { Message, Rcode } from "../message/types";

/** Address types that getaddrinfo asks for. */
export type AddressType = "A" | "AAAA";

/** One message to send. */
export interface LookupSend {
  /** Server address; the port is 53. */
  readonly server: string;
  readonly message: Message;
  readonly transport: "udp" | "tcp";
  /** Sends with the same number leave one socket. */
  readonly socket: number;
}

/** What can happen to a lookup. */
export type LookupInput =
  | { readonly kind: "answer"; readonly message: Message; readonly server?: string }
  /** The timer of the last step that set one ran out. */
  | { readonly kind: "timeout" }
  /** The server's host refused (ICMP port unreachable, RST). */
  | { readonly kind: "error" };

/** getaddrinfo's errors (netdb.h). */
export type GaiError = "EAI_NONAME" | "EAI_NODATA" | "EAI_AGAIN" | "EAI_FAIL";

/** How a lookup ended. `name` is the name that was found, absolute. */
export type LookupDone =
  | { readonly kind: "found"; readonly name: string; readonly addresses: readonly string[] }
  | { readonly kind: "failed"; readonly error: GaiError };

/** One query that left, and what became of it. */
export interface AskedQuery {
  readonly id: number;
  readonly name: string;
  readonly type: AddressType;
  readonly server: string;
  readonly transport: "udp" | "tcp";
  /** "" while nothing came. NODATA is said in words by `outcomeOf`. */
  readonly outcome: Outcome | "" | "timeout" | "refused";
}

/** What an answer says, NODATA told apart from data. */
export type Outcome = "data" | "NODATA" | Exclude<Rcode, "NOERROR">;

/** One step: the new state, what to send, when to come back, and the end where it is reached. */
export interface LookupStep<State> {
  readonly state: State;
  readonly send: readonly LookupSend[];
  /** Replaces the running timer; absent = the running timer goes on. */
  readonly timeout?: Micros;
  readonly done?: LookupDone;
}

/** A line of /etc/hosts. */
export interface HostsEntry {
  readonly address: string;
  readonly names: readonly string[];
}

/** What a reply says: `data` where the answer section has anything at all. */
export function outcomeOf(message: Message): Outcome {
  if (message.rcode !== "NOERROR") return message.rcode;
  return message.answers.length > 0 ? "data" : "NODATA";
}

/** Addresses of a reply, in its order. */
export function addressesOf(message: Message | undefined): readonly string[] {
  const addresses: string[] = [];
  for (const record of message?.answers ?? []) {
    if (record.type === "A" || record.type === "AAAA") addresses.push(record.address);
  }
  return addresses;
}

/** The answer that needs no query: an address literal, or a name of /etc/hosts (nsswitch: files before dns). */
export function answerWithoutDns(name: string, hosts: readonly HostsEntry[]): LookupDone | undefined {
  const literal = readAddress(name);
  if (literal !== undefined) return { kind: "found", name, addresses: [literal.address] };
  const lines = hosts.filter((line) => line.names.some((alias) => sameName(absolute(alias), absolute(name))));
  return lines.length === 0 ? undefined : { kind: "found", name, addresses: lines.map((line) => line.address) };
}

/** Dots inside a name, a trailing one not counted. */
export function dotsIn(name: string): number {
  return name.replace(/\.$/, "").split(".").length - 1;
}

/** `name` under a search domain; "." and "" are the root. */
export function underDomain(name: string, domain: string): string {
  return domain === "." || domain === "" ? absolute(name) : `${name}.${absolute(domain)}`;
}

/** What getaddrinfo's caller prints (gai_strerror of glibc). */
export function gaiText(error: GaiError): string {
  const texts: Readonly<Record<GaiError, string>> = {
    EAI_NONAME: "Name or service not known",
    EAI_NODATA: "No address associated with hostname",
    EAI_AGAIN: "Temporary failure in name resolution",
    EAI_FAIL: "Non-recoverable failure in name resolution",
  };
  return texts[error];
}

/** Marks the last query with this id: one that is sent again keeps its own. */
export function markAsked(asked: readonly AskedQuery[], id: number, outcome: AskedQuery["outcome"]): readonly AskedQuery[] {
  const last = asked.findLastIndex((query) => query.id === id);
  return asked.map((query, index) => (index === last ? { ...query, outcome } : query));
}
