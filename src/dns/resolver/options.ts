/** Resolver options out of resolv.conf's option words (resolv.conf(5); glibc resolv/res_init.c; musl resolvconf.c). */
import type { ResolvConf } from "./conf-file";

/** Options that a stub resolver acts on. */
export interface ResolverOptions {
  /** Names with at least this many dots are tried as they are first; at most 15. */
  readonly ndots: number;
  /** Seconds. */
  readonly timeout: number;
  readonly attempts: number;
  readonly rotate: boolean;
  /** A and AAAA one after the other. */
  readonly singleRequest: boolean;
  /** As before, from a new socket each. */
  readonly singleRequestReopen: boolean;
  /** Always TCP. */
  readonly useTcp: boolean;
  readonly noAaaa: boolean;
  readonly edns0: boolean;
}

function numberOption(words: readonly string[], name: string, standard: number, most: number): number {
  const word = words.findLast((item) => item.startsWith(`${name}:`));
  const value = Number(word?.slice(name.length + 1) ?? standard);
  return Number.isInteger(value) && value >= 0 ? Math.min(value, most) : standard;
}

/** The options of a file; defaults ndots 1, timeout 5 s, attempts 2; caps of glibc (15, 30 s, 5). */
export function resolverOptions(conf: ResolvConf): ResolverOptions {
  const words = conf.options;
  return {
    ndots: numberOption(words, "ndots", 1, 15),
    timeout: Math.max(1, numberOption(words, "timeout", 5, 30)),
    attempts: Math.max(1, numberOption(words, "attempts", 2, 5)),
    rotate: words.includes("rotate"),
    singleRequest: words.includes("single-request"),
    singleRequestReopen: words.includes("single-request-reopen"),
    useTcp: words.includes("use-vc"),
    noAaaa: words.includes("no-aaaa"),
    edns0: words.includes("edns0"),
  };
}

/** Nameservers that a stub resolver uses: the first three, or the host itself where none is named. */
export function usedServers(conf: ResolvConf): readonly string[] {
  return conf.nameservers.length === 0 ? ["127.0.0.1"] : conf.nameservers.slice(0, 3);
}
