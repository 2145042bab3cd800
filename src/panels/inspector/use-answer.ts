/** A question to the simulation as a panel asks it: again whenever it is another one, and only the latest answer counts. */
import { useEffect, useState } from "react";
import { problemLine } from "../../base/result";
import type { Answer, Question } from "../../bridge/protocol";
import { useActions } from "../../store";

export interface Answered<T> {
  /** The answer to this question, or to the one before it while this one is worked on; null before the first. */
  readonly value: T | null;
  /** What went wrong, "" where nothing did. */
  readonly problem: string;
  readonly isWaiting: boolean;
}

const NOTHING = { value: null, problem: "", of: "" };

/**
 * Asks, and asks again when the question is another object or when `when`, which names what else the answer hangs on,
 * is another text. null asks nothing. `pick` takes the answer out of its envelope.
 */
export function useAnswer<T>(question: Question | null, when: string, pick: (answer: Answer) => T | null): Answered<T> {
  const { ask } = useActions();
  const key = question === null ? "" : `${when} ${JSON.stringify(question)}`;
  const [got, setGot] = useState<{ readonly value: T | null; readonly problem: string; readonly of: string }>(NOTHING);
  useEffect(() => {
    if (question === null) return undefined;
    let isLatest = true;
    void ask(question).then((answer) => {
      if (!isLatest) return;
      if (answer.ok) setGot({ value: pick(answer.value), problem: "", of: key });
      else setGot((before) => ({ ...before, problem: problemLine(answer.problem), of: key }));
    });
    return () => {
      isLatest = false;
    };
  }, [ask, question, key, pick]);
  return { value: got.value, problem: got.problem, isWaiting: key !== "" && got.of !== key };
}
