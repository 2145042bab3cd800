/** A form that sends something off: busy while it runs, and what went wrong stays beside what was typed. */
import { useState } from "react";
import { problemLine, type Result } from "../../base/result";

export interface Submit {
  readonly problem: string | null;
  readonly busy: boolean;
  /** Runs once at a time; true where it went well. */
  readonly run: (task: () => Promise<Result<unknown>>) => Promise<boolean>;
  readonly show: (problem: string | null) => void;
}

export function useSubmit(): Submit {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  return {
    problem,
    busy,
    show: setProblem,
    async run(task) {
      if (busy) return false;
      setBusy(true);
      setProblem(null);
      const result = await task();
      setBusy(false);
      if (!result.ok) setProblem(problemLine(result.problem));
      return result.ok;
    },
  };
}
