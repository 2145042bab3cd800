/** The packet's mark: a disc that points where it goes, drawn once for each direction and stamped from then on. */
import type { Spot } from "../layout/geometry";
import type { Palette } from "./palette";

type Pen = CanvasRenderingContext2D;

export function triangle(pen: Pen, spot: Spot, size: number): void {
  pen.save();
  pen.translate(spot.x, spot.y);
  pen.rotate(spot.angle);
  pen.beginPath();
  pen.moveTo(-size * 0.75, -size);
  pen.lineTo(size * 1.1, 0);
  pen.lineTo(-size * 0.75, size);
  pen.closePath();
  pen.fill();
  pen.restore();
}

export function disc(pen: Pen, spot: Spot, radius: number, palette: Palette): void {
  pen.beginPath();
  pen.arc(spot.x, spot.y, radius, 0, 2 * Math.PI);
  pen.fillStyle = palette.now;
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = palette.nowEdge;
  pen.stroke();
}

/** Half a stamp's side. */
const HALF = 10;
/** Directions of half a turn that a stamp exists for; ways on the stage mostly run along the axes. */
const DIRECTIONS = 16;

const stamps = new WeakMap<Palette, Map<string, HTMLCanvasElement>>();

function stampOf(palette: Palette, direction: number, scale: number): HTMLCanvasElement {
  const own = stamps.get(palette) ?? new Map<string, HTMLCanvasElement>();
  stamps.set(palette, own);
  const key = `${direction} ${scale}`;
  const known = own.get(key);
  if (known !== undefined) return known;
  const made = document.createElement("canvas");
  made.width = 2 * HALF * scale;
  made.height = 2 * HALF * scale;
  const pen = made.getContext("2d");
  if (pen !== null) {
    pen.scale(scale, scale);
    const spot = { x: HALF, y: HALF, angle: (direction * Math.PI) / DIRECTIONS };
    disc(pen, spot, 7, palette);
    pen.fillStyle = palette.onNow;
    triangle(pen, spot, 3);
  }
  own.set(key, made);
  return made;
}

/** A flight's disc: hundreds of them move at once, and a stamp costs a tenth of drawing it anew. */
export function stamp(pen: Pen, spot: Spot, palette: Palette, scale: number): void {
  const direction = Math.round((spot.angle * DIRECTIONS) / Math.PI);
  pen.drawImage(stampOf(palette, direction, scale), spot.x - HALF, spot.y - HALF, 2 * HALF, 2 * HALF);
}
