/** Reading the files that a command names. */
import { readFileSync, statSync } from "node:fs";
import type { Result } from "../base/result";
import { fail, failAt, ok } from "../base/result";
import type { ClusterFile } from "../bridge/questions";
import { sizeProblem } from "../bridge/questions";

/** A file's text; above 64 MB it is refused before it is read. `-` is stdin. */
export function readText(name: string): Result<ClusterFile> {
  try {
    if (name === "-") return ok({ name: "stdin", text: readFileSync(0, "utf8") });
    const tooLarge = sizeProblem(name, statSync(name).size);
    return tooLarge === undefined ? ok({ name, text: readFileSync(name, "utf8") }) : fail(tooLarge);
  } catch (error) {
    return failAt(`cannot be read: ${reasonOf(error)}; expected a file`, name);
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  switch (code) {
    case "ENOENT":
      return "there is no such file";
    case "EISDIR":
      return "it is a folder";
    case "EACCES":
      return "it may not be read";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
