/** Scrolls a box so far that something in it can be seen; the page around the box stays where it is. */
export function keepInView(box: HTMLElement, inside: Element, room = 16): void {
  const outer = box.getBoundingClientRect();
  const inner = inside.getBoundingClientRect();
  const above = inner.top - room - outer.top;
  const below = inner.bottom + room - outer.bottom;
  if (above < 0) box.scrollTop += above;
  else if (below > 0) box.scrollTop += Math.min(below, above);
}

/** The nearest box around an element that scrolls up and down. */
export function scrollBoxOf(element: Element): HTMLElement | null {
  const box = element.closest(".tab-panel, .left-pane");
  return box instanceof HTMLElement ? box : null;
}

/** Scrolls a box by as little as shows a stretch of its content, pixels from the content's top. */
export function keepStretchInView(box: Element, { top, bottom }: { readonly top: number; readonly bottom: number }): void {
  const wanted = Math.max(bottom - box.clientHeight, Math.min(top, box.scrollTop));
  if (Math.abs(wanted - box.scrollTop) > 1) box.scrollTop = wanted;
}
