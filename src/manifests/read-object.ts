/**
 * A parsed value to the objects in it: Lists unpacked, nulls and gaps filled as the API reads them, types and values
 * checked. Knows places only through the path that it is given.
 */
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import type { KubeObject } from "../cluster/objects";
import { resourceOf } from "../cluster/resources";
import { isKind, isKubeObject, isRecord, shapeErrors } from "../cluster/shape";
import type { FieldError } from "../cluster/validation";
import { showInvalid, validate } from "../cluster/validation";

/** One object of a kind that is not simulated: kept as it is. */
export interface UnknownObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly value: unknown;
  readonly at: string;
}

/** What a value turned out to be. */
export type ReadObject =
  | { readonly known: true; readonly object: KubeObject }
  | { readonly known: false; readonly unknown: Omit<UnknownObject, "at"> };

/** The objects in a value, each with the path that leads to it: the value itself, or a List's items. */
export function unpack(value: unknown, path = ""): readonly { readonly value: unknown; readonly path: string }[] {
  if (!isRecord(value) || typeof value.kind !== "string" || !value.kind.endsWith("List") || !Array.isArray(value.items)) {
    return [{ value, path }];
  }
  return value.items.flatMap((item: unknown, index) => unpack(item, join(path, `items[${index}]`)));
}

/** `spec` and `ports` to `spec.ports`; either may be "". */
export function join(path: string, more: string): string {
  return path === "" || more === "" ? `${path}${more}` : `${path}.${more}`;
}

/** How closely values are looked at. */
export type Closeness = "strict" | "lenient" | "types";

/** Reads one object. A problem's `at` is the field's path within the object. `how`: lenient lets pass what only lacks something, types looks at no value. */
export function readObject(given: unknown, how: Closeness): Result<ReadObject> {
  if (!isRecord(given)) return failAt("expected a Kubernetes object with apiVersion, kind and metadata", "");
  const value = withoutNulls(given);
  if (!isRecord(value)) return failAt("expected a Kubernetes object", "");
  const { apiVersion, kind } = value;
  for (const [field, text] of Object.entries({ apiVersion, kind })) {
    if (typeof text !== "string" || text === "")
      return failAt(`${field} is missing; expected a text such as ${field === "kind" ? "Service" : "v1"}`, field);
  }
  if (!isKind(kind) || resourceOf(kind).apiVersion !== apiVersion) return readUnknown(value);
  const [wrong] = nameErrors(value);
  if (wrong !== undefined) return failAt(wrong, "metadata.name");
  return readKnown(kind, completed(kind, value), how);
}

function text(field: unknown): string {
  return typeof field === "string" ? field : "";
}

function readUnknown(value: Readonly<Record<string, unknown>>): Result<ReadObject> {
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  return ok({
    known: false,
    unknown: {
      apiVersion: text(value.apiVersion),
      kind: text(value.kind),
      namespace: text(metadata.namespace),
      name: text(metadata.name),
      value,
    },
  });
}

function nameErrors(value: Readonly<Record<string, unknown>>): readonly string[] {
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  return metadata.name === undefined ? [`metadata.name is missing; every ${String(value.kind)} needs a name`] : [];
}

/** Pods may always come without containers (a Pod that stands as given needs none), Services without ports only where reading is lenient. */
function mayPass({ kind }: KubeObject, { type, path }: FieldError, lenient: boolean): boolean {
  return type === "Required value" && ((kind === "Pod" && path === "spec.containers") || (lenient && path === "spec.ports"));
}

function readKnown(kind: string, value: Readonly<Record<string, unknown>>, how: Closeness): Result<ReadObject> {
  const [wrong] = shapeErrors(value);
  if (wrong !== undefined || !isKubeObject(value))
    return failAt(`${kind}: ${wrong?.path ?? ""}: ${wrong?.message ?? ""}`, wrong?.path ?? "");
  const [error] = how === "types" ? [] : validate(value).filter((finding) => !mayPass(value, finding, how === "lenient"));
  if (error === undefined) return ok({ known: true, object: value });
  return failAt(showInvalid(kind, value.metadata.name, [error]), error.path);
}

/** A field that is null is a field that is not given. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutNulls(item));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, field]) => (field === null ? [] : [[key, withoutNulls(field)]])));
}

/** Parts that the API leaves out or prints as null where they are empty. */
function completed(kind: string, value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  switch (kind) {
    case "Pod":
      return { ...value, spec: isRecord(value.spec) ? { containers: [], ...value.spec } : (value.spec ?? { containers: [] }) };
    case "Service":
      return { ...value, spec: value.spec ?? {} };
    case "EndpointSlice":
      return { endpoints: [], ...value };
    default:
      return value;
  }
}
