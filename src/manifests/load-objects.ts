/** Objects that are JSON already: checked like a file's, without the YAML reader (which the page loads only when asked to). */
import type { Result } from "../base/result";
import { fail, ok } from "../base/result";
import type { LoadOptions, Loaded } from "./collect";
import { Collector } from "./collect";

/** Loads a list of JSON objects; places are paths such as `objects[3].spec.ports[0].port`. An empty list is no error. */
export function loadObjects(list: readonly unknown[], path = "objects", options: LoadOptions = {}): Result<Loaded> {
  const collector = new Collector(options);
  for (const [index, value] of list.entries()) {
    const here = `${path}[${index}]`;
    const at = (field: string): string => (field === "" ? here : `${here}.${field}`);
    const problem = value === null ? { message: "expected a Kubernetes object, got null", at: here } : collector.add(value, at);
    if (problem !== undefined) return fail(problem);
  }
  return ok(collector.loaded());
}
