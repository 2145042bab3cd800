/** Labels and selectors as text: `a=b,c=d`. */
import type { Result } from "../base/result";
import type { PodView } from "../bridge/protocol";

type Labels = PodView["labels"];

/** `a=b,c=d`, in the order of the object. */
export function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

/** Labels from `a=b,c=d`; an empty text is no labels. What is wrong is said with its place in the text. */
export function readLabels(text: string): Result<Labels> {
  const labels: Record<string, string> = {};
  let column = 1;
  for (const part of text.split(",")) {
    const pair = part.trim();
    const at = `column ${column}`;
    column += part.length + 1;
    if (pair === "" && text.trim() === "") continue;
    const equals = pair.indexOf("=");
    if (equals < 1) return { ok: false, problem: { message: `"${pair}" is not a label: expected key=value, as in app=my-app`, at } };
    const key = pair.slice(0, equals).trim();
    if (Object.hasOwn(labels, key)) return { ok: false, problem: { message: `the key "${key}" stands twice: give each key once`, at } };
    labels[key] = pair.slice(equals + 1).trim();
  }
  return { ok: true, value: labels };
}
