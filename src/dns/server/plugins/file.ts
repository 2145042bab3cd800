/** The file plugin over the records that a test or a question gives as zone data. Source: CoreDNS plugin/file. */
import { answerOutside } from "../outside";
import type { DnsRequest, PluginReply, Upstream } from "../request";

/** Answers from the zone data, as its own server. */
export function filePlugin(upstream: Upstream): (request: DnsRequest) => PluginReply {
  return (request) => ({ message: answerOutside(request.query, request.question, upstream, true), cache: "", forwarded: true });
}
