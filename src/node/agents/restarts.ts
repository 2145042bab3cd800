/**
 * When a container that has ended is started anew: at once the first time, then after 10 s, 20 s, 40 s … 300 s. Ten
 * minutes after the last start without an end the count begins again.
 * Source: pkg/kubelet/kuberuntime doBackOff, client-go util/flowcontrol/backoff.go; KEP-4603 for today's limits.
 * Left out: the kubelet's own look every 10 s, which makes a real restart up to that much later.
 */
import type { Micros, SimTime } from "../../engine/time";
import { after, micros, seconds } from "../../engine/time";

const FIRST_BACK_OFF: Micros = seconds(10);
const LONGEST_BACK_OFF: Micros = seconds(300);

/** What a kubelet keeps of a Pod's containers that have ended. */
export interface Restarts {
  readonly count: number;
  /** When they last ended, and with which code. */
  readonly finishedAt: SimTime;
  readonly exitCode: number;
  /** The back-off that holds for the next end, 0 before the first; and since when. */
  readonly backOff: Micros;
  readonly backOffSince: SimTime;
}

/** Notes that the containers have ended. */
export function noteEnd(before: Restarts | undefined, end: Pick<Restarts, "finishedAt" | "exitCode">): Restarts {
  return { count: before?.count ?? 0, backOff: before?.backOff ?? micros(0), backOffSince: before?.backOffSince ?? end.finishedAt, ...end };
}

/** Plans the next start: how long to wait from now, and what is kept then. */
export function planRestart(ended: Restarts, now: SimTime): { readonly wait: Micros; readonly restarts: Restarts } {
  const isFresh = ended.backOff === 0 || ended.finishedAt - ended.backOffSince > 2 * LONGEST_BACK_OFF;
  const wait = isFresh ? micros(0) : micros(Math.max(0, ended.finishedAt + ended.backOff - now));
  const backOff = isFresh ? FIRST_BACK_OFF : micros(Math.min(2 * ended.backOff, LONGEST_BACK_OFF));
  return { wait, restarts: { ...ended, count: ended.count + 1, backOff, backOffSince: after(now, wait) } };
}
