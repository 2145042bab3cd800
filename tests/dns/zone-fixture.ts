/** Questions against a cluster written as YAML; answers as zone-file lines. */
import { parseAllDocuments } from "yaml";
import type { KubeObject } from "../../src/cluster/objects";
import type { ClusterView } from "../../src/cluster/store-types";
import { parseType } from "../../src/dns/message/codes";
import { showRecord } from "../../src/dns/message/show";
import { makeQuery } from "../../src/dns/message/types";
import type { Message } from "../../src/dns/message/types";
import { DnsCache } from "../../src/dns/server/cache-store";
import { answerQuery } from "../../src/dns/server/chain";
import type { AnswerInput } from "../../src/dns/server/chain";
import { readCorefile } from "../../src/dns/server/corefile-fields";
import { START } from "../../src/engine/time";
import { viewOf } from "../fixtures/view-of-objects";

/** A view of the objects in a YAML text. */
export function clusterOf(yaml: string): ClusterView {
  return viewOf(parseAllDocuments(yaml).map((document): KubeObject => document.toJS()));
}

/** A Corefile's config out of fields, a name or a text. */
export function corefile(value: unknown): AnswerInput["config"] {
  const read = readCorefile(value);
  if (!read.ok) throw new Error(read.problem.message);
  return read.value.config;
}

type Asked = Partial<Omit<AnswerInput, "query">> & { readonly view: ClusterView };

/** The reply to `name TYPE`. */
export function ask(question: string, input: Asked): Message {
  const [name = "", word = "A"] = question.split(" ");
  const type = parseType(word);
  if (type === undefined) throw new Error(`no such type: ${word}`);
  return answerQuery({ config: corefile({}), cache: new DnsCache(), now: START, draw: () => 0, ...input, query: makeQuery(1, name, type) })
    .reply;
}

/** A reply in lines: `NXDOMAIN`, `NODATA` or the records, `+` before those of the additional section. */
export function linesOf(reply: Message): readonly string[] {
  if (reply.rcode !== "NOERROR") return [reply.rcode];
  if (reply.answers.length === 0) return [reply.authority.some((record) => record.type === "SOA") ? "NODATA" : "EMPTY"];
  return [...reply.answers.map(showRecord), ...reply.additional.map((record) => `+ ${showRecord(record)}`)];
}
