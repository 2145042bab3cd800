/**
 * How long a first packet's rules take: a model, not a measurement. iptables pays for each rule that it looks at in turn,
 * nftables and IPVS look the Service up. Source: KEP-3866's chart of first-packet round trips, digitised; the median of
 * iptables less that of nftables, over half the Services, is 9 to 17 ns a rule.
 */
import type { RulesView } from "../../../bridge/protocol";

export type Mode = RulesView["mode"];

export const MODES: readonly Mode[] = ["iptables", "nftables", "ipvs"];

/** A round trip whose rules cost nothing to speak of, microseconds. */
export const BASE_MICROS = 14;

/** One rule looked at in turn, nanoseconds. */
export const RULE_NANOS = 17;

/** Microseconds of a first packet's round trip by the model. */
export function modelMicros(mode: Mode, rules: number): number {
  return mode === "iptables" ? BASE_MICROS + (rules * RULE_NANOS) / 1000 : BASE_MICROS;
}

/** `14 µs`, `0.27 ms`. */
export function microsText(micros: number): string {
  if (micros < 100) return `${micros.toFixed(1)} µs`;
  return micros < 1000 ? `${Math.round(micros)} µs` : `${(micros / 1000).toFixed(2)} ms`;
}

/** As the mode is written: IPVS in capitals. */
export function modeName(mode: Mode): string {
  return mode === "ipvs" ? "IPVS" : mode;
}

/** Medians of a first packet's round trip in iptables mode, microseconds. Source: KEP-3866, its chart digitised to ±4 µs. */
export const MEASURED = [
  { services: 5000, micros: 49 },
  { services: 10_000, micros: 61 },
  { services: 30_000, micros: 274 },
] as const;
