/**
 * Finds what a careful eye would object to in a drawing: text on text, text on a line, text out of its pill or over
 * another one, text at the edge of its box, text out of the window. Everything is measured as the browser drew it.
 * Marks name themselves: `data-mark="line|pill|box|tube"`; a name that sits on purpose in a gap of its own line stands
 * in an element with `data-gap`.
 */
import type { Page } from "playwright";

/** Faults in words, none where the drawing is clean. */
export function drawingFaults(page: Page, root = "main"): Promise<readonly string[]> {
  return page.evaluate(findFaults, root);
}

// oxlint-disable unicorn/consistent-function-scoping -- what runs in the page takes nothing with it from here.
/** Runs in the page, so it may use nothing from outside itself. */
function findFaults(rootSelector: string): string[] {
  type Seen = { readonly element: Element; readonly words: string; readonly box: DOMRect };
  const root = document.querySelector(rootSelector);
  if (root === null) return [`nothing matches ${rootSelector}`];
  const faults: string[] = [];
  const isShown = (element: Element): boolean => {
    const box = element.getBoundingClientRect();
    return (
      box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden" && Number(getComputedStyle(element).opacity) > 0
    );
  };
  const seen = (selector: string): Seen[] =>
    [...root.querySelectorAll(selector)]
      .filter(isShown)
      .map((element) => ({ element, words: (element.textContent ?? "").trim(), box: element.getBoundingClientRect() }));
  const overlap = (a: DOMRect, b: DOMRect): { readonly x: number; readonly y: number } => ({
    x: Math.min(a.right, b.right) - Math.max(a.left, b.left),
    y: Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top),
  });
  const texts = seen("svg text");
  const pills = seen("[data-mark=pill]");

  for (const [n, one] of texts.entries()) {
    for (const other of texts.slice(n + 1)) {
      const { x, y } = overlap(one.box, other.box);
      if (x > 0 && y > 3) faults.push(`text on text: "${one.words}" and "${other.words}" by ${x.toFixed(1)} × ${y.toFixed(1)}`);
    }
    const svg = one.element.closest("svg")?.getBoundingClientRect();
    if (svg !== undefined && (one.box.left < svg.left - 0.5 || one.box.right > svg.right + 0.5 || one.box.bottom > svg.bottom + 0.5)) {
      faults.push(`text out of its drawing: "${one.words}"`);
    }
  }

  for (const line of root.querySelectorAll("svg [data-mark=line]")) {
    if (!(line instanceof SVGGeometryElement)) continue;
    const matrix = line.getScreenCTM();
    if (matrix === null) continue;
    const length = line.getTotalLength();
    const open = texts.filter((text) => text.element.closest("[data-gap]") === null && text.element.closest("[data-mark=pill]") === null);
    const hit = new Set<string>();
    for (let at = 0; at <= length; at += 1) {
      const point = line.getPointAtLength(at).matrixTransform(matrix);
      for (const text of open) {
        const { box } = text;
        if (point.x > box.left - 1 && point.x < box.right + 1 && point.y > box.top + 2.5 && point.y < box.bottom - 2) hit.add(text.words);
      }
    }
    for (const words of hit) faults.push(`line ${line.getAttribute("d") ?? ""} through "${words}"`);
  }

  for (const pill of pills) {
    const outline = pill.element.querySelector("rect")?.getBoundingClientRect();
    const inside = pill.element.querySelector("text")?.getBoundingClientRect();
    if (outline === undefined || inside === undefined) continue;
    if (inside.width > outline.width - 8) faults.push(`pill too tight: ${pill.words}, ${(outline.width - inside.width).toFixed(1)} left`);
    for (const text of texts) {
      if (pill.element.contains(text.element)) continue;
      const { x, y } = overlap(outline, text.box);
      if (x > -2 && y > 3) faults.push(`pill ${pill.words} on "${text.words}"`);
    }
    for (const other of pills) {
      const otherOutline = other.element.querySelector("rect")?.getBoundingClientRect();
      if (other === pill || otherOutline === undefined || pills.indexOf(other) < pills.indexOf(pill)) continue;
      const { x, y } = overlap(outline, otherOutline);
      if (x > 0 && y > 0) faults.push(`pill ${pill.words} on pill ${other.words}`);
    }
  }

  for (const box of seen("svg rect[data-mark=box]")) {
    for (const text of texts) {
      const isInside =
        text.box.top > box.box.top && text.box.bottom < box.box.bottom && text.box.left > box.box.left && text.box.left < box.box.right;
      if (isInside && text.box.right > box.box.right - 4)
        faults.push(`at the edge of its box: "${text.words}", ${(box.box.right - text.box.right).toFixed(1)} left`);
    }
  }
  return faults;
}
