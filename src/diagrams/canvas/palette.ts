/** The canvas's colours, read from the page's tokens: a canvas does not resolve light-dark() itself. */

export interface Palette {
  readonly now: string;
  readonly nowEdge: string;
  readonly onNow: string;
  readonly ink: string;
  readonly paper: string;
  readonly drop: string;
}

/** Resolves tokens as they apply to an element. Ask again when the theme changes. */
export function paletteOf(element: HTMLElement): Palette {
  const probe = document.createElement("span");
  probe.hidden = true;
  element.append(probe);
  const colour = (token: string): string => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const palette: Palette = {
    now: colour("--now"),
    nowEdge: colour("--now-edge"),
    onNow: colour("--on-now"),
    ink: colour("--ink"),
    paper: colour("--paper"),
    drop: colour("--drop-line"),
  };
  probe.remove();
  return palette;
}
