import { render } from "@testing-library/react";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { NOTE_IDS, NOTES } from "../../../src/panels/then-and-now/notes";
import { ThenAndNow } from "../../../src/panels/then-and-now/then-and-now";

const SUBJECTS = [
  "cbr0",
  "endpoints-watched",
  "endpoints-object",
  "round-robin",
  "kube-proxy-app",
  "a-records",
  "vip-and-port",
  "default-gateways",
  "healthy-pods",
  "allocation-map",
  "overlay",
  "front-end-never-changes",
  "resolv-conf",
];

/** Where each note is placed in the panels. */
function placed(): readonly string[] {
  const files = readdirSync("src", { recursive: true, withFileTypes: true }).filter((entry) => entry.name.endsWith(".tsx"));
  return files.flatMap((entry) =>
    [...readFileSync(join(entry.parentPath, entry.name), "utf8").matchAll(/<ThenAndNow id="([\w-]+)"/g)].map((match) => match[1] ?? ""),
  );
}

test("thirteen everyday explanations have a note", () => {
  expect(NOTE_IDS).toEqual(SUBJECTS);
});

test("every note stands beside a thing on the page, and only once", () => {
  expect(placed().toSorted()).toEqual(SUBJECTS.toSorted());
});

test.each(NOTE_IDS)("the note on %s says what one reads, what is so, and since when", (id) => {
  const { container } = render(<ThenAndNow id={id} />);
  const { often, today, since } = NOTES[id];
  for (const text of [often, today, since]) expect(container.textContent).toContain(text);
});
