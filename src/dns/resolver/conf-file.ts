/**
 * /etc/resolv.conf as kubelet reads and writes it (kubernetes pkg/kubelet/network/dns/dns.go parseResolvConf;
 * resolv.conf(5)). Options stay words, so that nothing a user wrote is lost.
 */
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import type { HostsEntry } from "./lookup";

/** What a resolv.conf says. */
export interface ResolvConf {
  readonly nameservers: readonly string[];
  /** Search domains without trailing dots; "." stands for the root. */
  readonly search: readonly string[];
  /** Option words such as `ndots:5`. */
  readonly options: readonly string[];
}

/** What a program's resolver reads: resolv.conf, and /etc/hosts before it (nsswitch: files, then dns). */
export interface ResolverFiles extends ResolvConf {
  readonly hosts?: readonly HostsEntry[];
}

/** A resolv.conf that says nothing. */
export const EMPTY_CONF: ResolvConf = { nameservers: [], search: [], options: [] };

function stripDot(domain: string): string {
  return domain.length > 1 && domain.endsWith(".") ? domain.slice(0, -1) : domain;
}

/**
 * Reads a resolv.conf: nameserver lines add up, the last search line and the last options line win, lines that
 * begin with # are skipped, unknown words are ignored. A nameserver line without an address is a Problem.
 */
export function parseResolvConf(text: string, file = "resolv.conf"): Result<ResolvConf> {
  let conf = EMPTY_CONF;
  for (const [index, line] of text.split("\n").entries()) {
    const [word, ...values] = line.trim().split(/\s+/);
    if (word === "nameserver") {
      const address = values[0];
      if (address === undefined) return failAt("nameserver without an address", `${file}:${index + 1}:${line.indexOf("nameserver") + 1}`);
      conf = { ...conf, nameservers: [...conf.nameservers, address] };
    } else if (word === "search") conf = { ...conf, search: values.map(stripDot) };
    else if (word === "options") conf = { ...conf, options: values };
  }
  return ok(conf);
}

/** The file's text: search, nameserver and options lines, in the order in which containerd writes them. */
export function showResolvConf(conf: ResolvConf): string {
  const lines = [
    ...(conf.search.length === 0 ? [] : [`search ${conf.search.join(" ")}`]),
    ...conf.nameservers.map((server) => `nameserver ${server}`),
    ...(conf.options.length === 0 ? [] : [`options ${conf.options.join(" ")}`]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}
