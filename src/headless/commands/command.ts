/** What a command is. */
import type { Problem, Result } from "../../base/result";
import { fail, failAt } from "../../base/result";
import type { Answer } from "../../bridge/questions";
import { ask } from "../../bridge/questions";
import type { Options, OptionTable } from "../arguments";
import { readText } from "../files";
import type { Output } from "../output";
import { jsonLine, outputOf, said } from "../output";

/** A command: its options, and what it does with them. */
export interface Command {
  readonly options: OptionTable;
  readonly usage: string;
  run(options: Options): Output;
}

/** Where an option stands in the question that it becomes part of: problems come back under the option's name. */
export type Places = Readonly<Record<string, string>>;

/** Asks a question about the cluster file of `--file`; problems of the question are told by option. */
export function askAboutFile(options: Options, question: Readonly<Record<string, unknown>>, places: Places): Result<Answer> {
  const named = options.need("file", "a cluster file, YAML or JSON");
  if (!named.ok) return named;
  const file = readText(named.value);
  if (!file.ok) return file;
  const answered = ask(question, file.value);
  return answered.ok ? answered : fail(byOption(answered.problem, places));
}

function byOption(problem: Problem, places: Places): Problem {
  const { at, message } = problem;
  if (at === undefined) return problem;
  const field = Object.keys(places).find((name) => at === name || at.startsWith(`${name}.`));
  return field === undefined ? problem : { message, at: `--${places[field]}` };
}

/** Prints an answer: as one JSON object, or as a person reads it. */
export function printAnswer<Kind extends Answer["do"]>(
  options: Options,
  answered: Result<Answer>,
  kind: Kind,
  print: (answer: Extract<Answer, { readonly do: Kind }>) => string,
): Output {
  return outputOf(answered, (answer) => {
    if (!isOfKind(answer, kind)) throw new Error(`invariant broken: ${kind} was asked and ${answer.do} answered`);
    const { do: _, ...body } = answer;
    return options.has("json") ? said(jsonLine(body)) : said(print(answer), answer.warnings);
  });
}

function isOfKind<Kind extends Answer["do"]>(answer: Answer, kind: Kind): answer is Extract<Answer, { readonly do: Kind }> {
  return answer.do === kind;
}

/** A whole number, for an option that is one; undefined where it is not given. */
export function numberOf(options: Options, name: string): Result<number | undefined> {
  const text = options.get(name);
  if (text === undefined) return { ok: true, value: undefined };
  return /^\d{1,10}$/.test(text) ? { ok: true, value: Number(text) } : failAt(`"${text}" is no whole number`, `--${name}`);
}
