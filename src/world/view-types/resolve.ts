/** A name looked up as a Pod's resolver does: the question, each query, and how it ended. */

/** A name, as a Pod's resolver looks it up. */
export interface ResolveQuestion {
  /** `ns/name`. */
  readonly from: string;
  readonly name: string;
  readonly libc: "glibc" | "musl";
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
export interface ResolveAnswer {
  readonly do: "resolve";
  readonly result: string;
  readonly addresses?: readonly string[];
  /** What a program prints of the error. */
  readonly said?: string;
  readonly queries: readonly AskedName[];
  /** The Pod's /etc/resolv.conf. */
  readonly resolvConf: string;
  /** What was made or left out, a sentence each. */
  readonly warnings: readonly string[];
}
