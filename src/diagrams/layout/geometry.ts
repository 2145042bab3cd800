/** Points, boxes and polylines. CSS pixels, y downwards. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const right = (box: Box): number => box.x + box.width;
export const bottom = (box: Box): number => box.y + box.height;

/** Boxes that only touch do not overlap. */
export function overlaps(a: Box, b: Box): boolean {
  return a.x < right(b) && b.x < right(a) && a.y < bottom(b) && b.y < bottom(a);
}

const gap = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);

/** Neighbouring points that are equal become one. */
export function withoutRepeats(points: readonly Point[]): readonly Point[] {
  return points.filter((point, n) => {
    const before = points[n - 1];
    return before === undefined || gap(before, point) > 0;
  });
}

export function lengthOf(points: readonly Point[]): number {
  let total = 0;
  for (let n = 1; n < points.length; n++) {
    const [a, b] = [points[n - 1], points[n]];
    if (a !== undefined && b !== undefined) total += gap(a, b);
  }
  return total;
}

/** A place on a polyline, and the direction in which it is passed (radians, 0 to the right). */
export interface Spot extends Point {
  readonly angle: number;
}

/** The spot `distance` along the polyline; clamped to its ends. */
export function spotAt(points: readonly Point[], distance: number): Spot {
  let left = Math.max(0, distance);
  let angle = 0;
  for (let n = 1; n < points.length; n++) {
    const [a, b] = [points[n - 1], points[n]];
    if (a === undefined || b === undefined) break;
    const size = gap(a, b);
    if (size > 0) angle = Math.atan2(b.y - a.y, b.x - a.x);
    if (left <= size && size > 0) return { x: a.x + ((b.x - a.x) * left) / size, y: a.y + ((b.y - a.y) * left) / size, angle };
    left -= size;
  }
  const last = points.at(-1) ?? { x: 0, y: 0 };
  return { ...last, angle };
}

/** Distance of every point from the first, along the polyline. */
export function milestonesOf(points: readonly Point[]): readonly number[] {
  let sum = 0;
  return points.map((point, n) => {
    const before = points[n - 1];
    sum += before === undefined ? 0 : gap(before, point);
    return sum;
  });
}

/** The part of a polyline between two distances, `from` before `to`, by its milestones. */
export function stretchOf(points: readonly Point[], milestones: readonly number[], from: number, to: number): readonly Point[] {
  const out: Point[] = [];
  for (let n = 1; n < points.length; n += 1) {
    const [a, b, start = 0, end = 0] = [points[n - 1], points[n], milestones[n - 1], milestones[n]];
    if (a === undefined || b === undefined || start >= to) break;
    if (end <= from || end === start) continue;
    const between = (distance: number): Point => {
      const share = (distance - start) / (end - start);
      return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
    };
    if (out.length === 0) out.push(between(Math.max(from, start)));
    out.push(end <= to ? b : between(to));
  }
  return out;
}

/** The part of a polyline up to `distance`. */
export function headOf(points: readonly Point[], distance: number): readonly Point[] {
  const out: Point[] = [];
  let left = Math.max(0, distance);
  for (const [n, point] of points.entries()) {
    const before = points[n - 1];
    if (before !== undefined) {
      const size = gap(before, point);
      if (size > left) return [...out, spotAt([before, point], left)];
      left -= size;
    }
    out.push(point);
  }
  return out;
}

/** The part of a polyline from `distance` on. */
export function tailOf(points: readonly Point[], distance: number): readonly Point[] {
  const whole = lengthOf(points);
  return headOf(points.toReversed(), whole - distance).toReversed();
}

function isStraight(a: Point, b: Point, c: Point): boolean {
  return (b.x - a.x) * (c.y - b.y) === (b.y - a.y) * (c.x - b.x) && (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) > 0;
}

/** Points on the way straight ahead are dropped: the line is the same. */
function corners(points: readonly Point[]): readonly Point[] {
  const clean = withoutRepeats(points);
  return clean.filter((point, n) => {
    const [before, next] = [clean[n - 1], clean[n + 1]];
    return before === undefined || next === undefined || !isStraight(before, point, next);
  });
}

/** SVG path data with rounded corners. */
export function roundedPath(points: readonly Point[], radius = 8): string {
  const clean = corners(points);
  const [first, ...rest] = clean;
  if (first === undefined) return "";
  let data = `M${first.x} ${first.y}`;
  for (const [n, corner] of rest.entries()) {
    const before = clean[n];
    const next = rest[n + 1];
    if (next === undefined || before === undefined) {
      data += `L${corner.x} ${corner.y}`;
      continue;
    }
    const cut = Math.min(radius, gap(before, corner) / 2, gap(corner, next) / 2);
    const enter = spotAt([before, corner], gap(before, corner) - cut);
    const leave = spotAt([corner, next], cut);
    data += `L${round(enter.x)} ${round(enter.y)}Q${corner.x} ${corner.y} ${round(leave.x)} ${round(leave.y)}`;
  }
  return data;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
