/**
 * The hash that names a ReplicaSet after its template. Kubernetes hashes a dump of a Go structure, which has no
 * counterpart here: ours is FNV-1a over the canonical JSON, written with the same letters.
 * Source of shape and alphabet: pkg/controller/controller_utils.go ComputeHash, apimachinery/pkg/util/rand SafeEncodeString.
 */
import type { PodTemplateSpec } from "../cluster/objects";

/** Label that tells the ReplicaSets of a Deployment apart. */
export const TEMPLATE_HASH = "pod-template-hash";

/** The letters of the ten decimal digits. */
const DIGIT_LETTERS = "456789bcdf";

/** Up to ten letters; the same for equal templates, whatever the order of their keys. */
export function templateHash(template: PodTemplateSpec): string {
  const text = canonical(template);
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return Array.from((hash >>> 0).toString(), (digit) => DIGIT_LETTERS.charAt(Number(digit))).join("");
}

function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const fields = Object.keys(value)
    .toSorted()
    .filter((key) => Reflect.get(value, key) !== undefined);
  return `{${fields.map((key) => `${JSON.stringify(key)}:${canonical(Reflect.get(value, key))}`).join(",")}}`;
}
