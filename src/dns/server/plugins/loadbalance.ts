/**
 * The loadbalance plugin, round_robin: addresses in a drawn order, outside the cache, so that hits are shuffled too.
 * Source: CoreDNS plugin/loadbalance/loadbalance.go. Left out: weighted policy.
 */
import { below } from "../../../base/draw";
import type { Message, ResourceRecord } from "../../message/types";
import type { DnsRequest, Next, PluginReply } from "../request";

/** Shuffles the three sections of NOERROR replies. */
export function loadbalancePlugin(request: DnsRequest, next: Next): PluginReply {
  const reply = next(request);
  return reply.message.rcode === "NOERROR" ? { ...reply, message: balance(reply.message, request.draw) } : reply;
}

function balance(message: Message, draw: DnsRequest["draw"]): Message {
  return {
    ...message,
    answers: arrange(message.answers, (n) => draw(`answer ${n}`)),
    authority: arrange(message.authority, (n) => draw(`authority ${n}`)),
    additional: arrange(message.additional, (n) => draw(`additional ${n}`)),
  };
}

type DrawAt = (n: number) => number;

/** Aliases first, other types as they stand, then addresses shuffled, then MX shuffled. */
function arrange(records: readonly ResourceRecord[], draw: DrawAt): readonly ResourceRecord[] {
  const aliases = records.filter((record) => record.type === "CNAME");
  const addresses = records.filter((record) => record.type === "A" || record.type === "AAAA");
  const exchanges = records.filter((record) => record.type === "MX");
  const others = records.filter((record) => ![...aliases, ...addresses, ...exchanges].includes(record));
  const mx = (n: number): number => draw(n + addresses.length);
  return [...aliases, ...others, ...shuffle(addresses, draw), ...shuffle(exchanges, mx)];
}

function shuffle(records: readonly ResourceRecord[], draw: DrawAt): readonly ResourceRecord[] {
  const left = [...records];
  return records.map((record, index) => left.splice(below(draw(index), left.length), 1)[0] ?? record);
}
