/** Plays a lookup against servers described in words, and writes down what happened, a line a query. */
import { simTime } from "../../../../src/engine/time";
import type { Message, ResourceRecord } from "../../../../src/dns/message/types";
import { makeReply } from "../../../../src/dns/message/types";
import { nextSteps, startLookup } from "../../../../src/dns/resolver/glibc";
import type { LookupRequest, LookupState } from "../../../../src/dns/resolver/glibc";
import type { LookupInput, LookupSend, LookupStep } from "../../../../src/dns/resolver/lookup";
import { nextMuslSteps, startMuslLookup } from "../../../../src/dns/resolver/musl";
import type { MuslState } from "../../../../src/dns/resolver/musl";

/** What a server says to a query: an address, a word, or nothing ("lost"). */
export type Says = (send: LookupSend, query: { readonly name: string; readonly type: string; readonly nth: number }) => string;

/** An answer in a word. */
export function replyOf(query: Message, says: string): Message {
  const [question] = query.questions;
  const name = question?.name ?? "";
  if (says === "NODATA") return makeReply(query, {});
  if (says === "TC") return makeReply(query, { truncated: true });
  if (says === "NXDOMAIN" || says === "SERVFAIL" || says === "REFUSED" || says === "NOTIMP") return makeReply(query, { rcode: says });
  const answer: ResourceRecord = says.includes(":")
    ? { type: "AAAA", name, ttl: 5, address: says }
    : { type: "A", name, ttl: 5, address: says };
  return makeReply(query, { answers: [answer] });
}

interface Played<State> {
  /** `seconds server/transport#socket TYPE name → answer`, and the outcome as the last line. */
  readonly lines: readonly string[];
  readonly state: State;
}

/** Answers arrive at once and in order; a lost one makes the timer run. `refused` is an ICMP error. */
function play<State>(
  first: LookupStep<State>,
  next: (state: State, input: LookupInput, now: number) => LookupStep<State>,
  says: Says,
): Played<State> {
  const lines: string[] = [];
  const inbox: LookupInput[] = [];
  let step = first;
  let now = 0;
  let timer = 0;
  for (let turn = 0; turn < 300; turn += 1) {
    if (step.timeout !== undefined) timer = now + step.timeout;
    for (const send of step.send) {
      const [question] = send.message.questions;
      const word = says(send, { name: question?.name ?? "", type: question?.type ?? "", nth: lines.length });
      lines.push(`${now / 1_000_000}s ${send.server}/${send.transport}#${send.socket} ${question?.type} ${question?.name} → ${word}`);
      if (word === "refused") inbox.push({ kind: "error" });
      else if (word !== "lost") inbox.push({ kind: "answer", message: replyOf(send.message, word), server: send.server });
    }
    if (step.done !== undefined) break;
    const input = inbox.shift();
    if (input === undefined) now = timer;
    step = next(step.state, input ?? { kind: "timeout" }, now);
  }
  const { done } = step;
  const outcome =
    done === undefined
      ? "no end"
      : done.kind === "found"
        ? `${now / 1_000_000}s found ${done.name} ${done.addresses.join(" ")}`
        : `${now / 1_000_000}s ${done.error}`;
  return { lines: [...lines, outcome], state: step.state };
}

/** A lookup by glibc. */
export function playGlibc(request: LookupRequest, says: Says): Played<LookupState> {
  return play(startLookup(request), (state, input) => nextSteps(state, input), says);
}

/** A lookup by musl. */
export function playMusl(request: Pick<LookupRequest, "conf" | "name" | "hosts">, says: Says): Played<MuslState> {
  return play(startMuslLookup(request), (state, input, now) => nextMuslSteps(state, input, simTime(now)), says);
}
