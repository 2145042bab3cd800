/** Options that say which journey is meant: those of `trace`, which `pcap` takes too. */
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import type { Options } from "../arguments";
import { numberOf } from "./command";

/** Names of the options that have a value. */
export const JOURNEY_OPTIONS = ["file", "mode", "from", "to", "protocol", "seed", "size", "pmtu"] as const;

/** How they stand in a usage line. */
export const JOURNEY_USAGE =
  "--file F --from NS/POD|node/NODE|external/IP --to HOST:PORT [--protocol tcp|udp|sctp|icmp] [--seed N] [--size N] [--pmtu want|dont|do|probe]";

/** Where each stands in the question. */
export const JOURNEY_PLACES = { from: "from", "to.size": "size", "to.pmtu": "pmtu", to: "to", mode: "mode", seed: "seed" };

/** The question that the options ask, without what is to be done. */
export function readJourney(options: Options): Result<Readonly<Record<string, unknown>>> {
  const protocol = options.get("protocol") ?? "tcp";
  const from = options.need("from", "NS/POD, node/NODE or external/IP");
  const to = options.need("to", "HOST:PORT");
  const seed = numberOf(options, "seed");
  const size = numberOf(options, "size");
  if (!from.ok) return from;
  if (!to.ok) return to;
  if (!seed.ok) return seed;
  if (!size.ok) return size;
  const target = readTarget(to.value, protocol);
  if (!target.ok) return target;
  return ok({
    mode: options.get("mode"),
    from: readSource(from.value),
    to: { ...target.value, size: size.value, pmtu: options.get("pmtu") },
    seed: seed.value,
    whole: options.has("whole"),
  });
}

function readSource(text: string): Readonly<Record<string, string>> {
  const [, kind, rest = ""] = /^(node|external)\/(.+)$/.exec(text) ?? [];
  if (kind === "node") return { node: rest };
  return kind === "external" ? { external: rest } : { pod: text };
}

function readTarget(text: string, protocol: string): Result<Readonly<Record<string, unknown>>> {
  if (!["tcp", "udp", "sctp", "icmp"].includes(protocol.toLowerCase()))
    return failAt(`"${protocol}" is no protocol here; expected tcp, udp, sctp or icmp`, "--protocol");
  const [, host = "", port] = /^([^:]+)(?::(\d+))?$/.exec(text) ?? [];
  if (host === "") return failAt(`"${text}" is no target; expected HOST:PORT`, "--to");
  if (port === undefined && protocol.toLowerCase() !== "icmp") return failAt(`"${text}" names no port; expected HOST:PORT`, "--to");
  return ok({ host, protocol: protocol.toUpperCase(), ...(port === undefined ? {} : { port: Number(port) }) });
}
