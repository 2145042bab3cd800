/** `trace`: one packet's journey, there and back. */
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import { refusedWith } from "../output";
import { traceText } from "../print/trace";
import type { Command } from "./command";
import { askAboutFile, numberOf, printAnswer } from "./command";

const PLACES = { from: "from", to: "to", mode: "mode", seed: "seed" };

export const trace: Command = {
  options: { values: ["file", "mode", "from", "to", "protocol", "seed"], switches: ["json", "whole"] },
  usage: "trace --file F --from NS/POD|node/NODE|external/IP --to HOST:PORT [--protocol tcp|udp|sctp|icmp] [--seed N] [--whole]",
  run(options) {
    const protocol = options.get("protocol") ?? "tcp";
    const from = options.need("from", "NS/POD, node/NODE or external/IP");
    const to = options.need("to", "HOST:PORT");
    const seed = numberOf(options, "seed");
    if (!from.ok) return refusedWith(from.problem);
    if (!to.ok) return refusedWith(to.problem);
    if (!seed.ok) return refusedWith(seed.problem);
    const target = readTarget(to.value, protocol);
    if (!target.ok) return refusedWith(target.problem);
    const question = {
      do: "trace",
      mode: options.get("mode"),
      from: readSource(from.value),
      to: target.value,
      seed: seed.value,
      whole: options.has("whole"),
    };
    return printAnswer(options, askAboutFile(options, question, PLACES), "trace", traceText);
  },
};

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
