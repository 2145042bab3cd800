/**
 * The forward plugin: hands a question to the servers of the first `forward` line whose zone it lies under, and their
 * answer back as it came. Where the answer has yet to come the question is noted as wanted, and the reply is worth nothing.
 * Source: CoreDNS plugin/forward/forward.go. Who is asked, and again after how long, is the process's part (dns-forwarding).
 */
import { isUnder } from "../../message/name";
import type { Message } from "../../message/types";
import type { ForwardOptions } from "../config";
import type { DnsRequest, Next, PluginReply } from "../request";
import { ownReply } from "../request";

/** The plugin with its lines. */
export function forwardPlugin(lines: readonly ForwardOptions[]): (request: DnsRequest, next: Next) => PluginReply {
  return (request, next) => {
    const line = lines.find(({ from }) => isUnder(from, request.question.name));
    if (line === undefined) return next(request);
    const wanted = { question: request.question, forward: line };
    const message = request.outside(wanted);
    if (message !== null) return { message: asReply(request, message), cache: "", forwarded: true };
    request.wants.push(wanted);
    return { ...ownReply(request, { rcode: "SERVFAIL" }), forwarded: true };
  };
}

/** The answer under the number and the question of the query that it is for. */
function asReply({ query, question }: DnsRequest, message: Message): Message {
  const { edns: _, ...rest } = message;
  return { ...rest, id: query.id, questions: [question], flags: { ...message.flags, checkingDisabled: query.flags.checkingDisabled } };
}
