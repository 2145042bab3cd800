/** What a command leaves: text for stdout, lines for stderr, an exit code. Commands print nothing themselves. */
import type { Problem, Result } from "../base/result";
import { problemLine } from "../base/result";

/** Everything a command says. */
export interface Output {
  readonly out: string;
  /** Lines for stderr. */
  readonly notes: readonly string[];
  /** 0, or 2 for bad input. */
  readonly code: 0 | 2;
}

/** Success, with warnings beside it. */
export function said(out: string, warnings: readonly string[] = []): Output {
  return { out, notes: warnings.map((warning) => `warning: ${warning}`), code: 0 };
}

/** Bad input: one line, nothing written. */
export function refusedWith(problem: Problem): Output {
  return { out: "", notes: [problemLine(problem).replaceAll("\n", " ")], code: 2 };
}

/** Success as the printer says, failure as one line. */
export function outputOf<T>(result: Result<T>, print: (value: T) => Output): Output {
  return result.ok ? print(result.value) : refusedWith(result.problem);
}

/** One JSON object a line of its own. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
