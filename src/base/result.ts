/**
 * Failure that a person caused and can mend. A broken invariant of ours throws instead (see assert.ts).
 */

/** What was wrong, where, and what to do; shown to people word for word. */
export interface Problem {
  /** One sentence: what is wrong and what was expected. */
  readonly message: string;
  /** Where: `file:line:column` or an object path such as `spec.ports[0].port`; absent where there is no place. */
  readonly at?: string;
}

/** Either a value or the problem that kept it from being made. */
export type Result<T, P = Problem> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: P };

/** Wraps a value as success. */
export function ok<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

/** Wraps a problem as failure. */
export function fail<P = Problem>(problem: P): Result<never, P> {
  return { ok: false, problem };
}

/** The common failure: a message, with a place where one is known. */
export function failAt(message: string, at?: string): Result<never> {
  return fail(at === undefined ? { message } : { message, at });
}

/** A problem as one line, place first, as compilers print it. */
export function problemLine(problem: Problem): string {
  return problem.at === undefined ? problem.message : `${problem.at}: ${problem.message}`;
}
