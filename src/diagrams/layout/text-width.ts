/**
 * How wide a text will be, without asking a browser: layout must be the same on every machine. Widths are those of
 * the page's two faces; the drawing check measures what a browser makes of them.
 */

export type Face = "ui" | "strong" | "mono";

/** Advance widths of Inter at weight 400, hundredths of an em, for the printable ASCII from the space on. */
const INTER = (
  "29 29 47 64 65 99 65 30 37 37 51 67 29 46 29 37 64 41 61 62 65 60 63 57 62 63 29 31 67 67 67 52 " +
  "97 69 66 74 73 61 60 75 75 27 58 68 57 91 76 77 64 77 65 65 65 75 69 99 69 68 63 37 37 37 48 46 " +
  "33 57 62 58 62 59 38 62 60 25 25 55 25 88 60 60 62 62 38 53 33 60 57 82 55 57 56 43 34 43 67"
)
  .split(" ")
  .map(Number);

/** What is not in the table counts as a wide letter. */
function em(character: string): number {
  return (INTER[character.charCodeAt(0) - 32] ?? 70) / 100;
}

/** Width in CSS pixels at a font size. JetBrains Mono is 0.6 em a character; Inter differs by letter. */
export function widthOf(text: string, size: number, face: Face = "ui"): number {
  if (face === "mono") return text.length * size * 0.6;
  let sum = 0;
  for (const character of text) sum += em(character);
  return sum * size * (face === "strong" ? 1.04 : 1);
}

/**
 * The text, or as much of it as fits, with an ellipsis. Names of Pods differ at their end, so with `keep` that many
 * last characters stay and the middle goes.
 */
export function fitted(text: string, room: number, size: number, face: Face = "ui", keep = 0): string {
  if (widthOf(text, size, face) <= room) return text;
  const end = keep === 0 ? "" : text.slice(-keep);
  for (let length = text.length - keep - 1; length > 0; length--) {
    const shorter = `${text.slice(0, length).trimEnd()}…${end}`;
    if (widthOf(shorter, size, face) <= room) return shorter;
  }
  return "…";
}

/** The first of several wordings that fits; the last one shortened where none does. */
export function firstFitting(wordings: readonly string[], room: number, size: number, face: Face = "ui"): string {
  const found = wordings.find((wording) => widthOf(wording, size, face) <= room);
  return found ?? fitted(wordings.at(-1) ?? "", room, size, face);
}

/** Lines of at most `room`; what is beyond `most` lines ends in an ellipsis. */
export function wrapped(text: string, room: number, size: number, most: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer, size) <= room || line === "") {
      line = longer;
      continue;
    }
    lines.push(line);
    line = word;
  }
  if (line !== "") lines.push(line);
  if (lines.length <= most) return lines;
  const rest = lines.slice(most - 1).join(" ");
  return [...lines.slice(0, most - 1), fitted(rest, room, size)];
}

/** Width of an address pill: text in mono at 11 px and 9 px on each side. */
export function pillWidth(text: string): number {
  return Math.ceil(widthOf(text, 11, "mono") + 18);
}
