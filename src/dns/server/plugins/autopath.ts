/**
 * The autopath plugin: walks the client's search list on the server. Source: CoreDNS plugin/autopath/autopath.go and
 * plugin/kubernetes/autopath.go. Finds the Pod by the query's source address, so a NATed source breaks it.
 */
import { isUnder, longestZone, sameName, trimZone } from "../../message/name";
import type { Message } from "../../message/types";
import type { KubernetesOptions } from "../config";
import { podsWithAddress } from "../kubernetes/informers";
import type { DnsRequest, Next, PluginReply } from "../request";
import { withQuestion } from "../request";

/** The plugin over the kubernetes plugin's Pods. */
export function autopathPlugin(options: KubernetesOptions): (request: DnsRequest, next: Next) => PluginReply {
  return (request, next) => {
    const search = searchOfClient(request, options);
    return search === undefined ? next(request) : walkSearch(request, search, next);
  };
}

/** The client's search list, absolute, ending in "" for the name as it is; undefined where no Pod has the address. */
function searchOfClient({ question, view, runtime, read }: DnsRequest, options: KubernetesOptions): readonly string[] | undefined {
  const zone = longestZone(options.zones, question.name);
  if (zone === undefined || runtime.clientIP === null || options.pods !== "verified") return undefined;
  read.set("Pod", view.revisionOf("Pod"));
  const [pod] = podsWithAddress(view, runtime.clientIP);
  if (pod === undefined) return undefined;
  return [`${pod.metadata.namespace ?? "default"}.svc.${zone}`, `svc.${zone}`, zone, ...runtime.search, ""];
}

/** Whether a name looks as if the client had completed it with the first domain of its list (firstInSearchPath). */
export function inSearchPath(first: string, name: string): boolean {
  return isUnder(first, name);
}

/** Tries the base name under each domain; the first reply that is not NXDOMAIN wins, else the first reply stands. */
export function walkSearch(request: DnsRequest, search: readonly string[], next: Next): PluginReply {
  const { question } = request;
  const [first = ""] = search;
  // The domain itself has nothing in front of it to walk with.
  if (!inSearchPath(first, question.name) || sameName(first, question.name)) return next(request);
  const base = trimZone(question.name, first);
  let firstReply: PluginReply | undefined;
  for (const domain of search) {
    const name = domain === "" || domain === "." ? `${base}.` : `${base}.${domain}`;
    const reply = next(withQuestion(request, { ...question, name }));
    firstReply ??= reply;
    if (reply.message.rcode === "NXDOMAIN" || isUnwritten(reply.message)) continue;
    return { ...reply, message: answerFor(request, reply.message) };
  }
  return firstReply ?? next(request);
}

/** An error that no plugin wrote a reply for (plugin.ClientWrite): the walk goes on. */
function isUnwritten(message: Message): boolean {
  return message.rcode !== "NOERROR" && message.answers.length + message.authority.length === 0;
}

/** The reply under the question that was asked, with an alias in front where the owner is another. */
function answerFor({ query, question }: DnsRequest, message: Message): Message {
  const [owner] = message.answers;
  const renamed = { ...message, questions: query.questions };
  if (owner === undefined || sameName(owner.name, question.name)) return renamed;
  return { ...renamed, answers: [{ type: "CNAME", name: question.name, ttl: owner.ttl, target: owner.name }, ...message.answers] };
}
