/** Objects as text, parsed, given as one command; what refused it stays beside the text, with the stages it passed. */
import { useState } from "react";
import type { Result } from "../../base/result";
import type { Command, TriedView } from "../../bridge/protocol";
import { useActions } from "../../store";
import { isObject } from "../../store/sharing";
import { useSubmit, type Submit } from "./use-submit";

type KubeObject = Extract<Command, { do: "create" }>["object"];

export interface Posting {
  readonly submit: Submit;
  readonly tried: readonly TriedView[];
  /** True where it was given. */
  readonly post: (name: string, text: string, commandOf: (objects: readonly KubeObject[]) => Result<Command>) => Promise<boolean>;
}

export function usePosting(): Posting {
  const { parse, command, ask, say } = useActions();
  const submit = useSubmit();
  const [tried, setTried] = useState<readonly TriedView[]>([]);

  async function give(
    name: string,
    text: string,
    commandOf: (objects: readonly KubeObject[]) => Result<Command>,
  ): Promise<Result<unknown>> {
    const parsed = await parse(name, text);
    if (!parsed.ok) return parsed;
    const made = commandOf(parsed.value.objects.filter(isObject));
    if (!made.ok) return made;
    const done = await command(made.value, { quiet: true });
    if (done.ok) {
      for (const warning of parsed.value.warnings) say("notice", warning);
      return done;
    }
    const answer = await ask({ ask: "try", command: made.value });
    if (answer.ok && answer.value.to === "try") setTried(answer.value.tried);
    return done;
  }

  return {
    submit,
    tried,
    post: (name, text, commandOf) => {
      setTried([]);
      return submit.run(() => give(name, text, commandOf));
    },
  };
}
