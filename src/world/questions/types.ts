/** Questions about a settled cluster, and their answers as plain JSON. Source: headless.md (`batch`). */
import type { RecordType } from "../../dns/message/types";

/** The rules of a node. */
export interface RulesQuestion {
  readonly node: string;
  readonly format: "restore" | "save";
}

/** A query to CoreDNS. */
export interface DnsQuestion {
  readonly name: string;
  readonly type: RecordType;
}

/** A name, as a Pod's resolver looks it up. */
export interface ResolveQuestion {
  /** `ns/name`. */
  readonly from: string;
  readonly name: string;
  readonly libc: "glibc" | "musl";
}

interface Warned {
  /** What was made or left out, a sentence each. */
  readonly warnings: readonly string[];
}

/** Rule text, and whether the sync that it is from was a full one. */
export interface RulesAnswer extends Warned {
  readonly do: "rules";
  readonly text: string;
  readonly sync: "full" | "partial";
}

/** A DNS answer; records in zone-file form, `text` as dig prints it. */
export interface DnsAnswer extends Warned {
  readonly do: "dns";
  readonly rcode: string;
  readonly aa: boolean;
  readonly tc?: boolean;
  /** The kubernetes plugin let the query through to what stands behind it. */
  readonly forwarded?: boolean;
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
  readonly text: string;
}

/** One query of a look-up. */
export interface AskedName {
  readonly name: string;
  readonly type: string;
  readonly rcode: string;
  readonly server: string;
  readonly answers: readonly string[];
  readonly transport?: "tcp";
  readonly tc?: boolean;
}

/** How a look-up went: the first address, or getaddrinfo's error. */
export interface ResolveAnswer extends Warned {
  readonly do: "resolve";
  readonly result: string;
  readonly addresses?: readonly string[];
  /** What a program prints of the error. */
  readonly said?: string;
  readonly queries: readonly AskedName[];
  /** The Pod's /etc/resolv.conf. */
  readonly resolvConf: string;
}
