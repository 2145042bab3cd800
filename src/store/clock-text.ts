/** Times as the page shows them. */

/** Cluster time (µs) as `mm:ss.mmm uuu`, the form of the transcript. */
export function showCluster(at: number): string {
  const fraction = (at % 1_000_000).toString().padStart(6, "0");
  return `${minutes(at)}.${fraction.slice(0, 3)} ${fraction.slice(3)}`;
}

/** Cluster time (µs) to the millisecond: `mm:ss.mmm`. */
export function showMillis(at: number): string {
  return showCluster(at).slice(0, -4);
}

/** Story time (ms at 1×) as `mm:ss.t`. */
export function showStory(story: number): string {
  const tenths = Math.max(0, Math.trunc(story / 100));
  return `${minutes(tenths * 100_000)}.${tenths % 10}`;
}

/** A span (µs) in the unit that suits it: `349 ms`, `1.2 s`, `0 s`. */
export function showSpan(span: number): string {
  if (span === 0) return "0 s";
  if (span < 1000) return `${span} µs`;
  if (span < 1_000_000) return `${trim(span / 1000)} ms`;
  return span < 100_000_000 ? `${trim(span / 1_000_000)} s` : `${Math.round(span / 1_000_000)} s`;
}

/** A speed as a factor: `1×`, `0.25×`. */
export function showSpeed(speed: number): string {
  return `${trim(speed)}×`;
}

function trim(value: number): string {
  return `${Math.round(value * 100) / 100}`;
}

function minutes(at: number): string {
  const whole = Math.trunc(at / 1_000_000);
  return `${Math.trunc(whole / 60)
    .toString()
    .padStart(2, "0")}:${(whole % 60).toString().padStart(2, "0")}`;
}
