/** UIDs and generated names, made from addressed draws. Source: apimachinery/pkg/util/uuid, storage/names/generate.go. */
import { NAME_ALPHABET, below } from "../../base/draw";
import type { KubeObject } from "../objects";
import type { Draw } from "./context";

const GENERATED_LETTERS = 5;
const LONGEST_BASE = 58;

function hex32(bits: number): string {
  return bits.toString(16).padStart(8, "0");
}

/** A version 4 UUID: `8-4-4-4-12` hexadecimal digits. */
export function drawUid(draw: Draw): string {
  const hex = [0, 1, 2, 3].map((word) => hex32(draw("api-server", `uid ${word}`))).join("");
  const variant = "89ab".charAt(Number.parseInt(hex.charAt(16), 16) & 3);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The object with a name: its own, or its generateName (cut to 58) and five letters. A taken name is drawn again, eight times at most. */
export function withName(object: KubeObject, draw: Draw, taken: (name: string) => boolean): KubeObject {
  const { name, generateName = "" } = object.metadata;
  if (name !== "" || generateName === "") return object;
  let made = "";
  for (let attempt = 0; attempt < 8; attempt += 1) {
    made = generateName.slice(0, LONGEST_BASE);
    for (let letter = 0; letter < GENERATED_LETTERS; letter += 1) {
      made += NAME_ALPHABET.charAt(below(draw("api-server", `name ${attempt}.${letter}`), NAME_ALPHABET.length));
    }
    if (!taken(made)) break;
  }
  return { ...object, metadata: { ...object.metadata, name: made } };
}
