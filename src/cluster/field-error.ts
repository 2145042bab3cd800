/** What is wrong with one field, in the API's words. Source: apimachinery/pkg/util/validation/field/errors.go. */

/** The API's kinds of field errors. */
export type FieldErrorType = "Required value" | "Invalid value" | "Duplicate value" | "Unsupported value" | "Forbidden";

/** One finding: `path: type: value: detail`. */
export interface FieldError {
  /** Such as `spec.ports[0].port`. */
  readonly path: string;
  readonly type: FieldErrorType;
  /** The value that was found; not shown for Required and Forbidden. */
  readonly value?: unknown;
  /** "" where the type says it all. */
  readonly detail: string;
}

/** A value as the API shows it: texts quoted, numbers bare, everything else JSON. */
function showValue(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}

/** `spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive`. */
export function showFieldError({ path, type, value, detail }: FieldError): string {
  const withValue = type === "Required value" || type === "Forbidden" ? [path, type] : [path, type, showValue(value)];
  return [...withValue, ...(detail === "" ? [] : [detail])].join(": ");
}

/** The message of a 422: one finding as it is, several as `[a, b]`, repeated ones once. Source: NewInvalid, utilerrors.Aggregate. */
export function showInvalid(kind: string, name: string, errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(showFieldError))];
  const all = texts.length === 1 ? texts.join("") : `[${texts.join(", ")}]`;
  return `${kind} ${JSON.stringify(name)} is invalid: ${all}`;
}
