/** Small makers of field errors that the validators of each kind share. Source: apimachinery/pkg/util/validation/field/errors.go. */
import type { FieldError } from "../field-error";
import { labelKeyProblem, labelValueProblem, portNumberProblem } from "../names";
import type { Labels } from "../objects";

/** A value that is wrong, and why. */
export function invalid(path: string, value: unknown, detail: string): FieldError {
  return { path, type: "Invalid value", value, detail };
}

/** A field that must be there. */
export function required(path: string, detail = ""): FieldError {
  return { path, type: "Required value", detail };
}

/** A value that may stand once only. */
export function duplicate(path: string, value: unknown): FieldError {
  return { path, type: "Duplicate value", value, detail: "" };
}

/** A field that may not be given here. */
export function forbidden(path: string, detail: string): FieldError {
  return { path, type: "Forbidden", detail };
}

/** A value outside a closed set; the set is shown sorted, as the API does. */
function unsupported(path: string, value: unknown, supported: readonly string[]): FieldError {
  const set = supported.toSorted().map((text) => JSON.stringify(text));
  return { path, type: "Unsupported value", value, detail: `supported values: ${set.join(", ")}` };
}

/** One `Invalid value` where there is a problem, none where there is not. */
export function invalidIf(path: string, value: unknown, problem: string | undefined): readonly FieldError[] {
  return problem === undefined ? [] : [invalid(path, value, problem)];
}

/** One `Unsupported value` where the value is given and outside the set. */
export function unsupportedIf(path: string, value: string | undefined, supported: readonly string[]): readonly FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [unsupported(path, value, supported)];
}

/** A port number that is given must be a port. */
export function checkPort(path: string, port: number | undefined): readonly FieldError[] {
  return port === undefined ? [] : invalidIf(path, port, portNumberProblem(port));
}

/** A count must not be negative. */
export function checkCount(path: string, count: number | undefined): readonly FieldError[] {
  return count !== undefined && count < 0 ? [invalid(path, count, "must be greater than or equal to 0")] : [];
}

/** Keys and values of labels or of a selector. */
export function checkLabels(path: string, labels: Labels | undefined): readonly FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...invalidIf(path, key, labelKeyProblem(key)),
    ...invalidIf(path, value, labelValueProblem(value)),
  ]);
}

/** Protocols that the API knows. */
export const PROTOCOLS: readonly string[] = ["SCTP", "TCP", "UDP"];
