/**
 * Cluster time as the API writes it. A run begins at 2026-01-01T00:00:00Z; metav1.Time has whole seconds, so moments
 * within one second look alike in an object, as they do in a real cluster (the log has the microseconds).
 * Own calendar arithmetic: the core knows no clock and no time zone. Source: RFC 3339; apimachinery util/duration.
 */
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import type { SimTime } from "../engine/time";
import { simTime } from "../engine/time";

const MICROS = 1_000_000;
const DAY = 86_400;
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Days since 0000-03-01 of the proleptic Gregorian calendar; years begin in March so that the leap day comes last. */
function dayNumber(year: number, month: number, day: number): number {
  const y = month < 3 ? year - 1 : year;
  const m = (month + 9) % 12;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + Math.floor((153 * m + 2) / 5) + day - 1;
}

const EPOCH_DAY = dayNumber(2026, 1, 1);

/** Cluster time 0 in microseconds of Unix time, for files that carry Unix times. */
export const UNIX_TIME_OF_ZERO = (EPOCH_DAY - dayNumber(1970, 1, 1)) * DAY * MICROS;

function dateOf(days: number): { year: number; month: number; day: number } {
  let y = Math.floor(days / 365.2425);
  while (dayNumber(y + 1, 3, 1) <= days) y += 1;
  while (dayNumber(y, 3, 1) > days) y -= 1;
  const rest = days - dayNumber(y, 3, 1);
  const m = Math.floor((5 * rest + 2) / 153);
  const month = ((m + 2) % 12) + 1;
  return { year: month < 3 ? y + 1 : y, month, day: rest - Math.floor((153 * m + 2) / 5) + 1 };
}

function two(value: number): string {
  return `${value}`.padStart(2, "0");
}

/** `2026-01-01T00:00:04Z`: the second that the moment lies in. */
export function showApiTime(at: SimTime): string {
  const whole = Math.floor(at / MICROS);
  const days = Math.floor(whole / DAY);
  const rest = whole - days * DAY;
  const { year, month, day } = dateOf(EPOCH_DAY + days);
  const clock = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
  return `${`${year}`.padStart(4, "0")}-${two(month)}-${two(day)}T${clock}Z`;
}

/** Reads RFC 3339 text; moments before the run are negative. Fails where it is not RFC 3339. */
export function parseApiTime(text: string): Result<SimTime> {
  const found = RFC3339.exec(text);
  if (found === null) return failAt(`"${text}" is no time; expected RFC 3339 such as 2026-01-01T00:00:00Z`);
  const part = (index: number): number => Number(found[index] ?? 0);
  const days = dayNumber(part(1), part(2), part(3)) - EPOCH_DAY;
  const offset = (part(9) * 60 + part(10)) * 60 * (found[8] === "-" ? -1 : 1);
  const whole = days * DAY + part(4) * 3600 + part(5) * 60 + part(6) - offset;
  return ok(simTime(whole * MICROS + Number((found[7] ?? "").padEnd(6, "0").slice(0, 6))));
}

/** The moment that an object's field names; the start of the run where the field is absent or no time. */
export function readApiTime(text: string | undefined): SimTime {
  const parsed = parseApiTime(text ?? "");
  return parsed.ok ? parsed.value : simTime(0);
}

/** An age as kubectl prints it: `5s`, `3m12s`, `4h5m`, `3d`; `<unknown>` where the start is not known. */
export function showAge(from: string | undefined, now: SimTime): string {
  const start = parseApiTime(from ?? "");
  return start.ok ? showDuration(Math.floor((now - start.value) / MICROS)) : "<unknown>";
}

/** HumanDuration of apimachinery/pkg/util/duration: two units at most, fewer as it grows. */
function showDuration(total: number): string {
  if (total < -1) return "<invalid>";
  if (total < 0) return "0s";
  const minutes = Math.floor(total / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (total < 120) return `${total}s`;
  if (minutes < 10) return withRest(minutes, "m", total % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return withRest(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  if (days < 8) return withRest(days, "d", hours % 24, "h");
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return years < 8 ? withRest(years, "y", days % 365, "d") : `${years}y`;
}

function withRest(whole: number, unit: string, rest: number, smaller: string): string {
  return rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${smaller}`;
}
