/** What CoreDNS answers: one that has seen all objects, whether or not a kube-dns Service stands. */
import { draw } from "../../base/draw";
import type { Result } from "../../base/result";
import { ok } from "../../base/result";
import { absolute } from "../../dns/message/name";
import { digText, showRecord } from "../../dns/message/show";
import type { Message } from "../../dns/message/types";
import { makeQuery } from "../../dns/message/types";
import { DnsCache } from "../../dns/server/cache-store";
import type { Answer } from "../../dns/server/chain";
import { answerQuery } from "../../dns/server/chain";
import { EMPTY_BLOCK, FORWARD_DEFAULTS } from "../../dns/server/config";
import type { CorefileConfig } from "../../dns/server/corefile";
import type { Settled } from "./settled";
import type { DnsAnswer, DnsQuestion } from "./types";

/** Answers `dns`. */
export function answerDns({ name, type }: DnsQuestion, settled: Settled): Result<DnsAnswer> {
  const { reply, forwarded } = askCoredns(settled, makeQuery(1, absolute(name), type), new DnsCache());
  return ok({
    do: "dns",
    rcode: reply.rcode,
    aa: reply.flags.authoritative,
    ...(reply.flags.truncated ? { tc: true } : {}),
    ...(forwarded ? { forwarded: true } : {}),
    answer: reply.answers.map(showRecord),
    authority: reply.authority.map(showRecord),
    additional: reply.additional.map(showRecord),
    text: digText(reply),
    warnings: settled.warnings,
  });
}

/** One query to CoreDNS, with a cache of the caller's. */
export function askCoredns(settled: Settled, query: Message, cache: DnsCache): Answer {
  return ask(settled, query, cache, settled.sim.state.setup.config.corefile);
}

/** One query to a server outside, which knows nothing of the cluster. */
export function askOutside(settled: Settled, query: Message): Answer {
  const nothing = { ...EMPTY_BLOCK, forward: [FORWARD_DEFAULTS] };
  return ask(settled, query, new DnsCache(), nothing);
}

function ask({ sim, seed }: Settled, query: Message, cache: DnsCache, config: CorefileConfig): Answer {
  const { store, loop, setup } = sim.state;
  return answerQuery({
    query,
    view: store.latest(),
    config,
    cache,
    now: loop.now,
    draw: (purpose) => draw(seed, "dns", purpose, query.id),
    upstream: setup.config.upstream,
    runtime: setup.config.runtime,
  });
}
