/** What a Pod's stub resolver does with a name: every query that it sends, in order, and the outcome. */
import type { Result } from "../../base/result";
import { ok } from "../../base/result";
import { after, seconds, START } from "../../engine/time";
import type { SimTime } from "../../engine/time";
import type { Message } from "../../dns/message/types";
import { decodeMessage } from "../../dns/message/wire";
import { nextSteps, startLookup } from "../../dns/resolver/glibc";
import type { LookupDone, LookupInput, LookupSend, LookupStep } from "../../dns/resolver/lookup";
import { addressesOf, gaiText } from "../../dns/resolver/lookup";
import { nextMuslSteps, startMuslLookup } from "../../dns/resolver/musl";
import type { ResolverFiles } from "../../dns/resolver/conf-file";
import { DnsCache } from "../../dns/server/cache-store";
import { replyBytes } from "../../dns/server/chain";
import { NODE_CACHE_ADDRESS } from "../../node/agents/node-cache-rules";
import { resolvConfOf, resolverFilesOf } from "../machines";
import { askCoredns, askOutside } from "./dns";
import { findPod } from "./names";
import type { Settled } from "./settled";
import type { AskedName, ResolveAnswer, ResolveQuestion } from "./types";

/** A look-up that was driven to its end. */
export interface Looked {
  readonly done: LookupDone;
  readonly queries: readonly AskedName[];
}

/** Answers `resolve`. */
export function answerResolve({ from, name, libc }: ResolveQuestion, settled: Settled): Result<ResolveAnswer> {
  const pod = findPod(settled.sim.state, from, "from");
  if (!pod.ok) return pod;
  const { text, warnings } = resolvConfOf(settled.sim.state, pod.value);
  const conf = resolverFilesOf(settled.sim.state, pod.value);
  const { done, queries } = lookUp(settled, { conf, name, libc });
  const found = done.kind === "found" ? done.addresses : [];
  return ok({
    do: "resolve",
    result: done.kind === "found" ? (found[0] ?? "") : done.error,
    ...(done.kind === "found" ? { addresses: found } : { said: gaiText(done.error) }),
    queries,
    resolvConf: text,
    warnings: [...settled.warnings, ...warnings],
  });
}

/** Drives a look-up, with servers that answer at once: the cluster's DNS, or the world outside. */
export function lookUp(
  settled: Settled,
  { conf, name, libc }: { readonly conf: ResolverFiles; readonly name: string; readonly libc: "glibc" | "musl" },
): Looked {
  const servers = new Servers(settled);
  const { seed } = settled;
  if (libc === "musl") return drive(startMuslLookup({ conf, name, seed }), nextMuslSteps, servers);
  return drive(startLookup({ conf, name, seed }), nextSteps, servers);
}

class Servers {
  readonly queries: AskedName[] = [];
  private readonly cache = new DnsCache();
  private readonly clusterDns: string;

  constructor(private readonly settled: Settled) {
    const { state } = settled.sim;
    this.clusterDns = state.store.latest().get("Service", "kube-system", "kube-dns")?.spec.clusterIP ?? "10.96.0.10";
  }

  /** The answer as it comes over the wire; what does not fit into a datagram comes truncated. */
  answer({ server, message, transport }: LookupSend): Message | null {
    const { reply } =
      server === this.clusterDns || server === NODE_CACHE_ADDRESS
        ? askCoredns(this.settled, message, this.cache)
        : askOutside(this.settled, message);
    const read = decodeMessage(replyBytes(message, reply, transport));
    const [question] = message.questions;
    const heard = read.ok ? read.value : null;
    this.queries.push({
      name: question?.name ?? ".",
      type: question?.type ?? "A",
      rcode: heard?.rcode ?? "SERVFAIL",
      server,
      answers: addressesOf(heard ?? undefined),
      ...(transport === "tcp" ? { transport } : {}),
      ...(heard?.flags.truncated === true ? { tc: true } : {}),
    });
    return heard;
  }
}

/** Most queries of one look-up; more is our mistake. */
const MOST = 500;

function drive<State>(
  first: LookupStep<State>,
  next: (state: State, input: LookupInput, now?: SimTime) => LookupStep<State>,
  servers: Servers,
): Looked {
  let step = first;
  let now = START;
  const sent = [...step.send];
  const take = (input: LookupInput): void => {
    step = next(step.state, input, now);
    sent.push(...step.send);
  };
  for (let turn = 0; step.done === undefined && turn < MOST; turn += 1) {
    const send = sent.shift();
    if (send === undefined) {
      now = after(now, step.timeout ?? seconds(5));
      take({ kind: "timeout" });
      continue;
    }
    const message = servers.answer(send);
    if (message !== null) take({ kind: "answer", message, server: send.server });
  }
  return { done: step.done ?? { kind: "failed", error: "EAI_AGAIN" }, queries: servers.queries };
}
